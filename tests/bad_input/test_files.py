"""Files that are not what they should be."""

import os
import random
import resource
import subprocess
import time

from harness import AS_ROOT, Case

SCHEMA = """CREATE TABLE a (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE b (id bigint PRIMARY KEY, a_id bigint NOT NULL REFERENCES a);
"""


class Twins(Case):
    def twin(self):
        """A twin, made of a sandbox's database."""
        schema = self.file("schema.sql", SCHEMA)
        made = self.run_program("sandbox", schema, "--", os.environ["ARCHITRAVE_PROGRAM"], "twin",
                                "-o", self.folder / "good.twin")
        self.assertEqual(made.returncode, 0, made.errors)
        return (self.folder / "good.twin").read_bytes()

    def test_random_bytes(self):
        path = self.file("x.twin", random.Random(1).randbytes(64 << 20))
        before = time.monotonic()
        limit = 1 << 30
        done = self.run_program("review", path, preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_AS, (limit, limit)))
        self.assert_error(done, "x.twin", "not a whole twin file")
        self.assertLess(time.monotonic() - before, 30)

    def test_random_bytes_behind_a_good_first_line(self):
        noise = random.Random(2).randbytes(1 << 20)
        for line in (b"architrave-twin 1 99999999999999 0000000000000000\n",
                     b"architrave-twin 1 1073741824 0000000000000000\n", b"architrave-twin 1\n",
                     b"architrave-twin 9 100 0000000000000000\n", b"architrave-twin"):
            with self.subTest(line):
                self.assert_error(self.run_program("review", self.file("x.twin", line + noise)))

    def test_cut_short_and_flipped(self):
        good = self.twin()
        self.assertEqual(self.run_program("review", self.folder / "good.twin",
                                          "--fail-on", "never").returncode, 0)
        for length in (0, 1, 20, 60, len(good) // 2, len(good) - 1):
            with self.subTest(length=length):
                self.assert_error(self.run_program("review", self.file("x.twin", good[:length])))
        for place in (3, 16, 22, 40, len(good) // 3, len(good) - 1):
            with self.subTest(place=place):
                flipped = bytearray(good)
                flipped[place] ^= 4
                self.assert_error(self.run_program("show", self.file("x.twin", bytes(flipped))))


class Scripts(Case):
    def test_ten_megabytes_on_one_line(self):
        text = "CREATE TABLE a (id bigint PRIMARY KEY, name text NOT NULL);"
        text += "".join(f"INSERT INTO a VALUES ({i}, '{'x' * 2000}');" for i in range(5000))
        done = self.run_program("review", self.file("wide.sql", text), "--no-proof")
        self.assertEqual(done.returncode, 0, done.errors)
        self.assert_nothing_left()

    def test_one_huge_broken_statement(self):
        done = self.run_program("review", self.file("wide.sql", "CREATE TABLE a (" + "(" * 10_000_000))
        self.assert_error(done)
        self.assertLess(len(done.errors), 2000)

    def test_deep_nesting(self):
        deep = "CREATE VIEW v AS SELECT " + "(" * 200_000 + "1" + ")" * 200_000 + ";\n"
        done = self.run_program("review", self.file("deep.sql", SCHEMA + deep), "--no-proof")
        self.assertEqual(done.returncode, 2, done.errors)
        self.assertIn("1 statement did not load", done.output)
        self.assert_nothing_left()

    def test_open_quotes(self):
        for ending in ("'", '"', "$$", "$tag$", "/*", "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC",
                       "COPY a FROM stdin;\n1\tx", "\\i nowhere.sql\n", "\\"):
            with self.subTest(ending):
                done = self.run_program("review", self.file("open.sql", SCHEMA + ending),
                                        "--no-proof", "--fail-on", "never")
                self.assertIn(done.returncode, (0, 2), done.errors)
                self.assertIn("finding", done.output)
                self.assert_nothing_left()

    def test_a_script_that_includes_itself(self):
        done = self.run_program("review", self.file("x.sql", SCHEMA + "\\i x.sql\n"), "--no-proof")
        self.assertEqual(done.returncode, 2, done.errors)
        self.assertIn("include each other", done.output)
        self.assert_nothing_left()

    def test_a_script_that_ends_its_server(self):
        path = self.file("x.sql", SCHEMA + "SELECT pg_terminate_backend(pg_backend_pid());\n" + SCHEMA)
        self.assert_error(self.run_program("review", path), "lost")

    def test_what_may_not_be_read(self):
        path = self.file("secret.sql", SCHEMA)
        os.chmod(path, 0)
        if AS_ROOT:
            self.skipTest("root may read everything")
        self.assert_error(self.run_program("review", path), "Permission denied")

    def test_no_room_for_a_sandbox(self):
        mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", self.temporary],
                               capture_output=True, check=False)
        if mount.returncode != 0:
            self.skipTest("no small disk can be mounted here: " + mount.stderr.decode())
        self.addCleanup(subprocess.run, ["umount", self.temporary], check=True)
        done = self.run_program("review", self.file("schema.sql", SCHEMA))
        self.assert_error(done, "No space left on device", "TMPDIR")

    def test_a_folder_that_the_server_may_not_enter(self):
        if not AS_ROOT:
            self.skipTest("only root runs servers as somebody else")
        self.temporary.chmod(0o700)
        for cache in (None, self.folder / "cache"):  # with a template of a server, and without
            if cache:
                self.environment["XDG_CACHE_HOME"] = str(cache)
            done = self.run_program("review", self.file("schema.sql", SCHEMA))
            self.assert_error(done, "TMPDIR", "Permission denied")
