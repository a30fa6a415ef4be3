"""Get the jars of Delta Lake that the target `spark` needs, into .cache/spark-jars.

    python3 tools/spark_jars.py

Maven fetches them, from wherever it is set to fetch from. Each must have the content
that was tested here, and does nothing where all of them are there. Standard library only.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".cache" / "spark-jars"

# Built for each other and for Spark 3.5. Name of the file, where Maven finds it, SHA-256.
JARS = (
    (
        "delta-spark_2.12-3.3.3.jar",
        "io.delta:delta-spark_2.12:3.3.3",
        "4912bf902a1c453aba3bd838ff212dedd357155212f9bb37a6b47d97f2827ebc",
    ),
    (
        "delta-storage-3.3.3.jar",
        "io.delta:delta-storage:3.3.3",
        "45ad193053fd30cebe6d9ab1889873cde39b223a0f210e00ebee8b6642476901",
    ),
)
# Maven fetches its own plugin first.
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
SECONDS_FOR_ONE = 180


def is_right(path: Path, digest: str) -> bool:
    """Say whether a file is there and has the content that was tested."""
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest


def are_there(folder: Path = FOLDER) -> bool:
    """Say whether all jars are there."""
    return all(is_right(folder / name, digest) for name, _, digest in JARS)


def fetch(artifact: str, folder: Path) -> None:
    """Let Maven copy one jar into a folder; stop with what to do if it can't."""
    try:
        done = subprocess.run(
            [
                "mvn", "--batch-mode", "--quiet", PLUGIN,
                f"-Dartifact={artifact}", f"-DoutputDirectory={folder}", "-Dmdep.useBaseVersion=true",
            ],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS_FOR_ONE,
        )
    except subprocess.TimeoutExpired:
        sys.exit(f"Maven did not answer within {SECONDS_FOR_ONE} seconds for {artifact}.")
    if done.returncode:
        sys.exit(
            f"Maven could not fetch {artifact}:\n{done.stdout[-2000:]}\n"
            "Let Maven reach its repository (settings.xml names a mirror), or put the "
            f"jars of Delta 3.3.3 into {FOLDER} by hand."
        )


def main() -> None:
    """Fetch what is missing."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, artifact, digest in JARS:
        path = FOLDER / name
        if is_right(path, digest):
            continue
        if shutil.which("mvn") is None or shutil.which("java") is None:
            sys.exit(
                f"{name} is missing, and Maven or Java is not installed to fetch it: on "
                "Debian, `apt-get install maven openjdk-17-jre-headless`; or put the jar "
                f"into {FOLDER} by hand."
            )
        print(f"    fetch {artifact}")
        fetch(artifact, FOLDER)
        if not is_right(path, digest):
            path.unlink(missing_ok=True)
            sys.exit(f"{name} is not the file that was tested here (its SHA-256 differs): removed.")


if __name__ == "__main__":
    main()
