-- old
CREATE DOMAIN price AS numeric(10,2) DEFAULT 0 CONSTRAINT positive CHECK (VALUE >= 0);
COMMENT ON DOMAIN price IS 'money';
CREATE DOMAIN code AS text;
CREATE TABLE t (id int, p price, c code);
CREATE VIEW v AS SELECT p FROM t;
INSERT INTO t VALUES (1, 5, 'x');
-- new
CREATE DOMAIN price AS numeric(10,2) DEFAULT 1 NOT NULL CONSTRAINT positive CHECK (VALUE > 0) CONSTRAINT small CHECK (VALUE < 100);
COMMENT ON CONSTRAINT small ON DOMAIN price IS 'few';
CREATE DOMAIN code AS varchar(10) COLLATE "C" CHECK (VALUE <> '');
CREATE DOMAIN extra AS price CHECK (VALUE <> 7);
CREATE TABLE t (id int, p price, c code);
CREATE VIEW v AS SELECT p FROM t;
INSERT INTO t VALUES (1, 5, 'x');
