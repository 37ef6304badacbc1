-- old
CREATE TABLE parent (id int PRIMARY KEY, note text, CHECK (id > 0));
CREATE TABLE child (extra int, CHECK (extra > 0)) INHERITS (parent);
CREATE INDEX child_note ON child (note);
INSERT INTO parent VALUES (1, 'a');
INSERT INTO child VALUES (2, 'b', 3);
-- new
CREATE TABLE parent (id int PRIMARY KEY, remark text, CHECK (id > 0));
INSERT INTO parent VALUES (1, 'a');
