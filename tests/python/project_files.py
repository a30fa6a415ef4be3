"""Where the project's files are, and how to get a copy to work on."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STAND_IN_PACKAGES = ROOT / "closed_network" / "dbt_packages"

# Left out of a copy: what was built or installed, and what no dbt command reads.
LEFT_OUT = (
    ".git", ".venv", ".cache", "node_modules", ".hypothesis", ".pytest_cache", "__pycache__",
    "target", "logs", "dbt_packages", "package-lock.yml", ".user.yml",
    "*.duckdb", "*.wal", "run.lock", "parquet",
)


def packages_folder() -> Path:
    """Find a folder that holds dbt_utils, without touching the network.

    In this order: the one the user set, the one `make run` filled, the stand-in.
    """
    candidates = [
        os.environ.get("DBT_PACKAGES_INSTALL_PATH"),
        "dbt_packages",
        STAND_IN_PACKAGES,
    ]
    for candidate in candidates:
        # An absolute path stays as it is.
        if candidate and (ROOT / candidate / "dbt_utils/dbt_project.yml").is_file():
            return ROOT / candidate
    raise FileNotFoundError("No dbt_utils found: run `make run` first.")


def install_packages(
    project_dir: Path,
    local: dict[str, Path] | None = None,
    dbt_utils: Path | None = None,
) -> None:
    """Put dbt_utils into `project_dir`, and packages that are folders here.

    It stands in for `dbt deps`, which always asks the hub. `local` maps package
    names to folders, as in {"client_profiles": copy_of_the_project}.
    """
    folder = project_dir / "dbt_packages"
    folder.mkdir(exist_ok=True)
    packages = {"dbt_utils": dbt_utils or packages_folder() / "dbt_utils"}
    packages.update(local or {})
    for name, source in packages.items():
        (folder / name).symlink_to(Path(source).resolve())


def copy_project(destination: Path) -> Path:
    """Copy the project, as a fresh clone with its dbt packages installed.

    Only files are copied: nothing that was built, and no warehouse content.
    """
    leave_out = shutil.ignore_patterns(*LEFT_OUT)

    def ignore(folder: str, names: list[str]) -> set[str]:
        # The stand-in's folder has the name of the one dbt installs into.
        own = {STAND_IN_PACKAGES.name} if Path(folder) == STAND_IN_PACKAGES.parent else set()
        return leave_out(folder, names) - own

    shutil.copytree(ROOT, destination, ignore=ignore)
    (destination / "warehouse").mkdir(exist_ok=True)
    install_packages(destination)
    return destination
