-- old
CREATE TABLE parent (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text);
CREATE TABLE middle (extra int) INHERITS (parent);
CREATE TABLE heir (more int) INHERITS (middle);
CREATE INDEX heir_id ON heir ((id + 1));
-- new
CREATE TABLE parent (number bigint GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME parent_id_seq) PRIMARY KEY, note text);
CREATE TABLE middle (extra int) INHERITS (parent);
CREATE TABLE heir (more int) INHERITS (middle);
CREATE INDEX heir_id ON heir ((number + 1));
