-- old
CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE TYPE feeling AS ENUM ('sad', 'glad', 'mad');
CREATE TABLE items (shop int, nr int, name varchar(20) NOT NULL, moods mood[], PRIMARY KEY (shop, nr), UNIQUE (nr, name, shop));
CREATE TABLE lines (id int PRIMARY KEY, shop int NOT NULL, nr int NOT NULL, size numeric(8,2), FOREIGN KEY (shop, nr) REFERENCES items);
CREATE INDEX lines_item ON lines (shop, nr) WHERE nr > 5;
CREATE INDEX lines_sum ON lines ((shop + nr));
CREATE VIEW joined AS SELECT id, name FROM lines JOIN items USING (shop, nr);
INSERT INTO items SELECT n % 10, n, 'item ' || n, '{glad}' FROM generate_series(1, 20000) n;
INSERT INTO lines SELECT n, n % 10, n, n FROM generate_series(1, 20000) n;
-- new
CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE TYPE feeling AS ENUM ('sad', 'glad', 'mad');
CREATE TABLE items (shop bigint, nr bigint, name varchar(20) NOT NULL, moods feeling[], PRIMARY KEY (shop, nr), UNIQUE (nr, name, shop));
CREATE TABLE lines (id int PRIMARY KEY, shop bigint NOT NULL, nr bigint NOT NULL, size numeric(8,2), FOREIGN KEY (shop, nr) REFERENCES items);
CREATE INDEX lines_item ON lines (shop, nr) WHERE nr > 5;
CREATE INDEX lines_sum ON lines ((shop + nr));
CREATE VIEW joined AS SELECT id, name FROM lines JOIN items USING (shop, nr);
INSERT INTO items SELECT n % 10, n, 'item ' || n, '{glad}' FROM generate_series(1, 20000) n;
INSERT INTO lines SELECT n, n % 10, n, n FROM generate_series(1, 20000) n;
