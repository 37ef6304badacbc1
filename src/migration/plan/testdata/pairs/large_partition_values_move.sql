-- old
CREATE TABLE items (id int NOT NULL, kind text NOT NULL, n int, UNIQUE (kind, id)) PARTITION BY LIST (kind);
CREATE TABLE items_a PARTITION OF items FOR VALUES IN ('a', 'b');
CREATE TABLE items_c PARTITION OF items FOR VALUES IN ('c', 'd');
CREATE TABLE items_e PARTITION OF items FOR VALUES IN ('e');
INSERT INTO items SELECT n, chr(97 + n % 5), n FROM generate_series(1, 60000) n;
-- new
CREATE TABLE items (id int NOT NULL, kind text NOT NULL, n int, UNIQUE (kind, id)) PARTITION BY LIST (kind);
CREATE TABLE items_a PARTITION OF items FOR VALUES IN ('a', 'd');
CREATE TABLE items_rest PARTITION OF items FOR VALUES IN ('b', 'c', 'f');
CREATE TABLE items_e PARTITION OF items FOR VALUES IN ('e');
INSERT INTO items SELECT n, chr(97 + n % 5), n FROM generate_series(1, 60000) n;
