"""A Spark cluster of its own for the tests: a master and two workers on this machine.

    from spark_cluster import spark_master  # noqa: F401

Three processes that listen on 127.0.0.1 only, on free ports, and end with the tests.

Only where SPARK_TESTS says so, because a build takes minutes: `first` for one build, `full`
(make test-spark) for all that the tests have.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import spark_jars
from postgres_server import free_port

WANTED = os.environ.get("SPARK_TESTS", "")
NOT_ALL_WANTED = pytest.mark.skipif(
    WANTED != "full", reason="on Spark it takes many minutes: make test-spark"
)
WORKERS = 2
SECONDS_TO_START = 120


def missing_parts() -> str | None:
    """Say what is missing for Spark, and how to get it; nothing where all is there."""
    if importlib.util.find_spec("pyspark") is None:
        return "PySpark is not installed: `make install TARGET=spark`"
    if shutil.which("java") is None:
        return "Java is not installed: on Debian, `apt-get install openjdk-17-jre-headless`"
    if not spark_jars.are_there():
        return "Delta's jars are not here: `make spark-jars`"
    return None


class SparkCluster:
    """A standalone master with its workers; `start()` makes them, `stop()` ends them."""

    def __init__(self) -> None:
        self.folder: Path | None = None
        self.processes: list[subprocess.Popen] = []
        self.port = 0

    @property
    def master(self) -> str:
        """The address for `spark.master`."""
        return f"spark://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the master, then the workers, and wait until they know each other."""
        self.folder = Path(tempfile.mkdtemp(prefix="client_profiles_spark_"))
        try:
            self.port = free_port()
            self._start("master", "--port", str(self.port), "--webui-port", "0")
            self._wait_for("master", "New state: ALIVE")
            for number in range(WORKERS):
                self._start(
                    "worker", "--cores", "1", "--memory", "2g", "--webui-port", "0",
                    "--work-dir", str(self.folder / f"worker_{number}"), self.master,
                    name=f"worker_{number}",
                )
            for number in range(WORKERS):
                self._wait_for(f"worker_{number}", "Successfully registered with master")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the processes that this object started, by their ids."""
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes = []
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self, role: str, *args: str, name: str | None = None) -> None:
        import pyspark

        home = Path(pyspark.__file__).parent
        kind = f"org.apache.spark.deploy.{role}.{role.capitalize()}"
        # `spark-class` becomes the JVM, so the process that is ended is the JVM.
        with (self.folder / f"{name or role}.log").open("w") as log:
            self.processes.append(subprocess.Popen(
                [str(home / "bin" / "spark-class"), kind, "--host", "127.0.0.1", *args],
                cwd=self.folder,
                env=self._environment(home),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            ))

    def _wait_for(self, name: str, sign: str) -> None:
        log = self.folder / f"{name}.log"
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline:
            if sign in log.read_text(errors="replace"):
                return
            if any(process.poll() is not None for process in self.processes):
                break
            time.sleep(0.2)
        raise RuntimeError(f"Spark's {name} did not start:\n{log.read_text()[-3000:]}")

    def _environment(self, home: Path) -> dict[str, str]:
        # Nothing of the user's Spark, and nothing that listens to other machines.
        kept = {name: os.environ[name] for name in ("PATH", "JAVA_HOME", "LANG") if name in os.environ}
        return {
            **kept,
            "HOME": str(self.folder),
            "SPARK_HOME": str(home),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_DAEMON_MEMORY": "256m",
            "TZ": "UTC",
        }


@pytest.fixture(scope="session")
def spark_master() -> Iterator[str]:
    """Start a cluster for the tests of this process; give its address."""
    if not WANTED:
        pytest.skip("a build on Spark takes minutes: make test-spark")
    missing = missing_parts()
    if missing:
        pytest.skip(missing)
    cluster = SparkCluster()
    cluster.start()
    try:
        yield cluster.master
    finally:
        cluster.stop()
