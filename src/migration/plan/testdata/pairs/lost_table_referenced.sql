-- old
CREATE TYPE mood AS ENUM ('calm', 'loud'); CREATE TABLE land (code text PRIMARY KEY, at date NOT NULL);
CREATE TABLE org (id serial PRIMARY KEY, name text NOT NULL UNIQUE, mood mood NOT NULL, land text NOT NULL REFERENCES land); CREATE TABLE pair (a int, b text, note varchar(3) NOT NULL, PRIMARY KEY (a, b));
CREATE TABLE usr (id int PRIMARY KEY, org int REFERENCES org, org_name text REFERENCES org (name), home text NOT NULL REFERENCES land, a int, b text, FOREIGN KEY (a, b) REFERENCES pair);
INSERT INTO land VALUES ('de', '2020-01-01'); INSERT INTO org (name, mood, land) VALUES ('x', 'calm', 'de'), ('y', 'loud', 'de'); INSERT INTO pair VALUES (1, 'q', 'n');
INSERT INTO usr VALUES (1, 1, 'y', 'de', 1, 'q'), (2, 2, NULL, 'de', NULL, 'q'), (3, NULL, NULL, 'de', NULL, NULL);
-- new
CREATE TYPE mood AS ENUM ('calm', 'loud'); CREATE TABLE usr (id int PRIMARY KEY, org int, org_name text, a int, b text);
