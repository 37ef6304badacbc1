-- architrave:ignore drop-table: why
DROP TABLE a; -- architrave:ignore-file x
BEGIN;
CREATE TABLE "A b" (id serial, n varchar(5) NOT NULL, t timestamp(3) without time zone);
ALTER TABLE b ADD CONSTRAINT c CHECK (x > 1);
COMMIT;
