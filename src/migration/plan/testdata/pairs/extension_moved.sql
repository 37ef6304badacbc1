-- old
CREATE EXTENSION citext;
CREATE TABLE t (id int, name citext DEFAULT 'x'::citext, CHECK (name <> ''::citext));
CREATE VIEW v AS SELECT name FROM t WHERE name = 'x'::citext;
CREATE SCHEMA a; CREATE EXTENSION xml2 SCHEMA a;
-- new
CREATE SCHEMA ext;
CREATE EXTENSION citext SCHEMA ext;
CREATE TABLE t (id int, name ext.citext DEFAULT 'x'::ext.citext, CHECK (name OPERATOR(ext.<>) ''::ext.citext));
CREATE VIEW v AS SELECT name FROM t WHERE name OPERATOR(ext.=) 'x'::ext.citext;
CREATE SCHEMA b; CREATE EXTENSION xml2 SCHEMA b;
