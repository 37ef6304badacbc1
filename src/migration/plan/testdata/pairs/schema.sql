-- old
CREATE SCHEMA app;
COMMENT ON SCHEMA app IS 'old';
CREATE SCHEMA "Odd Name";
CREATE TABLE "Odd Name"."T 1" ("C 1" int PRIMARY KEY);
INSERT INTO "Odd Name"."T 1" VALUES (1);
-- new
CREATE SCHEMA app AUTHORIZATION app_owner;
GRANT USAGE ON SCHEMA app TO app_reader;
CREATE SCHEMA other;
CREATE TABLE other.t (id int PRIMARY KEY);
CREATE SCHEMA "Odd Name";
CREATE TABLE "Odd Name"."T 1" ("C 1" int PRIMARY KEY, "C 2" text DEFAULT 'x''y');
INSERT INTO "Odd Name"."T 1" VALUES (1);
