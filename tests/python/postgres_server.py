"""A PostgreSQL server of its own for the tests: started, used and removed.

The cluster lives in a temporary folder and listens on a free port of 127.0.0.1,
so that it can't meet a server that is installed on the machine.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

USER = "client_profiles"
# Something else may take a free port before the server does.
START_ATTEMPTS = 5
SECONDS_TO_START = 60


def find_binaries() -> Path | None:
    """Find the folder with `initdb` and `postgres`, the newest version first."""
    # Debian keeps the versions apart and none of them in PATH.
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    by_version = sorted(
        debian,
        key=lambda folder: [
            int(part) if part.isdigit() else 0
            for part in folder.parent.name.split(".")
        ],
        reverse=True,
    )
    in_path = [Path(folder) for folder in os.get_exec_path()]
    for folder in [*by_version, *in_path]:
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    return None


def unprivileged_account() -> pwd.struct_passwd | None:
    """Choose who runs the server when the tests run as root, which it refuses."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("No account `postgres` or `nobody` to run the server as.")


def free_port() -> int:
    """Ask the system for a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class PostgresServer:
    """One cluster; `start()` makes it, `stop()` ends and removes it."""

    def __init__(self, binaries: Path) -> None:
        self.binaries = binaries
        self.folder: Path | None = None
        self.process: subprocess.Popen | None = None
        self.port = 0
        self.password = secrets.token_hex(16)
        account = unprivileged_account()
        self._as_account = {}
        if account:
            self._as_account = {
                "user": account.pw_uid,
                "group": account.pw_gid,
                "extra_groups": [],
            }

    def start(self) -> None:
        """Make the cluster, start the server and create the first database."""
        # Not below pytest's temporary folder, which only its owner may enter.
        self.folder = Path(tempfile.mkdtemp(prefix="client_profiles_postgres_"))
        try:
            self._initialize()
            self._start_on_a_free_port()
            self.create_database(USER)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the server this object started, by its process id."""
        if self.process and self.process.poll() is None:
            # SIGINT is the server's fast shutdown: it closes open connections.
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def environment(self, database: str = USER) -> dict[str, str]:
        """Give the variables profiles.yml reads, for one database."""
        return {
            "CLIENT_PROFILES_TARGET": "postgres",
            "CLIENT_PROFILES_PG_HOST": "127.0.0.1",
            "CLIENT_PROFILES_PG_PORT": str(self.port),
            "CLIENT_PROFILES_PG_USER": USER,
            "CLIENT_PROFILES_PG_PASSWORD": self.password,
            "CLIENT_PROFILES_PG_DATABASE": database,
        }

    def create_database(self, name: str) -> None:
        """Create an empty database."""
        connection = self._connect("postgres")
        connection.autocommit = True
        try:
            connection.cursor().execute(f'create database "{name}"')
        finally:
            connection.close()

    def _initialize(self) -> None:
        password_file = self.folder / "password"
        password_file.write_text(self.password)
        password_file.chmod(0o600)
        if self._as_account:
            owner = (self._as_account["user"], self._as_account["group"])
            for path in (self.folder, password_file):
                os.chown(path, *owner)
        command = [
            self.binaries / "initdb",
            f"--pgdata={self.folder / 'data'}",
            f"--username={USER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            # The same order of text and the same dates wherever the tests run.
            "--locale=C",
            "--encoding=UTF8",
            "--no-sync",
        ]
        made = subprocess.run(
            command,
            cwd=self.folder,
            env=self._server_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **self._as_account,
        )
        if made.returncode:
            raise RuntimeError(f"initdb failed:\n{made.stdout}")

    def _start_on_a_free_port(self) -> None:
        for _ in range(START_ATTEMPTS):
            self.port = free_port()
            with (self.folder / "server.log").open("w") as log:
                self.process = subprocess.Popen(
                    [
                        self.binaries / "postgres",
                        "-D", self.folder / "data",
                        "-h", "127.0.0.1",
                        "-p", str(self.port),
                        # No socket file: the port is the only way in.
                        "-c", "unix_socket_directories=",
                        "-c", "timezone=UTC",
                        "-c", "log_timezone=UTC",
                        # Nothing here has to survive a power cut.
                        "-c", "fsync=off",
                        "-c", "synchronous_commit=off",
                        "-c", "full_page_writes=off",
                    ],
                    cwd=self.folder,
                    env=self._server_environment(),
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    # Ctrl-C in the terminal is for pytest, which then ends the
                    # server in the right order.
                    start_new_session=True,
                    **self._as_account,
                )
            if self._answers():
                return
        log_text = (self.folder / "server.log").read_text()
        raise RuntimeError(f"The PostgreSQL server did not start:\n{log_text}")

    def _answers(self) -> bool:
        import psycopg2

        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                self._connect("postgres").close()
                return True
            except psycopg2.OperationalError:
                time.sleep(0.1)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        return False

    def _connect(self, database: str):
        import psycopg2

        return psycopg2.connect(
            host="127.0.0.1",
            port=self.port,
            user=USER,
            password=self.password,
            dbname=database,
        )

    def _server_environment(self) -> dict[str, str]:
        # The user's PG* variables and HOME are not the server's business.
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.folder),
            "LC_ALL": "C",
            "TZ": "UTC",
        }
