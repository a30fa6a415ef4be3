"""Where the time of `make run` goes, and what dbt itself takes of it.

| measured | what it is |
|---|---|
| start | Python, with dbt and the adapter imported |
| parse | `dbt parse` without what an earlier one left, less the start |
| seeds, models, snapshots, tests | from the results of one build, with one thread |
| publish | `publish.py`, less the build that it runs |
| report | `publish/report.py` |
| trivial project | `dbt build` of as many nodes of each kind that do next to nothing |

The demo is copied, and nothing of it is there before: every round is a first run. Demo and
trivial project take turns.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from costs import DBT, Cost, median, of_command

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "python"))

from project_files import copy_project  # noqa: E402

IMPORT = [sys.executable, "-c", "import dbt.cli.main, dbt.adapters.duckdb"]
# As publish.py builds.
BUILD = [*DBT, "build", "--exclude-resource-type", "unit_test"]
KINDS = {"seed": "seeds", "model": "models", "snapshot": "snapshots", "test": "tests"}


def cost_of(command: list[str], folder: Path) -> Cost:
    """Measure a command that must succeed in a project with one thread."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DBT_", "CLIENT_PROFILES_"))
    }
    own = {"CLIENT_PROFILES_THREADS": "1", "DBT_PROFILES_DIR": str(folder), "DO_NOT_TRACK": "1"}
    return of_command(command, folder, {**inherited, **own})


def forget_builds(folder: Path) -> None:
    """Take away what a run left, so that the next one is a first run again."""
    for name in ("target", "logs"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for path in (folder / "warehouse").iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != ".gitkeep":
            path.unlink()


def built_nodes(folder: Path) -> list[dict]:
    """Read what the last build ran: a kind, a materialization and seconds each."""
    results = json.loads((folder / "target/run_results.json").read_text(encoding="utf-8"))
    manifest = json.loads((folder / "target/manifest.json").read_text(encoding="utf-8"))
    return [
        {
            "kind": KINDS[kind],
            "materialized": manifest["nodes"][result["unique_id"]]["config"]["materialized"],
            "wall": result["execution_time"],
        }
        for result in results["results"]
        if (kind := result["unique_id"].split(".")[0]) in KINDS
    ]


def measure_demo(folder: Path, costs: dict[str, list[Cost]]) -> list[dict]:
    """Run the demo once from nothing and note what its parts cost; give the nodes it ran.

    A node's CPU time is not on record, so nodes share that of the build, less start and
    parse, by their wall time.
    """
    forget_builds(folder)
    start = cost_of(IMPORT, folder)
    parse = cost_of([*DBT, "parse"], folder) - start
    forget_builds(folder)
    build = cost_of(BUILD, folder)
    nodes = built_nodes(folder)
    forget_builds(folder)
    publish = cost_of([sys.executable, "publish/publish.py"], folder) - build
    report = cost_of([sys.executable, "publish/report.py", "--optional"], folder)

    wall = Counter()
    for node in nodes:
        wall[node["kind"]] += node["wall"]
    running = build.cpu - start.cpu - parse.cpu
    kinds = {
        kind: Cost(wall[kind], running * wall[kind] / wall.total(), build.memory)
        for kind in KINDS.values()
    }
    measured = {
        "start": start, "parse": parse, **kinds, "publish": publish, "report": report,
        "build": build,
    }
    for name, cost in measured.items():
        costs.setdefault(name, []).append(cost)
    return nodes


def write_trivial(folder: Path, nodes: list[dict]) -> None:
    """Write a project with as many nodes of each kind, each as small as can be."""
    count = Counter(node["kind"] for node in nodes)
    for name in ("models", "seeds", "snapshots", "warehouse"):
        (folder / name).mkdir(parents=True)
    shutil.copy(ROOT / "profiles.yml", folder)
    (folder / "dbt_project.yml").write_text(
        "name: trivial\nversion: 0.1.0\nprofile: client_profiles\n"
        "flags: {send_anonymous_usage_stats: false}\n",
        encoding="utf-8",
    )
    for number in range(count["seeds"]):
        (folder / f"seeds/seed_{number}.csv").write_text("id\n1\n", encoding="utf-8")
    materialized = [node["materialized"] for node in nodes if node["kind"] == "models"]
    lines = ["version: 2", "models:"]
    # The tests, of which there are more, are spread over the models, one per column.
    per_model, rest = divmod(count["tests"], len(materialized))
    for number, how in enumerate(materialized):
        tests = per_model + (number < rest)
        columns = ", ".join(f"1 as column_{place}" for place in range(tests))
        before = f" from {{{{ ref('model_{number - 1}') }}}}" if number % 5 else ""
        (folder / f"models/model_{number}.sql").write_text(
            f"{{{{ config(materialized='{how}') }}}}\nselect {columns}{before}\n",
            encoding="utf-8",
        )
        lines += [f"  - name: model_{number}", "    columns:"]
        lines += [
            f"      - {{name: column_{place}, data_tests: [not_null]}}"
            for place in range(tests)
        ]
    (folder / "models/models.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    snapshots = ["snapshots:"]
    for number in range(count["snapshots"]):
        snapshots += [
            f"  - name: snapshot_{number}",
            f"    relation: ref('model_{number}')",
            "    config: {unique_key: column_0, strategy: check, check_cols: all}",
        ]
    (folder / "snapshots/snapshots.yml").write_text("\n".join(snapshots) + "\n", encoding="utf-8")


def measure(folder: Path, rounds: int, say: Callable[[str], None]) -> dict:
    """Measure demo and trivial project in turns."""
    folder.mkdir(parents=True, exist_ok=True)
    demo, trivial = copy_project(folder / "demo"), folder / "trivial"
    costs: dict[str, list[Cost]] = {"trivial": []}
    for turn in range(1, rounds + 1):
        nodes = measure_demo(demo, costs)
        if not trivial.exists():
            write_trivial(trivial, nodes)
        forget_builds(trivial)
        costs["trivial"].append(cost_of(BUILD, trivial))
        count, same = (Counter(node["kind"] for node in each) for each in (nodes, built_nodes(trivial)))
        if same != count:
            sys.exit(f"the trivial project has other nodes: {same}, not {count}")
        say(
            f"{turn}/{rounds} demo: {costs['build'][-1].cpu:.1f} CPU s,"
            f" trivial project: {costs['trivial'][-1].cpu:.1f} CPU s"
        )
    return {
        "nodes": dict(count),
        "costs": {name: vars(median(several)) for name, several in costs.items()},
    }
