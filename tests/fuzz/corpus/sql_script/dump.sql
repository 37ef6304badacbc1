-- A dump as pg_dump writes it.
\set owner 'alice'
\connect shop
SET statement_timeout = 0; SELECT pg_catalog.set_config('search_path', '', false);
CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $body$ SELECT $a$;'$a$; $body$;
CREATE FUNCTION g(a int) RETURNS int BEGIN ATOMIC SELECT CASE WHEN a > 1 THEN 2 END; SELECT 1; END;
/* outer /* inner ; */ still */ INSERT INTO "we;ird" VALUES ('it''s;', E'\';', U&'\0041', :'owner', :"owner", :owner);
COPY public.t (a, b) FROM stdin;
1	\N
2	x;y
\.
CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO log VALUES (1); NOTIFY t);
SELECT 1 \gset
