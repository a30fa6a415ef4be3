"""Measure and write docs/performance.md: `make bench [PARTS=floor,peers] [QUICK=1]`.

    .venv/bin/python benchmarks/run.py [--parts floor,peers,growth,changes,share] [--quick]
        [--rounds 5] [--out docs]

Results are kept in benchmarks/results.json, part by part, so that one part can be measured
anew. --quick tries everything at a small size, writes to .cache/benchmarks, and its numbers
say nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import time
from datetime import date
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
CACHE = ROOT / ".cache" / "benchmarks"
PACKAGES = ("dbt-core", "dbt-duckdb", "duckdb", "pandas", "polars", "numpy", "pymcdm")

# Sizes of the whole measurement and of the small one.
FULL = {
    "floor": {"clients": 1_000_000, "periods": 12, "step_clients": 100_000},
    "peers": {"clients": 250_000, "periods": 12},
    "growth": {
        "sizes": {
            "clients": [10_000, 100_000, 1_000_000], "periods": [6, 12, 24, 48],
            "criteria": [4, 16, 64], "versions": [1, 2, 4, 8],
        },
        "base": {"clients": 25_000, "periods": 12},
    },
    "changes": {"clients": 40_000, "periods": 24},
    "share": {},
}
QUICK = {
    "floor": {"clients": 300, "periods": 4, "step_clients": 300},
    "peers": {"clients": 300, "periods": 4},
    "growth": {
        "sizes": {
            "clients": [100, 200], "periods": [4, 6], "criteria": [4, 8],
            "versions": [1, 2],
        },
        "base": {"clients": 100, "periods": 4},
    },
    "changes": {"clients": 200, "periods": 4},
    "share": {},
}


def machine(rounds: int) -> dict:
    """Describe where this is measured."""
    processor = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "day": date.today().isoformat(), "processor": processor,
        "cores": os.cpu_count(), "memory": round(memory), "rounds": rounds,
        "load": f"{os.getloadavg()[0]:.1f}",
        "versions": ", ".join(
            [f"Python {platform.python_version()}"]
            + [f"{package} {version(package)}" for package in PACKAGES]
        ),
    }


def main() -> None:
    """Measure the parts that are asked for, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", default=",".join(FULL))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    parts = given.parts.split(",")
    unknown = sorted(set(parts) - set(FULL))
    if unknown:
        sys.exit(f"PARTS={given.parts}: {unknown[0]} is none of {', '.join(FULL)}")
    try:
        import part_changes
        import part_floor
        import part_growth
        import part_peers
        import part_share
        from page import write

        versions = machine(given.rounds or (1 if given.quick else 5))
    except ImportError as missing:
        sys.exit(f"{missing}; install what the benchmarks need: make bench")
    measures = {
        "floor": part_floor.measure, "peers": part_peers.measure,
        "growth": part_growth.measure, "changes": part_changes.measure,
        "share": part_share.measure,
    }
    out = given.out or (CACHE / "quick" if given.quick else ROOT / "docs")
    kept = out / "results.json" if given.quick or given.out else HERE / "results.json"
    results = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
    begin = time.monotonic()

    def say(words: str) -> None:
        print(f"    {time.monotonic() - begin:5.0f} s  {words}", flush=True)

    work = CACHE / f"work_{os.getpid()}"
    try:
        for part in parts:
            print(f"==> {part}", flush=True)
            sizes = (QUICK if given.quick else FULL)[part]
            found = measures[part](folder=work, rounds=versions["rounds"], say=say, **sizes)
            results[part] = {**found, "machine": versions}
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
            shutil.rmtree(work, ignore_errors=True)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    page = write(results, out)
    shown = page.relative_to(ROOT) if page.is_relative_to(ROOT) else page
    print(f"    done in {time.monotonic() - begin:.0f} s\nNext:\n  look at {shown}")


if __name__ == "__main__":
    main()
