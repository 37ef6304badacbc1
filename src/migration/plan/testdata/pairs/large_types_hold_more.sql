-- old
CREATE TYPE state AS ENUM ('new', 'paid', 'sent');
CREATE TABLE orders (id int PRIMARY KEY, total numeric(10, 2), code varchar(10) NOT NULL, state state NOT NULL DEFAULT 'new');
CREATE INDEX orders_state ON orders (state, code);
INSERT INTO orders SELECT n, n / 7.0, 'c' || n, (ARRAY['new', 'paid'])[1 + n % 2]::state FROM generate_series(1, 30000) n;
-- new
CREATE TYPE state AS ENUM ('new', 'packed', 'paid', 'sent');
CREATE TABLE orders (id int PRIMARY KEY, total numeric(12, 2), code text NOT NULL, state state NOT NULL DEFAULT 'new');
CREATE INDEX orders_state ON orders (state, code);
INSERT INTO orders SELECT n, n / 7.0, 'c' || n, (ARRAY['new', 'paid'])[1 + n % 2]::state FROM generate_series(1, 30000) n;
