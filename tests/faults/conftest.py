"""The fault battery: runs that are disturbed, and what is left of the history then.

| setting | means |
|---|---|
| `FAULTS=2` (default) | so many faults of each random kind |
| `FAULTS=full` | as many as docs/reliability.md promises: `make test-faults` |
| `FAULTS_SEED=…` | the same random moments again; the seed stands at the end of the output |

Every fault is a test. What it found is counted in a table at the end.
"""

from __future__ import annotations

import os
import secrets

import pytest

# Workers of one run get the seed from the process that started them.
SEED = os.environ.setdefault("FAULTS_SEED", secrets.token_hex(4))

COUNTED = (
    "history_rows_lost", "history_rows_doubled", "silent_wrong_scores", "restored_by_command",
)
TITLES = ("rows lost", "rows doubled", "wrong scores", "restored")


def pytest_terminal_summary(terminalreporter) -> None:
    """Print one line for each kind of fault, and their sum."""
    rows: dict[str, list[int]] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            said = dict(getattr(report, "user_properties", []))
            if report.when != "call" or "fault" not in said:
                continue
            row = rows.setdefault(said["fault"], [0, 0, *(0 for _ in COUNTED)])
            row[0] += 1
            row[1] += outcome == "passed"
            for place, name in enumerate(COUNTED, start=2):
                row[place] += said.get(name, 0)
    if not rows:
        return
    write = terminalreporter.write_line
    terminalreporter.section("fault battery")
    width = max(map(len, [*rows, "all"]))
    line = "{:<{}}  {:>6}  {:>8}  {:>9}  {:>12}  {:>12}  {:>8}"
    write(line.format("fault", width, "tried", "survived", *TITLES))
    for name, row in rows.items():
        write(line.format(name, width, *row))
    total = [sum(column) for column in zip(*rows.values())]
    write(line.format("all", width, *total))
    write("")
    write(
        f"Faults survived {total[1]} of {total[0]}, history rows lost {total[2]}, "
        f"doubled {total[3]}, silent wrong scores {total[4]} (FAULTS_SEED={SEED})"
    )


@pytest.fixture(autouse=True)
def _nothing_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep settings of the shell out of what runs in the tests' own process."""
    for name in list(os.environ):
        if name.startswith("CLIENT_PROFILES_"):
            monkeypatch.delenv(name)
