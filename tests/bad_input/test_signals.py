"""Ended in the middle: by Ctrl-C, by SIGKILL, or because a server went away."""

import os
import random
import signal
import time

from harness import Case, Server

TABLES = "CREATE TABLE t0 (id bigint PRIMARY KEY);\n" + "".join(
    f"CREATE TABLE t{i} (id bigint PRIMARY KEY, before bigint REFERENCES t{i - 1});\n"
    for i in range(1, 1500))


class Signals(Case):
    def setUp(self):
        super().setUp()
        self.schema = self.file("schema.sql", TABLES)

    def ended(self, process):
        process.output, process.errors = process.communicate(timeout=60)
        return process

    def test_interrupted_at_any_moment(self):
        begun = time.monotonic()
        self.run_program("assess", self.schema, "--fail-on", "never")
        whole = time.monotonic() - begun
        seen = set()
        for part in (0.02, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9):
            for sent in (signal.SIGINT, signal.SIGTERM):
                with self.subTest(part=part, sent=sent):
                    process = self.start("assess", self.schema, "--fail-on", "never")
                    time.sleep(whole * part)
                    process.send_signal(sent)
                    done = self.ended(process)
                    seen.add(done.returncode)
                    # Before the program listens, the signal ends it; it may be done, too.
                    self.assertIn(done.returncode, (130, 0, -sent), done.errors)
                    self.assert_nothing_left()
        self.assertIn(130, seen)

    def test_interrupted_while_a_server_starts(self):
        process = self.start("assess", self.schema)
        while not list(self.temporary.iterdir()) and process.poll() is None:
            time.sleep(0.001)
        process.send_signal(signal.SIGINT)
        done = self.ended(process)
        self.assertEqual(done.returncode, 130, done.errors)
        self.assert_nothing_left()

    def test_killed_at_random_moments(self):
        moments = random.Random(3)
        for _ in range(10):
            process = self.start("assess", self.schema)
            time.sleep(moments.uniform(0.02, 2))
            process.kill()
            self.ended(process)
            deadline = time.monotonic() + 2
            while self.servers() and time.monotonic() < deadline:
                time.sleep(0.02)
            self.assertEqual(self.servers(), [])
        # The next one sweeps up what is left of the folders.
        small = self.file("small.sql", "CREATE TABLE a (id bigint PRIMARY KEY, name text NOT NULL);")
        self.assertEqual(self.run_program("review", small).returncode, 0)
        left = [each for each in self.temporary.iterdir() if (each / "lock").exists()]
        self.assertEqual(left, [])

    def servers(self):
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                if os.readlink(f"/proc/{pid}/cwd").startswith(str(self.temporary)):
                    found.append(pid)
            except OSError:
                pass
        return found

    def test_the_sandbox_is_killed(self):
        for sent in (signal.SIGQUIT, signal.SIGKILL):
            with self.subTest(sent=sent):
                process = self.start("assess", self.schema)
                pid = self.await_server(process)
                self.assertIsNotNone(pid)
                time.sleep(0.3)
                os.kill(pid, sent)
                self.assert_error(self.ended(process), "lost")

    def test_the_server_goes_away_in_the_middle(self):
        server = Server()
        try:
            server.sql(TABLES)
            process = self.start("assess", server.url())
            time.sleep(0.1)
            server.process.send_signal(signal.SIGQUIT)
            self.assert_error(self.ended(process))
        finally:
            server.stop()


class Commands(Case):
    def setUp(self):
        super().setUp()
        self.schema = self.file("schema.sql", "CREATE TABLE a (id bigint PRIMARY KEY, b text);")

    def test_ctrl_c_is_the_commands_own(self):
        script = self.file("ask.py", """
import os, signal, subprocess, time
def heard(*_): print("heard", flush=True)
signal.signal(signal.SIGINT, heard)
print("ready", flush=True)
deadline = time.monotonic() + 3
while time.monotonic() < deadline: time.sleep(0.05)
print(subprocess.run(["psql", "-XAtc", "SELECT 40 + 2"], capture_output=True, text=True).stdout)
raise SystemExit(9)
""")
        process = self.start("sandbox", self.schema, "--", "python3", script, start_new_session=True)
        self.assertEqual(process.stdout.readline(), "ready\n")
        for _ in range(3):
            os.killpg(process.pid, signal.SIGINT)  # as a terminal does
            self.assertEqual(process.stdout.readline(), "heard\n")
        output, errors = process.communicate(timeout=60)
        self.assertIn("42", output)
        self.assertEqual(process.returncode, 9, errors)
        self.assert_nothing_left()

    def test_asked_to_end(self):
        process = self.start("sandbox", self.schema, "--", "sh", "-c", "echo ready; exec sleep 100")
        self.assertEqual(process.stdout.readline(), "ready\n")
        process.terminate()
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        self.assert_nothing_left()

    def test_exit_codes_are_passed_on(self):
        for code in (0, 1, 3, 255):
            done = self.run_program("sandbox", self.schema, "--", "sh", "-c", f"exit {code}")
            self.assertEqual(done.returncode, code, done.errors)
        self.assert_nothing_left()

    def test_twin(self):
        made = self.run_program("sandbox", self.schema, "--", os.environ["ARCHITRAVE_PROGRAM"],
                                "twin", "-o", self.folder / "a.twin")
        self.assertEqual(made.returncode, 0, made.errors)
        done = self.run_program("sandbox", self.folder / "a.twin", "--", "psql", "-XAtc", "TABLE a")
        self.assertEqual((done.returncode, done.output), (0, ""), done.errors)
        done = self.run_program("sandbox", self.folder / "a.twin", "--", "psql", "-Xc", "TABLE b")
        self.assertEqual(done.returncode, 1, done.errors)
        self.assert_nothing_left()


