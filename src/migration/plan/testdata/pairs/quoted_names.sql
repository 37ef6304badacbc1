-- old
CREATE SCHEMA "My Schema"; CREATE TYPE "My Schema"."My Enum" AS ENUM ('It''s', 'b"c');
CREATE TABLE "My Schema"."Order" ("User" int PRIMARY KEY, "select" "My Schema"."My Enum" DEFAULT 'It''s', "a.b" int, "üñï" text);
CREATE INDEX "My Index" ON "My Schema"."Order" ("a.b"); CREATE VIEW "My Schema"."V w" AS SELECT "User", "select" FROM "My Schema"."Order";
CREATE FUNCTION "My Schema"."Fn"("A" int) RETURNS int LANGUAGE sql AS 'select 1';
INSERT INTO "My Schema"."Order" VALUES (1, 'It''s', 2, 'x');
-- new
CREATE SCHEMA "My Schema"; CREATE TYPE "My Schema"."My Enum" AS ENUM ('It''s', 'new''one');
CREATE TABLE "My Schema"."Order" ("User" bigint PRIMARY KEY, "select" "My Schema"."My Enum" DEFAULT 'new''one', "a.b" text NOT NULL, "üñï" varchar(20), CONSTRAINT "Chk 1" CHECK ("a.b" <> ''));
CREATE UNIQUE INDEX "My Index" ON "My Schema"."Order" ("a.b"); CREATE VIEW "My Schema"."V w" AS SELECT "User", "select" FROM "My Schema"."Order";
CREATE FUNCTION "My Schema"."Fn"("A" int) RETURNS bigint LANGUAGE sql AS 'select 1::bigint';
INSERT INTO "My Schema"."Order" VALUES (1, 'It''s', 2, 'x');
