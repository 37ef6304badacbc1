-- old
CREATE TABLE orders (id int PRIMARY KEY, state text NOT NULL DEFAULT 'open', note text);
CREATE INDEX orders_state ON orders (state);
INSERT INTO orders SELECT n, (ARRAY['open', 'paid'])[1 + n % 2], 'note ' || n FROM generate_series(1, 30000) n;
-- new
CREATE TYPE order_state AS ENUM ('open', 'paid', 'sent');
COMMENT ON TYPE order_state IS 'how far it is';
CREATE TABLE orders (id int PRIMARY KEY, state order_state NOT NULL DEFAULT 'open', note text);
CREATE INDEX orders_state ON orders (state);
INSERT INTO orders SELECT n, (ARRAY['open', 'paid'])[1 + n % 2]::order_state, 'note ' || n FROM generate_series(1, 30000) n;
