-- old
CREATE TABLE p (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE t (id int PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES p ON DELETE SET NULL (b));
-- new
CREATE TABLE p (a int, b int, PRIMARY KEY (b, a));
CREATE TABLE t (id int PRIMARY KEY, a int, b int, FOREIGN KEY (b, a) REFERENCES p ON DELETE SET DEFAULT);
