"""The files that set the project up say what they should, and no more."""

from __future__ import annotations

import http.server
import io
import json
import re
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import doctor
import environment
from project_files import LEFT_OUT, ROOT, STAND_IN_PACKAGES

REQUIREMENTS = [
    "requirements.txt", "requirements-postgres.txt", "requirements-spark.txt",
    "requirements-bench.txt",
    "requirements-dev.txt",
]
PINNED = re.compile(r"^([a-z0-9-]+)(?:\[[a-z,-]+\])?==([^ ]+) \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")
MACRO = re.compile(r"{%-?\s*(macro|test)\s+(\w+)")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def pins(name: str) -> dict[str, str]:
    """Give the version of each package of a requirements file."""
    matches = (PINNED.match(line) for line in read(name).splitlines())
    return {match[1]: match[2] for match in matches if match}


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_package_is_pinned_with_hashes(name: str) -> None:
    lines = [
        line
        for line in read(name).splitlines()
        if line.strip() and not line.lstrip().startswith("#")
    ]
    wrong = [line for line in lines if not PINNED.match(line) and not HASH.match(line)]
    assert wrong == []
    # A pin is followed by its hashes, so no two pins follow each other.
    is_pin = [bool(PINNED.match(line)) for line in lines]
    assert is_pin[0] and not is_pin[-1]
    assert not any(one and next_one for one, next_one in zip(is_pin, is_pin[1:]))


@pytest.mark.parametrize("name", [*REQUIREMENTS, *(n[:-3] + "in" for n in REQUIREMENTS)])
def test_requirements_name_no_registry_and_no_place(name: str) -> None:
    forbidden = re.compile(
        r"://|--index|--extra-index|--find-links|--trusted-host|@ |(^|\s)/\w", re.MULTILINE
    )
    assert forbidden.findall(read(name)) == []


@pytest.mark.parametrize("name", REQUIREMENTS[:2])
def test_the_larger_list_holds_the_smaller_ones(name: str) -> None:
    assert set(pins(name)) <= set(pins("requirements-dev.txt"))


@pytest.mark.parametrize("name", REQUIREMENTS[:3])
def test_the_lists_agree_and_fit_into_one_environment(name: str) -> None:
    everything = pins("requirements-dev.txt")
    differing = {
        package: (version, everything[package])
        for package, version in pins(name).items()
        if everything.get(package, version) != version
    }
    assert differing == {}


def test_duckdb_stays_below_two() -> None:
    # A file written by DuckDB 2.0 can't be read by 1.x any more.
    assert pins("requirements.txt")["duckdb"].startswith("1.")


@pytest.mark.parametrize(
    ("version", "accepted"),
    [((3, 10), False), ((3, 11), True), ((3, 13), True), ((3, 14), False)],
)
def test_other_pythons_are_refused_with_the_versions_that_work(
    version: tuple[int, int], accepted: bool
) -> None:
    problem = environment.python_problem(version)
    assert (problem is None) == accepted
    assert accepted or "3.11 to 3.13" in problem


