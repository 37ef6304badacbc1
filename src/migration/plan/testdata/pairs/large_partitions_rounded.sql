-- old
CREATE TABLE customers (id int PRIMARY KEY);
INSERT INTO customers SELECT generate_series(0, 99);
CREATE TABLE orders (id bigint PRIMARY KEY, customer int, price numeric, note text, at timestamp) PARTITION BY RANGE (id);
CREATE TABLE orders_1 PARTITION OF orders FOR VALUES FROM (MINVALUE) TO (20000);
CREATE TABLE orders_2 PARTITION OF orders FOR VALUES FROM (20000) TO (MAXVALUE);
INSERT INTO orders SELECT n, n % 100, n + 0.123, 'note ' || n, '2020-01-01 01:02:03.456' FROM generate_series(1, 40000) n;
-- new
CREATE TABLE customers (id int PRIMARY KEY);
INSERT INTO customers SELECT generate_series(0, 99);
CREATE TABLE orders (id bigint PRIMARY KEY, customer int NOT NULL REFERENCES customers, price numeric(14,2) CHECK (price >= 0), note varchar(8),
  at timestamp(0), token uuid NOT NULL DEFAULT gen_random_uuid()) PARTITION BY RANGE (id);
CREATE TABLE orders_1 PARTITION OF orders FOR VALUES FROM (MINVALUE) TO (20000);
CREATE TABLE orders_2 PARTITION OF orders FOR VALUES FROM (20000) TO (MAXVALUE);
CREATE INDEX orders_customer ON orders (customer, price);
INSERT INTO orders (id, customer, price, note, at) SELECT n, n % 100, n + 0.12, 'note', '2020-01-01 01:02:03' FROM generate_series(1, 40000) n;
