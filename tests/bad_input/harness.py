"""What the tests of bad input share: running the program, and servers to run it against."""

import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

PROGRAM = os.environ["ARCHITRAVE_PROGRAM"]
BIN = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), default=None)
AS_ROOT = os.geteuid() == 0


def as_server(command):
    """A server is not run as root."""
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command] \
        if AS_ROOT else command


def processes_in(folder):
    """The pids of the processes that run in a folder, or have it in their arguments."""
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().decode("utf-8", "replace")
            inside = os.readlink(process / "cwd").startswith(str(folder))
        except OSError:
            continue
        if (inside or str(folder) in words) and int(process.name) != os.getpid():
            found.append(int(process.name))
    return found


class Case(unittest.TestCase):
    """Each test has a folder of its own, in which all sandboxes are made, and leaves none."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bad-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir()
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith("PG")}
        self.environment |= {"TMPDIR": str(self.temporary), "LC_ALL": "C.UTF-8"}
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def file(self, name, content):
        path = self.folder / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content)
        return str(path)

    def start(self, *arguments, **options):
        return subprocess.Popen([PROGRAM, *map(str, arguments)], cwd=self.folder,
                                env=self.environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                errors="replace", **options)

    def run_program(self, *arguments, **options):
        process = self.start(*arguments, **options)
        process.output, process.errors = process.communicate(timeout=120)
        return process

    def assert_error(self, done, *words):
        """Exit code 2, with an error and a hint, and nothing left."""
        self.assertEqual(done.returncode, 2, done.errors)
        self.assertIn("error: ", done.errors)
        self.assertIn("  hint: ", done.errors)
        for word in words:
            self.assertIn(word, done.errors)
        self.assert_nothing_left()

    def assert_nothing_left(self, patience=0.0):
        deadline = time.monotonic() + patience
        while processes_in(self.temporary) and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertEqual(processes_in(self.temporary), [])
        self.assertEqual(list(self.temporary.iterdir()), [])

    def await_server(self, process):
        """Waits until a sandbox's server runs; its pid, or None if the program ended first."""
        while process.poll() is None:
            for file in self.temporary.glob("architrave-*/data/postmaster.pid"):
                try:
                    return int(file.read_text().split("\n")[0])
                except (OSError, ValueError):
                    continue
            time.sleep(0.001)
        return None


class Server:
    """A PostgreSQL server of the test's own, on a unix socket and a port of this machine."""

    def __init__(self, hba="local all all trust\nhost all all all scram-sha-256\n"):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="srv-", dir="/tmp"))
        if AS_ROOT:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        data = self.folder / "data"
        subprocess.run(as_server([str(BIN / "initdb"), "-D", str(data), "-U", "postgres", "-N",
                                  "-E", "UTF8", "--locale=C.UTF-8", "--auth=trust"]),
                       check=True, stdout=subprocess.DEVNULL, cwd="/")
        (data / "pg_hba.conf").write_text(hba)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            as_server([str(BIN / "postgres"), "-D", str(data), "-k", str(self.folder), "-p",
                       str(self.port), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]),
            cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while subprocess.run([str(BIN / "pg_isready"), "-q", "-h", str(self.folder), "-p",
                              str(self.port)], check=False).returncode != 0:
            if self.process.poll() is not None:
                raise RuntimeError("the server of the test did not start")
            time.sleep(0.02)

    def stop(self):
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database="postgres", user="postgres"):
        return f"postgresql:///{database}?host={self.folder}&port={self.port}&user={user}"

    def sql(self, script, database="postgres"):
        return subprocess.run([str(BIN / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", self.url(database)],
                              input=script, check=True, capture_output=True, text=True).stdout

    def dump(self, database="postgres"):
        text = subprocess.run([str(BIN / "pg_dump"), self.url(database)], check=True,
                              capture_output=True, text=True).stdout
        return [line for line in text.splitlines() if "restrict" not in line]


class Cutter:
    """Stands before a server, and cuts the connection after so many bytes of its answers."""

    def __init__(self, port, after):
        self.target, self.after = port, after
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.target))
            threading.Thread(target=self.pump, args=(client, server, None), daemon=True).start()
            threading.Thread(target=self.pump, args=(server, client, self.after), daemon=True).start()

    @staticmethod
    def pump(source, target, left):
        try:
            while data := source.recv(4096):
                if left is not None:
                    data = data[:left]
                    left -= len(data)
                target.sendall(data)
                if left == 0:
                    break
        except OSError:
            pass
        for each in (source, target):
            try:
                each.shutdown(socket.SHUT_RDWR)  # wakes the other direction, too
            except OSError:
                pass
        source.close()

    def close(self):
        self.listener.close()
