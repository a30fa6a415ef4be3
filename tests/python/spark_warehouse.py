"""A project's warehouse on Spark: builds with dbt, dumps like the other engines'."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import spark_jars
from dbt_runner import DbtResult, dbt_environment
from warehouse_dump import Dump, dump_rows

# A few thousand rows: compiling a query to machine code takes longer than reading them.
FOR_FEW_ROWS = {
    "CLIENT_PROFILES_SPARK_AQE": "false",
    "CLIENT_PROFILES_SPARK_CODEGEN": "false",
    "CLIENT_PROFILES_SPARK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}


def settings_of(master: str) -> dict[str, str]:
    """Give the variables that send dbt to the cluster of the tests.

    master: its address
    """
    return {
        "CLIENT_PROFILES_TARGET": "spark",
        "CLIENT_PROFILES_SPARK_MASTER": master,
        "CLIENT_PROFILES_SPARK_JARS": ",".join(
            str(spark_jars.FOLDER / name) for name, _, _ in spark_jars.JARS
        ),
        **FOR_FEW_ROWS,
    }


class SparkWarehouse:
    """Tables below `warehouse/spark` of a project folder, and the process that fills them."""

    def __init__(self, project: Path, master: str, settings: dict[str, str] | None = None) -> None:
        self.project = project
        self.settings = {**settings_of(master), **(settings or {})}
        (project / "warehouse" / "spark").mkdir(parents=True, exist_ok=True)
        reading, writing = os.pipe()
        self.answers = os.fdopen(reading)
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("spark_driver.py")), str(writing)],
            cwd=project,
            env=dbt_environment(project, self.settings),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[writing],
            text=True,
        )
        os.close(writing)

    def dbt(self, *args: str) -> DbtResult:
        """Run a dbt command, which may fail."""
        target = {"DBT_TARGET_PATH": str(self.project / "targets" / "spark")}
        with tempfile.NamedTemporaryFile(prefix="dbt_output_") as output:
            code = self._ask({"dbt": ["--no-write-json", *args], "environment": target}, output.name)
            return DbtResult(code, Path(output.name).read_text(encoding="utf-8", errors="replace"))

    def dump(self, *wanted: str) -> Dump:
        """Dump schemas and single relations; all without a name."""
        with tempfile.NamedTemporaryFile(prefix="spark_dump_") as output:
            assert self._ask({"dump": wanted}, output.name) == 0
            found = json.loads(Path(output.name).read_text(encoding="utf-8"))
        return {name: dump_rows(columns, rows) for name, (columns, *rows) in found.items()}

    def execute(self, *statements: str) -> None:
        """Change the tables behind dbt's back."""
        with tempfile.NamedTemporaryFile(prefix="spark_sql_") as output:
            code = self._ask({"sql": statements}, output.name)
            assert code == 0, Path(output.name).read_text(encoding="utf-8", errors="replace")

    def close(self) -> None:
        """End the process; Spark's session ends with it."""
        self.process.stdin.close()
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _ask(self, request: dict, output: str) -> int:
        print(json.dumps({**request, "output": output}), file=self.process.stdin, flush=True)
        line = self.answers.readline()
        if not line:
            raise RuntimeError(f"Spark's process ended with {self.process.wait()}")
        return json.loads(line)["exit_code"]
