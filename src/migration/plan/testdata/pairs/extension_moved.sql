-- old
CREATE EXTENSION citext;
CREATE TABLE t (id int, name citext DEFAULT 'x'::citext, CHECK (name <> ''::citext));
CREATE VIEW v AS SELECT name FROM t WHERE name = 'x'::citext;
-- new
CREATE SCHEMA ext;
CREATE EXTENSION citext SCHEMA ext;
CREATE TABLE t (id int, name ext.citext DEFAULT 'x'::ext.citext, CHECK (name OPERATOR(ext.<>) ''::ext.citext));
CREATE VIEW v AS SELECT name FROM t WHERE name OPERATOR(ext.=) 'x'::ext.citext;
