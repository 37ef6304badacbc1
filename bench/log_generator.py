#!/usr/bin/env python3
"""Writes a log as PostgreSQL does, with a million statements of which each has literals of its own.

    bench/log_generator.py stderr|csv|json[-shapes] FILE [STATEMENTS]

The statements are those of a shop: look-ups, lists, joins over several lines, inserts of some rows,
prepared statements with their parameters. With -shapes, each is another query instead. The same
arguments give the same bytes.
"""
import json
import random
import sys

SHAPES = [
    lambda n, r: (f"SELECT * FROM customers WHERE id = {n}", None),
    lambda n, r: (f"SELECT id, email, created_at FROM customers WHERE email = 'user{n}@example.com' LIMIT 1", None),
    lambda n, r: (f"SELECT o.id, o.total, c.name\n  FROM orders o\n  JOIN customers c ON c.id = o.customer_id\n"
                  f" WHERE o.customer_id = {n}\n   AND o.created_at > '2026-{n % 12 + 1:02}-01'\n ORDER BY o.created_at DESC\n LIMIT 20",
                  None),
    lambda n, r: (f"INSERT INTO order_items (order_id, product_id, quantity, note) VALUES ({n}, {n % 977}, 1, 'gift #{n}'), "
                  f"({n}, {n % 877}, 2, 'it''s \"{n}\"')", None),
    lambda n, r: (f"UPDATE products SET stock = stock - {n % 5 + 1} WHERE id = {n} AND stock >= {n % 5 + 1}", None),
    lambda n, r: (f"SELECT id FROM products WHERE id IN ({', '.join(str(n + i) for i in range(n % 30 + 2))})", None),
    lambda n, r: ("SELECT * FROM sessions WHERE token = $1 AND expires_at > $2",
                  f"$1 = '{n:032x}', $2 = '2026-11-21 10:00:00+00'"),
    lambda n, r: ("INSERT INTO events (kind, payload, at) VALUES ($1, $2, now())",
                  f"$1 = 'click', $2 = '{{\"x\": {n}, \"page\": \"/products/{n}\"}}'"),
]


def shape(n, r):
    return (f"SELECT c{n}, d{n % 977} FROM tab{n} JOIN other{n % 333} USING (k{n % 71}) "
            f"WHERE x{n} = {n} AND y = 'v{n}'", None)


def statements(count):
    r = random.Random(1)
    shapes = [shape] if sys.argv[1].endswith("-shapes") else SHAPES
    for n in range(count):
        text, parameters = shapes[n % len(shapes)](n, r)
        ms = r.expovariate(1) + 0.02
        second, milli = divmod(n * 7, 1000)
        at = f"2026-11-{second // 86400 % 28 + 1:02} {second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}.{milli:03} UTC"
        pid = 1000 + n % 40
        yield n, at, pid, ms, text, parameters


def message(ms, text, parameters):
    how = "execute <unnamed>" if parameters else "statement"
    return f"duration: {ms:.3f} ms  {how}: {text}"


def stderr(out, count):
    for n, at, pid, ms, text, parameters in statements(count):
        prefix = f"{at} [{pid}] app@shop "
        out.write(f"{prefix}LOG:  {message(ms, text, parameters)}\n".replace("\n ", "\n\t "))
        if parameters:
            out.write(f"{prefix}DETAIL:  parameters: {parameters}\n")


def csv(out, count):
    def quoted(text):
        return '"' + text.replace('"', '""') + '"'
    for n, at, pid, ms, text, parameters in statements(count):
        detail = quoted("parameters: " + parameters) if parameters else ""
        out.write(f'{at},"app","shop",{pid},"10.0.0.1:5432",6b0136b4.{pid:x},{n},"SELECT",2026-11-21 04:00:00 UTC,4/{n},0,LOG,'
                  f'00000,{quoted(message(ms, text, parameters))},{detail},,,,,,,,"shop-web","client backend",,0\n')


def jsonlog(out, count):
    for n, at, pid, ms, text, parameters in statements(count):
        line = {"timestamp": at, "user": "app", "dbname": "shop", "pid": pid, "remote_host": "10.0.0.1",
                "remote_port": 5432, "session_id": f"6b0136b4.{pid:x}", "line_num": n, "ps": "SELECT",
                "session_start": "2026-11-21 04:00:00 UTC", "vxid": f"4/{n}", "txid": 0, "error_severity": "LOG",
                "message": message(ms, text, parameters)}
        if parameters:
            line["detail"] = "parameters: " + parameters
        line |= {"application_name": "shop-web", "backend_type": "client backend", "query_id": 0}
        out.write(json.dumps(line, separators=(",", ":")) + "\n")


def main():
    write = {"stderr": stderr, "csv": csv, "json": jsonlog}.get(sys.argv[1].removesuffix("-shapes") if sys.argv[1:] else "")
    if len(sys.argv) not in (3, 4) or write is None:
        raise SystemExit(__doc__)
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        write(out, int(sys.argv[3]) if len(sys.argv) == 4 else 1_000_000)


if __name__ == "__main__":
    main()
