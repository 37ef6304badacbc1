-- old
CREATE TABLE parent (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text);
CREATE TABLE heir (extra int) INHERITS (parent);
INSERT INTO parent (note) VALUES ('a'), ('b');
INSERT INTO heir VALUES (7, 'c', 1);
-- new
CREATE TABLE other (id bigint GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME parent_id_seq) PRIMARY KEY, note text);
CREATE TABLE heir (extra int) INHERITS (other);
