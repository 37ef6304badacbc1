-- old
CREATE TABLE t (id int, a int); CREATE VIEW v AS SELECT id FROM t; CREATE VIEW w AS SELECT * FROM v;
-- new
CREATE TABLE t (id int, a int, z text); CREATE VIEW v AS SELECT id, a, z FROM t; CREATE VIEW w AS SELECT * FROM v;
COMMENT ON COLUMN v.z IS 'last';
