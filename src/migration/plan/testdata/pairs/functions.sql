-- old
CREATE FUNCTION f1(a int) RETURNS int LANGUAGE sql AS 'select a';
CREATE FUNCTION f2(a int, b int DEFAULT 2) RETURNS int LANGUAGE sql IMMUTABLE AS 'select a + b';
CREATE FUNCTION f3(OUT x int, OUT y text) LANGUAGE sql AS 'select 1, ''a''::text';
CREATE FUNCTION f4(VARIADIC a int[]) RETURNS int LANGUAGE sql AS 'select a[1]';
CREATE FUNCTION f5() RETURNS TABLE (id int, n text) LANGUAGE sql AS 'select 1, ''a''::text';
CREATE FUNCTION f6(a int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$ begin return a; end $$;
CREATE FUNCTION f7(a anyelement) RETURNS anyelement LANGUAGE sql AS 'select a';
CREATE PROCEDURE p1(a int) LANGUAGE sql AS 'select 1';
CREATE FUNCTION kind(a int) RETURNS void LANGUAGE sql AS 'select';
CREATE FUNCTION over(a int) RETURNS int LANGUAGE sql AS 'select 1';
CREATE FUNCTION over(a text) RETURNS int LANGUAGE sql AS 'select 1';
COMMENT ON FUNCTION f1(int) IS 'one';
-- new
CREATE FUNCTION f1(b int) RETURNS bigint LANGUAGE sql AS 'select b::bigint';
CREATE FUNCTION f2(a int, b int DEFAULT 3) RETURNS int LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 10 AS 'select a + b';
CREATE FUNCTION f3(OUT x int, OUT y text, OUT z int) LANGUAGE sql AS 'select 1, ''a''::text, 2';
CREATE FUNCTION f4(VARIADIC a text[]) RETURNS int LANGUAGE sql AS 'select 1';
CREATE FUNCTION f5() RETURNS TABLE (id bigint, n text, m int) LANGUAGE sql ROWS 10 AS 'select 1::bigint, ''a''::text, 2';
CREATE FUNCTION f6(a int) RETURNS int LANGUAGE plpgsql LEAKPROOF AS $$ begin return a + 1; end $$;
CREATE FUNCTION f7(a anyelement) RETURNS anyarray LANGUAGE sql AS 'select array[a]';
CREATE PROCEDURE p1(INOUT a int, b text DEFAULT 'x') LANGUAGE plpgsql AS $$ begin null; end $$;
CREATE PROCEDURE kind(a int) LANGUAGE sql AS 'select';
CREATE FUNCTION over(a int) RETURNS int LANGUAGE sql AS 'select 2';
REVOKE ALL ON FUNCTION f6(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION f6(int) TO app_writer;
ALTER FUNCTION f1(int) OWNER TO app_owner;
