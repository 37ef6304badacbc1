-- old
CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE heir (z int) INHERITS (t); CREATE TABLE heirs_heir (y int) INHERITS (heir); CREATE TABLE hold (x t, xs t[]);
CREATE TABLE only_heirs (a int); CREATE TABLE its_heir () INHERITS (only_heirs); CREATE TABLE holds_heir (x its_heir);
INSERT INTO t VALUES (1, 1); INSERT INTO heir VALUES (2, 2, 2); INSERT INTO heirs_heir VALUES (3, 3, 3, 3); INSERT INTO hold VALUES (ROW(1, 1), ARRAY[ROW(2, 2)::t]);
INSERT INTO only_heirs VALUES (1); INSERT INTO its_heir VALUES (2); INSERT INTO holds_heir VALUES (ROW(2));
-- new
CREATE TABLE t (id int PRIMARY KEY, a text); CREATE TABLE heir (z int) INHERITS (t); CREATE TABLE heirs_heir (y int) INHERITS (heir); CREATE TABLE hold (x t, xs t[]);
CREATE TABLE only_heirs (a bigint); CREATE TABLE its_heir () INHERITS (only_heirs); CREATE TABLE holds_heir (x its_heir);
INSERT INTO t VALUES (1, 1); INSERT INTO heir VALUES (2, '2', 2); INSERT INTO heirs_heir VALUES (3, '3', 3, 3); INSERT INTO hold VALUES (ROW(1, '1'), ARRAY[ROW(2, '2')::t]);
INSERT INTO only_heirs VALUES (1); INSERT INTO its_heir VALUES (2); INSERT INTO holds_heir VALUES (ROW(2));
