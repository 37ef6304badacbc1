-- old
CREATE TYPE mood AS ENUM ('a', 'b');
CREATE TABLE t (id int, m mood DEFAULT 'a', CHECK (m = ANY (ARRAY['a'::mood, 'b'::mood])));
INSERT INTO t VALUES (1, 'a');
-- new
CREATE TABLE t (id int, m text DEFAULT 'a', CHECK (m = ANY (ARRAY['a'::text, 'b'::text])));
INSERT INTO t VALUES (1, 'a');
