"""Clocks, dates, memory, and runs that come twice."""

from __future__ import annotations

import resource
from datetime import datetime

from dbt_forks import _become_dbt
from disturbed_runs import (  # noqa: F401
    BecomeLimitedDbt, Lab, StartedDbt, _disturbed_project, lab,
)
from recorded_demo import RUN, recorded_demo  # noqa: F401
from warehouse_dump import assert_same

# As in a project that installs the package: the day of the run decides.
BY_THE_CLOCK = ["--vars", "{demo_as_of: null}"]


class BecomeDbtAt:
    """Be a dbt command in whose process it is another day."""

    def __init__(self, day: str) -> None:
        self.day = day

    def __call__(self, *arguments: object) -> None:
        from dbt import tracking

        day = self.day

        class Clock(datetime):
            @classmethod
            def now(cls, tz=None):
                return datetime.fromisoformat(f"{day}T04:00:00").replace(tzinfo=tz)

        tracking.datetime = Clock
        _become_dbt(*arguments)


def test_a_clock_that_is_set_back(lab: Lab) -> None:  # noqa: F811
    """The run is refused; when the clock is right again, it is as if nothing had happened."""
    lab.count("fault", "clock set back")
    right = StartedDbt(
        lab.project, *RUN, *BY_THE_CLOCK, target=BecomeDbtAt("2026-11-01")
    ).finish()
    assert right.exit_code == 0, right.output[-2000:]
    lab.compare()

    back = StartedDbt(
        lab.project, *RUN, *BY_THE_CLOCK, target=BecomeDbtAt("2026-10-12")
    ).finish()
    assert back.exit_code == 1
    assert (
        "GUARD client_profiles_snapshot: as_of is 2026-10-12, but 2026-11-01 is recorded"
        in " ".join(back.output.split())
    )
    lab.look()
    lab.run_again()


def test_a_run_for_an_earlier_date(lab: Lab) -> None:  # noqa: F811
    """Even where it was the date of the run alone that was recorded."""
    lab.count("fault", "run for an earlier as-of date")
    lab.run_again()
    output = lab.project.fail(*RUN, "--vars", "{as_of: 2026-10-31}")
    assert "as_of is 2026-10-31, but 2026-11-01 is recorded already" in output
    lab.look()
    lab.run_again()


def test_the_same_run_twice(lab: Lab) -> None:  # noqa: F811
    lab.count("fault", "the same run twice")
    lab.run_again()
    first = lab.project.dump()
    lab.run_again()
    assert_same(first, lab.project.dump())
    lab.look()


def test_one_gigabyte_of_memory(lab: Lab) -> None:  # noqa: F811
    lab.count("fault", "one gigabyte of memory")
    run = StartedDbt(
        lab.project, *RUN, target=BecomeLimitedDbt(resource.RLIMIT_DATA, 2**30)
    ).finish()
    lab.look()
    assert run.exit_code == 0, run.output[-3000:]
    lab.compare()
