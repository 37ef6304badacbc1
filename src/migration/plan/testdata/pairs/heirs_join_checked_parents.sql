-- old
CREATE TABLE g (id int, CONSTRAINT kept CHECK (id > 0));
CREATE TABLE p (id int, v text);
CREATE TABLE h (id int, v text);
CREATE TABLE hh () INHERITS (h);
CREATE TABLE own (id int, CONSTRAINT kept CHECK (id > 0));
CREATE TABLE g2 (id int, CONSTRAINT kept CHECK (id > 0), CONSTRAINT alone CHECK (id < 10) NO INHERIT);
CREATE TABLE changes (id int) INHERITS (g);
CREATE TABLE two (id int, v text);
CREATE TABLE of_new (id int);
INSERT INTO hh VALUES (1, 'a'); INSERT INTO p VALUES (1, 'b'); INSERT INTO own VALUES (1); INSERT INTO changes VALUES (1);
-- new
CREATE TABLE g (id int, CONSTRAINT kept CHECK (id > 0), CONSTRAINT fresh CHECK (id < 100));
CREATE TABLE p (id int, v text) INHERITS (g);
CREATE TABLE h (id int, v text) INHERITS (p);
CREATE TABLE hh () INHERITS (h);
ALTER TABLE p ADD CONSTRAINT later CHECK (v <> '') NOT VALID;
CREATE TABLE own (id int) INHERITS (g);
CREATE TABLE g2 (id int, CONSTRAINT kept CHECK (id > 0), CONSTRAINT alone CHECK (id < 10) NO INHERIT);
CREATE TABLE changes (id int) INHERITS (g2);
CREATE TABLE two (id int, v text, CONSTRAINT kept CHECK (id > 0)) INHERITS (p);
CREATE TABLE new (id int, CONSTRAINT of_new_id CHECK (id > 0));
CREATE TABLE of_new (id int) INHERITS (new);
INSERT INTO hh VALUES (1, 'a'); INSERT INTO p VALUES (1, 'b'); INSERT INTO own VALUES (1); INSERT INTO changes VALUES (1);
