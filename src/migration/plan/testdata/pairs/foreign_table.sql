-- old
CREATE EXTENSION postgres_fdw;
CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'a', dbname 'x');
CREATE USER MAPPING FOR app_owner SERVER far OPTIONS (user 'u', password 'p');
CREATE FOREIGN TABLE ft (id int OPTIONS (column_name 'a'), n text) SERVER far OPTIONS (table_name 't');
CREATE VIEW v AS SELECT id FROM ft;
CREATE SERVER same FOREIGN DATA WRAPPER postgres_fdw; CREATE FOREIGN TABLE same (id int, n text) SERVER same;
-- new
CREATE EXTENSION postgres_fdw;
CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'b', dbname 'x', port '5433');
CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (user 'u');
CREATE USER MAPPING FOR app_owner SERVER far OPTIONS (user 'u2', password 'p');
CREATE FOREIGN TABLE ft (id bigint OPTIONS (column_name 'b') NOT NULL, n text, m int DEFAULT 4, CHECK (m > 0)) SERVER far OPTIONS (table_name 't2', schema_name 's');
CREATE VIEW v AS SELECT id FROM ft;
GRANT USAGE ON FOREIGN SERVER far TO app_reader;
CREATE SERVER same FOREIGN DATA WRAPPER postgres_fdw; CREATE FOREIGN TABLE same (id bigint, n text NOT NULL) SERVER same;
