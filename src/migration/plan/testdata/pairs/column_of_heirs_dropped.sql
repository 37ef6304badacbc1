-- old
CREATE TABLE whole (at date NOT NULL, note text) PARTITION BY RANGE (at);
CREATE TABLE part PARTITION OF whole FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
INSERT INTO whole VALUES ('2020-02-02', 'x');
CREATE TABLE parent (id int, kind int NOT NULL);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE grandchild () INHERITS (child);
INSERT INTO grandchild VALUES (1, 2);
-- new
CREATE TABLE whole (at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE part PARTITION OF whole FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE parent (id int);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE grandchild () INHERITS (child);
