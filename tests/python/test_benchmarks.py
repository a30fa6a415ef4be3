"""The benchmarks run, and every peer gives this project's answers. No time is judged."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from project_files import ROOT

BENCHMARKS = ROOT / "benchmarks"
sys.path.append(str(BENCHMARKS))

from chart import bars  # noqa: E402
from part_growth import slope  # noqa: E402


def test_peers_give_the_same_answers_and_the_page_is_written(tmp_path: Path) -> None:
    pytest.importorskip(
        "pymcdm", reason="the peers are not installed; install them: make bench QUICK=1"
    )
    finished = subprocess.run(
        [
            sys.executable, str(BENCHMARKS / "run.py"), "--quick", "--parts", "peers",
            "--out", str(tmp_path),
        ],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )
    assert finished.returncode == 0, finished.stdout
    found = json.loads((tmp_path / "results.json").read_text())["peers"]
    assert len(found["differing"]) == 5
    assert set(found["differing"].values()) == {0}
    page = (tmp_path / "performance.md").read_text()
    assert "| polars_cut |" in page and "## On paper" in page
    assert (tmp_path / "performance_peers.svg").read_text().startswith("<svg ")


def test_an_unknown_part_is_refused() -> None:
    finished = subprocess.run(
        [sys.executable, str(BENCHMARKS / "run.py"), "--parts", "ceiling"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )
    assert finished.returncode == 1
    assert "ceiling is none of floor, peers, growth, changes" in finished.stdout


@pytest.mark.parametrize("power", [0.5, 1, 2])
def test_the_slope_is_the_power_of_the_growth(power: float) -> None:
    points = [(size, 3.0 * size**power) for size in (10, 100, 500)]
    assert slope(points) == pytest.approx(power)


def test_bars_are_as_long_as_their_values_and_names_are_escaped() -> None:
    picture = bars("Seconds", {"a & b": 1.0, "c": 4.0}, "s")
    lengths = [
        int(line.split('width="')[1].split('"')[0])
        for line in picture.splitlines() if line.startswith("<rect x=")
    ]
    assert "a &amp; b" in picture
    assert lengths[1] == pytest.approx(4 * lengths[0], abs=4)
