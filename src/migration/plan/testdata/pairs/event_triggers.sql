-- old
CREATE FUNCTION ef() RETURNS event_trigger LANGUAGE plpgsql AS $$ begin end $$;
CREATE EVENT TRIGGER e1 ON ddl_command_start EXECUTE FUNCTION ef();
-- new
CREATE FUNCTION ef2() RETURNS event_trigger LANGUAGE plpgsql AS $$ begin end $$;
CREATE EVENT TRIGGER e1 ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION ef2();
ALTER EVENT TRIGGER e1 DISABLE;
COMMENT ON EVENT TRIGGER e1 IS 'e';
CREATE TABLE t (id int);
