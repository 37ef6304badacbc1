-- old
CREATE TABLE thing (id int); CREATE SEQUENCE seq; CREATE TYPE ty AS ENUM ('a'); CREATE TABLE t (id int); CREATE INDEX ix ON t (id);
-- new
CREATE TYPE thing AS (a int); CREATE TABLE seq (id int); CREATE TABLE ty (a int); CREATE TABLE t (id int); CREATE SEQUENCE ix;
