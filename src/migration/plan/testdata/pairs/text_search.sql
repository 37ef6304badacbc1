-- old
CREATE TEXT SEARCH CONFIGURATION cfg (COPY = simple);
CREATE TABLE t (b text, v tsvector GENERATED ALWAYS AS (to_tsvector('cfg'::regconfig, b)) STORED);
CREATE INDEX t_v ON t USING gin (v);
INSERT INTO t (b) VALUES ('x');
-- new
CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple, stopwords = english);
CREATE TEXT SEARCH CONFIGURATION cfg (COPY = english);
ALTER TEXT SEARCH CONFIGURATION cfg ALTER MAPPING FOR asciiword WITH d, english_stem;
COMMENT ON TEXT SEARCH CONFIGURATION cfg IS 'c';
CREATE TABLE t (b text, v tsvector GENERATED ALWAYS AS (to_tsvector('cfg'::regconfig, b)) STORED);
CREATE INDEX t_v ON t USING gin (v);
INSERT INTO t (b) VALUES ('x');
