"""Live servers that refuse, vanish, or show only a part; and that nothing is changed on them."""

import socket

from harness import Case, Cutter, Server

SECRET = "correct-horse-battery"
SCHEMA = """
CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers);
INSERT INTO customers (email) SELECT i || '@example.org' FROM generate_series(1, 1000) i;
INSERT INTO orders SELECT i, 1 + i % 1000 FROM generate_series(1, 5000) i;
ANALYZE;
CREATE ROLE reader LOGIN;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO reader;
GRANT SELECT ON customers TO reader;
"""


class Refused(Case):
    def test_nobody_listens(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        for command in (["review"], ["assess"], ["show"], ["twin", "-o", "x.twin"], ["sandbox"]):
            for source in (f"postgresql://u:{SECRET}@127.0.0.1:{port}/shop",
                           f"host=127.0.0.1 port={port} user=u password={SECRET} dbname=shop"):
                with self.subTest(command=command, source=source):
                    done = self.run_program(*command, source)
                    self.assert_error(done, "cannot connect")
                    self.assertNotIn(SECRET, done.output + done.errors)

    def test_who_answers_is_no_server(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            process = self.start("review", f"postgresql://u:{SECRET}@127.0.0.1:{port}/shop")
            for _ in range(2):
                listener.settimeout(5)
                try:
                    client = listener.accept()[0]
                except TimeoutError:
                    break
                with client:
                    client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            process.output, process.errors = process.communicate(timeout=60)
        self.assert_error(process)
        self.assertNotIn(SECRET, process.output + process.errors)

    def test_broken_urls(self):
        for source in (f"postgresql://u:{SECRET}@[::1/shop", f"postgresql://u:{SECRET}@h:port/shop",
                       f"postgresql://u:{SECRET}@127.0.0.1:1/shop?no_such_option=1",
                       f"host=h passwort={SECRET}", f"mongodb://u:{SECRET}@h/shop",
                       f"postgresql://u:{SECRET}%zz@127.0.0.1:1/shop"):
            with self.subTest(source):
                done = self.run_program("review", source)
                self.assert_error(done)
                self.assertNotIn(SECRET, done.output + done.errors)


class Live(Case):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.stop)
        cls.server.sql("CREATE DATABASE shop")
        cls.server.sql(SCHEMA, "shop")
        cls.server.sql(f"CREATE ROLE guarded LOGIN PASSWORD '{SECRET}'")

    def test_wrong_database(self):
        self.assert_error(self.run_program("review", self.server.url("no_such_database")),
                          "no_such_database")

    def test_wrong_password(self):
        for source in (f"postgresql://guarded:not{SECRET}@127.0.0.1:{self.server.port}/shop",
                       f"host=127.0.0.1 port={self.server.port} user=guarded password=not{SECRET}"):
            done = self.run_program("review", source)
            self.assert_error(done, "password")
            self.assertNotIn(SECRET, done.output + done.errors)

    def test_no_report_holds_the_password(self):
        source = f"postgresql://guarded:{SECRET}@127.0.0.1:{self.server.port}/shop"
        for style in ("text", "json", "markdown", "html", "sarif", "github"):
            done = self.run_program("assess", source, "--format", style, "--fail-on", "never")
            self.assertEqual(done.returncode, 0, done.errors)
            self.assertNotIn(SECRET, done.output + done.errors)
        self.assertEqual(self.run_program("twin", source, "-o", "x.twin").returncode, 0)
        shown = self.run_program("show", self.folder / "x.twin", "--format", "json")
        self.assertNotIn(SECRET, shown.output)

    def test_connection_cut(self):
        for after in (0, 1, 9, 100, 400, 5000, 20000):
            with self.subTest(after=after):
                cutter = Cutter(self.server.port, after)
                self.addCleanup(cutter.close)
                source = f"postgresql://guarded:{SECRET}@127.0.0.1:{cutter.port}/shop?sslmode=disable"
                done = self.run_program("review", source)
                self.assert_error(done)
                self.assertNotIn(SECRET, done.output + done.errors)

    def alone(self):
        """Waits until nobody else is connected, so that all that was counted is reported."""
        while self.server.sql("SELECT count(*) FROM pg_stat_activity WHERE datname IS NOT NULL"
                              " AND pid <> pg_backend_pid()") != "0\n":
            pass

    def test_nothing_is_changed(self):
        questions = [
            "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del, seq_scan, idx_scan"
            " FROM pg_stat_user_tables ORDER BY relname",
            "SELECT tup_inserted, tup_updated, tup_deleted, temp_files"
            " FROM pg_stat_database WHERE datname = 'shop'",
            "SELECT count(*) FROM pg_class",
            "SELECT count(*) FROM pg_namespace WHERE nspname ~ '^pg_(toast_)?temp'"]
        dump = self.server.dump("shop")
        self.alone()
        before = [self.server.sql(each, "shop") for each in questions]
        for command in (["assess"], ["review"], ["show"], ["twin", "-o", "x.twin"], ["sandbox"]):
            arguments = [*command, self.server.url("shop")]
            done = self.run_program(*arguments, *(["--", "true"] if command == ["sandbox"] else []))
            self.assertIn(done.returncode, (0, 1), done.errors)
        self.alone()
        self.assertEqual(before, [self.server.sql(each, "shop") for each in questions])
        self.assertEqual(dump, self.server.dump("shop"))

    def test_few_rights(self):
        source = self.server.url("shop", "reader")
        done = self.run_program("review", source, "--fail-on", "never")
        self.assertEqual(done.returncode, 0, done.errors)
        self.assertIn("fk-without-index", done.output)
        twin = self.run_program("twin", source, "-o", "few.twin")
        self.assertEqual(twin.returncode, 0, twin.errors)
        self.assertIn("not read", twin.errors)
        done = self.run_program("review", self.folder / "few.twin", "--fail-on", "never")
        self.assertEqual(done.returncode, 0, done.errors)
        self.assert_nothing_left()

    def test_no_rights_at_all(self):
        self.server.sql("CREATE ROLE stranger LOGIN; REVOKE CONNECT ON DATABASE shop FROM PUBLIC;"
                        "GRANT CONNECT ON DATABASE shop TO reader, guarded")
        self.assert_error(self.run_program("review", self.server.url("shop", "stranger")),
                          "permission denied")
