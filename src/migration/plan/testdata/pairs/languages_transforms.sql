-- old
CREATE TABLE t (id int);
-- new
CREATE TABLE t (id int);
CREATE LANGUAGE my HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler VALIDATOR plpgsql_validator;
CREATE FUNCTION f() RETURNS int LANGUAGE my AS $$ begin return 1; end $$;
COMMENT ON LANGUAGE my IS 'm';
CREATE CONVERSION conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
