-- old
CREATE TYPE price AS (amount numeric, currency text); CREATE TYPE level AS ENUM ('low', 'high', 'top');
CREATE FUNCTION shown(price) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT ($1).amount || ($1).currency'; CREATE CAST (price AS text) WITH FUNCTION shown(price);
CREATE FUNCTION shown(level) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'level ' || enum_send($1)::text $$; CREATE CAST (level AS text) WITH FUNCTION shown(level);
CREATE TABLE t (id int PRIMARY KEY, p price, l level DEFAULT 'low', ls level[], s text GENERATED ALWAYS AS (shown(p)) STORED); CREATE VIEW v AS SELECT p::text AS p, l::text AS l FROM t;
INSERT INTO t VALUES (1, (5, 'EUR'), 'high', '{low}');
-- new
CREATE TYPE price AS (amount numeric(20,4), currency text); CREATE TYPE level AS ENUM ('high', 'low');
CREATE FUNCTION shown(price) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT ($1).amount || ($1).currency'; CREATE CAST (price AS text) WITH FUNCTION shown(price);
CREATE FUNCTION shown(level) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'level ' || enum_send($1)::text $$; CREATE CAST (level AS text) WITH FUNCTION shown(level);
CREATE TABLE t (id int PRIMARY KEY, p price, l level DEFAULT 'low', ls level[], s text GENERATED ALWAYS AS (shown(p)) STORED); CREATE VIEW v AS SELECT p::text AS p, l::text AS l FROM t;
INSERT INTO t VALUES (1, (5, 'EUR'), 'high', '{low}');
