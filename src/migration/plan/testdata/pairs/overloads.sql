-- old
CREATE TABLE t (id int, role text);
CREATE FUNCTION may(id int, role text) RETURNS boolean LANGUAGE sql AS 'select true';
CREATE POLICY p ON t USING (may(id, role));
-- new
CREATE TABLE t (id int, role text);
CREATE FUNCTION may(id int, role text, extra text DEFAULT 'x') RETURNS boolean LANGUAGE sql AS 'select true';
CREATE POLICY p ON t USING (may(id, role));
