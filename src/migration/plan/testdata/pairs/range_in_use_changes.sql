-- old
CREATE TYPE span AS RANGE (subtype = int4);
CREATE TYPE words AS RANGE (subtype = text, collation = "C");
CREATE TABLE t (id int, s span, w words, many words_multirange);
INSERT INTO t VALUES (1, '[1,2)', '[a,b]', '{[a,b]}');
CREATE INDEX t_s ON t USING gist (s);
-- new
CREATE TYPE span AS RANGE (subtype = int8);
CREATE TYPE words AS RANGE (subtype = text);
CREATE TABLE t (id int, s span, w words, many words_multirange);
INSERT INTO t VALUES (1, '[1,2)', '[a,b]', '{[a,b]}');
CREATE INDEX t_s ON t USING gist (s);
