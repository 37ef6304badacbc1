-- old
CREATE FUNCTION ef() RETURNS event_trigger LANGUAGE plpgsql AS $$ begin end $$;
CREATE EVENT TRIGGER e1 ON ddl_command_start EXECUTE FUNCTION ef();
CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ begin end $$;
CREATE EVENT TRIGGER watches ON ddl_command_start EXECUTE FUNCTION watch();
CREATE FUNCTION guard() RETURNS event_trigger LANGUAGE plpgsql AS $$ begin raise exception 'nothing goes'; end $$;
CREATE TABLE goes (id int);
-- new
CREATE FUNCTION ef2() RETURNS event_trigger LANGUAGE plpgsql AS $$ begin end $$;
CREATE EVENT TRIGGER e1 ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION ef2();
ALTER EVENT TRIGGER e1 DISABLE;
COMMENT ON EVENT TRIGGER e1 IS 'e';
CREATE TABLE t (id int);
CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ begin raise exception 'no'; end $$;
CREATE FUNCTION guard() RETURNS event_trigger LANGUAGE plpgsql AS $$ begin raise exception 'nothing goes'; end $$;
CREATE EVENT TRIGGER guards ON sql_drop EXECUTE FUNCTION guard();