def test_make_alone_lists_every_target() -> None:
    shown = subprocess.run(
        ["make", "--no-print-directory"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    listed = set(re.findall(r"^  make (\S+)  *\S", shown, re.MULTILINE))
    targets = set(re.findall(r"^([a-z][a-z-]*):(?!=)", read("Makefile"), re.MULTILINE))
    assert listed == targets
    assert {"run", "test", "lint", "clean"} <= targets


def test_a_target_that_is_not_known_is_refused() -> None:
    shown = subprocess.run(
        ["make", "--no-print-directory", "help", "TARGET=oracle"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert shown.returncode != 0
    assert "TARGET=duckdb, TARGET=postgres or TARGET=spark" in shown.stdout


def test_packages_come_from_the_hub() -> None:
    packages = yaml.safe_load(read("packages.yml"))["packages"]
    assert [entry.get("package") for entry in packages] == ["dbt-labs/dbt_utils"]


def test_anonymous_statistics_are_off() -> None:
    flags = yaml.safe_load(read("dbt_project.yml"))["flags"]
    assert flags["send_anonymous_usage_stats"] is False
    assert "export DO_NOT_TRACK := 1" in read("Makefile")


def test_the_stand_in_has_every_macro_the_project_calls() -> None:
    declared = {
        name
        for file in (STAND_IN_PACKAGES / "dbt_utils" / "macros").glob("*.sql")
        for _, name in MACRO.findall(file.read_text(encoding="utf-8"))
    }
    called = {}
    for suffix in ("*.sql", "*.yml", "*.md"):
        for file in ROOT.rglob(suffix):
            parts = file.relative_to(ROOT).parts
            if "closed_network" in parts or any(part in LEFT_OUT for part in parts):
                continue
            text = file.read_text(encoding="utf-8")
            for name in re.findall(r"\bdbt_utils\.(\w+)", text):
                called.setdefault(name, file.relative_to(ROOT))
    missing = {name: file for name, file in called.items() if name not in declared}
    assert missing == {}


def get_packages(project: Path, *options: str, hub: str = "") -> str:
    """Run the tool that gets dbt_utils into `packages`; give what it says.

    Without the address of a hub it runs out of time, as in a closed network.
    """
    return subprocess.run(
        [sys.executable, str(project / "tools" / "dbt_packages.py"), *options],
        env={
            "PATH": "",
            "DBT_PACKAGES_INSTALL_PATH": "packages",
            "DBT_PACKAGE_HUB_URL": hub,
            "CLIENT_PROFILES_HUB_SECONDS": "30" if hub else "0.1",
        },
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout


class PackageHub(http.server.BaseHTTPRequestHandler):
    """A package hub that has one version of dbt_utils: the stand-in, packed."""

    def do_GET(self) -> None:
        hub = f"http://127.0.0.1:{self.server.server_address[1]}/"
        version = {
            "name": "dbt_utils",
            "version": "1.3.0",
            "packages": [],
            "require_dbt_version": [],
            "downloads": {"tarball": f"{hub}dbt_utils.tar.gz"},
        }
        answers = {
            "/api/v1/index.json": ["dbt-labs/dbt_utils"],
            "/api/v1/dbt-labs/dbt_utils.json": {
                "name": "dbt_utils", "namespace": "dbt-labs",
                "latest": "1.3.0", "versions": {"1.3.0": version},
            },
        }
        if self.path in answers:
            body = json.dumps(answers[self.path]).encode()
        else:
            packed = io.BytesIO()
            with tarfile.open(fileobj=packed, mode="w:gz") as archive:
                archive.add(STAND_IN_PACKAGES / "dbt_utils", "dbt-utils-1.3.0")
            body = packed.getvalue()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_) -> None:
        """Keep the test's output free of requests."""


@pytest.fixture
def package_hub() -> Iterator[str]:
    """Give the address of a package hub that answers."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), PackageHub) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def test_the_stand_in_steps_in_and_gives_way_to_the_hub(
    project_copy: Path, package_hub: str
) -> None:
    packages = project_copy / "packages"
    mark = packages / "dbt_utils" / ".stand_in"

    said = get_packages(project_copy)
    assert "the stand-in from closed_network/ (the hub did not answer" in said
    assert mark.is_file()

    # Not asked again so soon, even though it would answer now.
    said = get_packages(project_copy, hub=package_hub)
    assert "the hub is asked again after a day" in said
    assert mark.is_file()

    said = get_packages(project_copy, "--try-hub", hub=package_hub)
    assert "stand-in" not in said
    assert not mark.exists()
    assert (packages / "dbt_utils" / "dbt_project.yml").is_file()
    assert [path.name for path in packages.iterdir()] == ["dbt_utils"]


def test_the_users_own_package_is_not_touched(project_copy: Path) -> None:
    own = project_copy / "packages" / "dbt_utils"
    own.mkdir(parents=True)
    (own / "dbt_project.yml").write_text("name: dbt_utils\n")
    said = get_packages(project_copy, "--try-hub")
    assert f"the one in {own.parent} (DBT_PACKAGES_INSTALL_PATH)" in said
    assert [path.name for path in own.iterdir()] == ["dbt_project.yml"]


def test_what_postgres_lacks_is_said_with_what_to_do() -> None:
    """Both parts apart: the adapter to build there, and a server for the tests."""

    def advice(adapter: str, server: str) -> list[str]:
        return doctor.missing_for_postgres(
            [("dbt-postgres", adapter, ""), ("psycopg2-binary", "2.9", ""), ("postgres", server, "")]
        )

    assert advice("1.10.0", "postgres (PostgreSQL) 15.18") == []
    [adapter] = advice("not installed", "postgres (PostgreSQL) 15.18")
    assert "make install TARGET=postgres" in adapter
    [server] = advice("1.10.0", "not found")
    assert "apt-get install postgresql" in server
