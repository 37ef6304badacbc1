-- old
CREATE TABLE p (id int PRIMARY KEY, code text NOT NULL UNIQUE);
CREATE TABLE c (p_id int REFERENCES p, code text REFERENCES p (code));
CREATE VIEW v AS SELECT p.id, p.code, count(*) FROM p JOIN c ON c.p_id = p.id GROUP BY p.id;
INSERT INTO p VALUES (1, 'a'); INSERT INTO c VALUES (1, 'a');
-- new
CREATE TABLE p (id int NOT NULL UNIQUE, code text PRIMARY KEY);
CREATE TABLE c (p_id int REFERENCES p (id), code text REFERENCES p);
CREATE VIEW v AS SELECT p.id, p.code, count(*) FROM p JOIN c ON c.p_id = p.id GROUP BY p.code;
INSERT INTO p VALUES (1, 'a'); INSERT INTO c VALUES (1, 'a');
