"""Rules, decisions and data change; what was scored and assigned stays.

| part | what changes |
|---|---|
| versions | a candidate is edited, added, taken away, approved |
| confirmation | a version moves a client only when the rules insist |
| decisions by hand | entered late, expired, taken away |
| restatements | closed periods are scored again, on record |
| builds of a part | what they leave behind is found |
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from demo_project import (  # noqa: F401
    AS_OF, BUILD_WITHOUT_TESTS, LAST_PERIOD, WITHOUT_SOURCES, DemoProject, built_demo,
)
from oracle import months_before
from project_files import copy_project
from seed_edits import Edit, append, drop, edit_file, forget, keep_header, replace
from warehouse_dump import (
    ASSIGNMENTS, CANDIDATES, COMPARISON, CRITERIA, LEDGER, METRIC_HISTORY, MOVEMENTS,
    PROFILES, RESTATED, RESTATED_PROFILES, VERSION_PROFILES, Dump, assert_same, rows_of,
)

# By hand, or by the rules of a version, nothing of a closed period may change in these.
BY_PERIOD = (METRIC_HISTORY, CANDIDATES, ASSIGNMENTS, PROFILES, MOVEMENTS, CRITERIA)

Row = dict[str, str | None]


@pytest.fixture
def project(built_demo: DemoProject, tmp_path: Path) -> DemoProject:  # noqa: F811
    """Give a built copy of the demo, to change."""
    return built_demo.copy_to(tmp_path / "project")


def before(period: str, dump: Dump) -> Dump:
    """Keep the rows of the periods before this one."""
    return {
        name: [str(row) for row in rows_of(dump, name) if row["period_start"] < period]
        for name in BY_PERIOD
    }


# --- versions ------------------------------------------------------------------


def test_an_approved_version_leaves_closed_periods_as_they_were(
    built_demo: DemoProject, project: DemoProject  # noqa: F811
) -> None:
    """To approve a candidate is to change its own line; it scores the new month only."""
    project.approve_candidate("2026-11-01")

    project.succeed("build", "--exclude", "path:seeds/demo", "--vars", "{as_of: 2026-12-01}")

    dump = project.dump(*BY_PERIOD)
    old, new = before("2026-11-01", built_demo.dump(*BY_PERIOD)), before("2026-11-01", dump)
    assert all(len(rows) > 1000 for rows in old.values())
    assert_same(old, new)
    november = [
        row for row in rows_of(dump, CRITERIA)
        if (row["scorecard"], row["period_start"]) == ("relationship", "2026-11-01")
    ]
    assert {row["version"] for row in november} == {"3"}
    weights = {row["criterion"]: row["weight"] for row in november}
    assert (weights["autonomy"], weights["order_volume"]) == ("0.200000", "0.120000")
    # It confirms in a second month, so nobody moves in its first.
    moved = {
        row["category"] for row in rows_of(dump, MOVEMENTS)
        if (row["scorecard"], row["period_start"]) == ("relationship", "2026-11-01")
    }
    assert moved <= {"new", "left", "returned", "reassigned"}


def edit_candidate(project: DemoProject) -> None:
    """Let margin weigh more and autonomy less, and confirm at once."""
    project.edit_rules(
        "criterion_weights",
        replace("relationship,3,margin,0.26", "relationship,3,margin,0.36"),
        replace("relationship,3,autonomy,0.20", "relationship,3,autonomy,0.10"),
    )
    project.edit_rules("scorecard_versions", replace("2026-12-01,,2,3", "2026-12-01,,1,3"))


def add_candidate(project: DemoProject) -> None:
    """Propose the rules in force as version 4."""
    project.edit_rules(
        "scorecard_versions",
        append("relationship,4,candidate,2026-12-01,,1,3,0.6,,,Let it be as it is"),
    )
    project.copy_version("relationship", "2", "4")


def take_candidate_away(project: DemoProject) -> None:
    """Give the only candidate up."""
    for seed in ("scorecard_versions", "criterion_weights", "score_bands", "profile_rules"):
        project.edit_rules(seed, drop("relationship,3,"))


def without_versions(dump: Dump, *versions: str) -> Dump:
    """Leave out the rows of versions of scorecard relationship, in every relation."""
    return {
        name: [
            str(row) for row in rows_of(dump, name)
            if row.get("scorecard") != "relationship" or row.get("version") not in versions
        ]
        for name in dump
    }


@pytest.mark.parametrize("change", [edit_candidate, add_candidate, take_candidate_away])
def test_a_candidate_decides_nothing(
    built_demo: DemoProject, project: DemoProject, change: Callable  # noqa: F811
) -> None:
    """Whatever happens to it, every row of an approved version stays as it is."""
    change(project)

    project.succeed("build", *WITHOUT_SOURCES)

    old, new = built_demo.dump(), project.dump()
    assert old[COMPARISON] != new[COMPARISON]
    assert_same(without_versions(old, "3", "4"), without_versions(new, "3", "4"))
    if change is add_candidate:
        assert_the_same_rules_decide_the_same(new)


def assert_the_same_rules_decide_the_same(dump: Dump) -> None:
    """Check that a copy of version 2 gives what version 2 gave, and not what 1 did."""
    compared = [row for row in rows_of(dump, COMPARISON) if row["version"] == "4"]
    for row in compared:
        if row["approved_version"] == "2":
            assert row["direction"] == "same", row
            assert row["candidate_score"] == row["approved_score"], row
            assert row["candidate_computed_profile"] == row["approved_computed_profile"], row
    assert {row["direction"] for row in compared if row["approved_version"] == "1"} >= {
        "same", "better", "worse",
    }


def test_a_candidate_is_compared_for_every_client_and_period(
    built_demo: DemoProject  # noqa: F811
) -> None:
    """From the scorecard's first period on, as if it had always been in force."""
    dump = built_demo.dump(PROFILES, COMPARISON)
    compared = [(row["client_id"], row["period_start"]) for row in rows_of(dump, COMPARISON)]
    assigned = {
        (row["client_id"], row["period_start"])
        for row in rows_of(dump, PROFILES) if row["scorecard"] == "relationship"
    }
    assert len(compared) == len(assigned)
    assert set(compared) == assigned


# --- confirmation --------------------------------------------------------------


def confirm(verdicts: list[tuple[date, str]], needed: int) -> list[tuple[str, int]]:
    """Follow a client's verdicts month by month.

    Gives for each the confirmed profile and for how many months it was the verdict.
    """
    confirmed: list[tuple[str, int]] = []
    profile, streak, last = "not_yet_eligible", 0, ("", date.min)
    for month, verdict in verdicts:
        is_first = "not_yet_eligible" in (verdict, last[0]) or last[1] != months_before(month, 1)
        streak = 1 if is_first or verdict != last[0] else streak + 1
        if is_first or streak >= needed:
            profile = verdict
        confirmed.append((profile, streak))
        last = (verdict, month)
    return confirmed


def courses(rows: list[Row]) -> dict[str, list[Row]]:
    """Give the rows of each client in the order of their periods."""
    found = defaultdict(list)
    for row in sorted(rows, key=lambda row: row["period_start"]):
        found[row["client_id"]].append(row)
    return found


def verdicts(course: list[Row]) -> list[tuple[date, str]]:
    """Give where the rules led in each period."""
    return [(date.fromisoformat(row["period_start"]), row["computed_profile"]) for row in course]


def test_a_candidate_moves_a_client_in_its_second_period(
    built_demo: DemoProject  # noqa: F811
) -> None:
    """Version 3 confirms in two: every course is the one that a loop comes to."""
    rows = rows_of(built_demo.dump(VERSION_PROFILES), VERSION_PROFILES)
    for course in courses(rows).values():
        expected = [profile for profile, _ in confirm(verdicts(course), 2)]
        assert [row["confirmed_profile"] for row in course] == expected, course[0]


def test_an_approved_version_moves_a_client_in_its_third_period(tmp_path: Path) -> None:
    """With three confirmation periods; what the rules say stands beside it."""
    project = DemoProject(copy_project(tmp_path / "confirmed"))
    project.confirm_in(3)
    project.succeed("build")

    rows = [
        row for row in rows_of(project.dump(ASSIGNMENTS), ASSIGNMENTS)
        if row["scorecard"] == "relationship"
    ]
    waiting = 0
    for course in courses(rows).values():
        given = [(row["confirmed_profile"], int(row["computed_periods"])) for row in course]
        assert given == confirm(verdicts(course), 3), course[0]
        assert all(
            row["profile"] == row["confirmed_profile"]
            for row in course if row["assignment_source"] != "override"
        )
        waiting += sum(row["confirmed_profile"] != row["computed_profile"] for row in course)
    assert waiting > 100


# --- decisions by hand ------------------------------------------------------------


def computed_profiles(project: DemoProject) -> dict[str, dict[str, str]]:
    """Give where the rules of scorecard relationship led, by client and period."""
    rows = rows_of(project.dump(CANDIDATES), CANDIDATES)
    return {
        client: {row["period_start"]: row["computed_profile"] for row in course}
        for client, course in courses(
            [row for row in rows if row["scorecard"] == "relationship"]
        ).items()
    }


def months(first: str, last: str) -> list[str]:
    """List the periods of 2026 from one month to another."""
    return [f"2026-{month:02}-01" for month in range(int(first), int(last) + 1)]


# What is decided: profile, from when, to when; whom it fits, by what the rules say
# over the first ten months of 2026; what the ledger says of it.
DECISIONS = {
    "reached after it expired": (
        ("B", "2026-01-01", "2026-04-01"),
        lambda said: set(said[:3]) <= {"C", "D"} and set(said[3:]) & {"A", "B"},
        {
            "status": "expired", "outcome": "reached",
            "applied_periods": "0", "missed_periods": "3",
        },
    ),
    "never reached": (
        ("A", "2026-01-01", "2026-04-01"),
        lambda said: set(said) <= {"C", "D"},
        {
            "status": "expired", "outcome": "not_reached",
            "applied_periods": "0", "missed_periods": "3",
        },
    ),
    "reached from above": (
        ("B", "2026-02-01", "2026-11-01"),
        lambda said: said[1] == "A" and set(said[1:]) & {"B", "C"},
        {
            "status": "expired", "outcome": "reached",
            "applied_periods": "1", "missed_periods": "8",
        },
    ),
    "agrees with the rules": (
        ("C", "2026-10-01", "2026-12-02"),
        lambda said: said[9] == "C",
        {
            "status": "active", "outcome": "reached", "agrees_with_rules": "true",
            "applied_periods": "1", "missed_periods": "0",
        },
    ),
    "about to expire": (
        ("A", "2026-05-01", "2026-12-01"),
        lambda said: set(said[4:]) <= {"B", "C", "D"},
        {
            "status": "active", "outcome": "open", "is_about_to_expire": "true",
            "applied_periods": "1", "missed_periods": "5",
        },
    ),
    "upcoming": (
        ("A", "2026-12-01", "2027-03-01"),
        lambda said: said[9] == "D",
        {
            "status": "upcoming", "outcome": "open",
            "applied_periods": "0", "missed_periods": "0",
        },
    ),
}


def test_the_ledger_says_what_became_of_each_decision(
    built_demo: DemoProject, project: DemoProject  # noqa: F811
) -> None:
    """Entered today, they reach the last period only: nothing is restated."""
    computed = computed_profiles(built_demo)
    periods = months("1", "10")
    free = sorted(
        client for client, said in computed.items()
        if client not in {"C0266", "C0267"} and said.keys() >= set(periods)
    )
    placed = {}
    for name, ((profile, valid_from, valid_to), fits, _) in DECISIONS.items():
        said = {client: [computed[client][period] for period in periods] for client in free}
        placed[name] = next(client for client in free if fits(said[client]))
        free.remove(placed[name])
        line = f"{placed[name]},{profile},{valid_from},{valid_to},{name},Sales,Board"
        project.edit_rules("profile_overrides", append(f"relationship,{line}"))

    project.succeed("build", *WITHOUT_SOURCES)

    dump = project.dump(*BY_PERIOD, LEDGER)
    ledger = {row["reason"]: row for row in rows_of(dump, LEDGER)}
    for name, ((profile, valid_from, valid_to), _, expected) in DECISIONS.items():
        course = computed[placed[name]]
        within = [said for period, said in course.items() if valid_from <= period < valid_to]
        assert ledger[name].items() >= {
            "is_about_to_expire": "false", "agrees_with_rules": "false", **expected,
            "client_id": placed[name], "profile": profile,
            "computed_profile_at_start": within[0] if within else None,
            "computed_profile_at_end": within[-1] if within else None,
            "computed_profile_now": course[LAST_PERIOD] if within else None,
            "reached_period": first_arrival(profile, valid_from, course),
        }.items(), ledger[name]
    old = before(LAST_PERIOD, built_demo.dump(*BY_PERIOD))
    assert_same(old, before(LAST_PERIOD, dump))
    assert {
        row["client_id"]: row["profile"] for row in rows_of(dump, PROFILES)
        if row["period_start"] == LAST_PERIOD and row["override_reason"] in DECISIONS
    } == {
        placed[name]: decision[0] for name, (decision, *_) in DECISIONS.items()
        if decision[1] <= LAST_PERIOD < decision[2]
    }


def first_arrival(profile: str, valid_from: str, course: dict[str, str]) -> str | None:
    """Give the first period in which the rules were in a profile, or beyond it."""
    later = {period: said for period, said in course.items() if period >= valid_from}
    start = next(iter(later.values()), "D")
    arrived = [
        period for period, said in later.items()
        if (said <= profile if start >= profile else said >= profile)
    ]
    return min(arrived, default=None)


def test_a_decision_that_is_taken_away_stays_in_closed_periods(
    built_demo: DemoProject, project: DemoProject  # noqa: F811
) -> None:
    """Only the last period is given back to the rules."""
    project.edit_rules("profile_overrides", keep_header)

    project.succeed("build", *WITHOUT_SOURCES)

    dump = project.dump(*BY_PERIOD, LEDGER)
    assert rows_of(dump, LEDGER) == []
    old = built_demo.dump(*BY_PERIOD)
    assert_same(before(LAST_PERIOD, old), before(LAST_PERIOD, dump))
    kept = {
        row["period_start"] for row in rows_of(dump, PROFILES)
        if row["assignment_source"] == "override"
    }
    assert min(kept) == "2026-01-01"
    assert max(kept) == "2026-09-01"


# --- restatements ----------------------------------------------------------------

Restated = dict[str, Dump]

VALUES = ("version", "profile", "computed_profile", "score")


@pytest.fixture(scope="module")
def vanished(built_demo: DemoProject) -> str:  # noqa: F811
    """Choose a client that is always there, and whom nobody placed by hand."""
    return built_demo.query(
        f"""
        select client_id from {PROFILES} group by client_id
        having count(*) = 48 and max(override_reason) is null order by client_id desc
        """
    )[0][0]


@pytest.fixture(scope="module")
def restated(
    built_demo: DemoProject, vanished: str, tmp_path_factory: pytest.TempPathFactory  # noqa: F811
) -> Restated:
    """Restate the demo three times; give what was there after each run.

    | run | restates from | because |
    |---|---|---|
    | first | June 2025 | orders came late, and a client was none of ours |
    | again | the same, on the same day | more orders came, of September |
    | second | August 2025, a day later | the client was one of ours after all |
    """
    project = built_demo.copy_to(tmp_path_factory.mktemp("restated") / "project")
    sources = {
        path: path.read_text(encoding="utf-8")
        for path in (project.folder / "seeds" / "demo").glob("raw_*.csv")
    }
    tables = (*BY_PERIOD, RESTATED, RESTATED_PROFILES)
    dumps = {"start": project.dump(*tables)}

    first = project.record_restatement("2025-06-01", name="first")
    project.multiply_orders("2025-06")
    project.forget_client(vanished)
    project.succeed(*BUILD_WITHOUT_TESTS, *first)
    dumps["first"] = project.dump(*tables)

    project.multiply_orders("2025-09")
    project.succeed(*BUILD_WITHOUT_TESTS, *first)
    dumps["again"] = project.dump(*tables)

    for path, text in sources.items():
        path.write_text(text, encoding="utf-8")
    second = project.record_restatement("2025-08-01", as_of="2026-11-02", name="second")
    project.succeed("build", *second)
    dumps["second"] = project.dump(*tables)
    return dumps


def values_from(period: str, dump: Dump, relation: str = PROFILES, side: str = "") -> dict:
    """Give the values of every client, scorecard and period from one on."""
    return {
        (row["client_id"], row["scorecard"], row["period_start"]): tuple(
            row[f"{name}{side}"] for name in VALUES
        )
        for row in rows_of(dump, relation) if row["period_start"] >= period
    }


def sides(dump: Dump, restatement: str) -> tuple[dict, dict]:
    """Give the values before and after a restatement, of whoever has any."""
    own = {**dump, RESTATED_PROFILES: [
        line for line in dump[RESTATED_PROFILES]
        if line == dump[RESTATED_PROFILES][0] or f'["{restatement}", ' in line
    ]}
    return tuple(
        {
            key: values
            for key, values in values_from("", own, RESTATED_PROFILES, side).items()
            if any(values)
        }
        for side in ("_before", "_after")
    )


def test_a_restatement_keeps_both_values_side_by_side(
    restated: Restated, vanished: str
) -> None:
    """With who asked, who agreed and why; nothing before its first period changes."""
    start, first = restated["start"], restated["first"]
    old, new = values_from("2025-06-01", start), values_from("2025-06-01", first)
    assert old != new
    assert sides(first, "first") == (old, new)
    for row in rows_of(first, RESTATED_PROFILES):
        assert (row["requested_by"], row["approved_by"]) == ("Sales", "Board")
        assert (row["reason"], row["restated_on"]) == ("The scores were wrong", AS_OF)
        is_gone = row["client_id"] == vanished
        assert is_gone == (row["profile_after"] is None)
        for name in ("profile", "score"):
            is_changed = row[f"{name}_before"] != row[f"{name}_after"]
            assert row[f"is_{name}_changed"] == str(is_changed).lower()
        assert row["is_scored_by_other_rules"] == str(is_gone).lower()
    assert_same(before("2025-06-01", start), before("2025-06-01", first))


def test_a_second_run_of_a_restatement_keeps_what_the_first_replaced(
    restated: Restated
) -> None:
    """What the first run made of it is no value that anybody had relied on."""
    first, again = restated["first"], restated["again"]
    assert values_from("2025-06-01", first) != values_from("2025-06-01", again)
    assert first[RESTATED] == again[RESTATED]
    assert sides(again, "first") == (
        values_from("2025-06-01", restated["start"]), values_from("2025-06-01", again),
    )


def test_what_stands_after_a_restatement_is_what_the_next_one_finds(
    restated: Restated, vanished: str
) -> None:
    """The second one begins later: before that, the first one's values still stand."""
    again, second = restated["again"], restated["second"]
    between = values_from("2025-06-01", again)
    now = values_from("2025-06-01", second)
    assert sides(second, "first") == (values_from("2025-06-01", restated["start"]), between)
    assert sides(second, "second") == (
        values_from("2025-08-01", again), values_from("2025-08-01", second),
    )
    assert {key: between[key] for key in between if key[2] < "2025-08-01"} == {
        key: now[key] for key in now if key[2] < "2025-08-01"
    }
    # It was not there before the second one, and is now.
    assert not any(client == vanished for client, *_ in between)
    assert any(client == vanished for client, *_ in now)
    assert again[RESTATED] == [
        line for line in second[RESTATED] if '["second", ' not in line
    ]


def restate_version_1(project: DemoProject) -> list[str]:
    """Edit rules that have scored; give the command that restates what they did."""
    project.edit_rules(
        "criterion_weights",
        replace("relationship,1,order_volume,0.25", "relationship,1,order_volume,0.20"),
        replace("relationship,1,margin,0.20", "relationship,1,margin,0.25"),
    )
    return [*BUILD_WITHOUT_TESTS, *WITHOUT_SOURCES, *project.record_restatement("2024-11-01")]


def test_a_restatement_of_a_part_is_refused(
    built_demo: DemoProject, project: DemoProject  # noqa: F811
) -> None:
    """What it replaces is kept by a model before it, which a part may leave out."""
    restate = restate_version_1(project)
    project.succeed("seed", "--select", "path:seeds/scorecards")
    good = built_demo.dump(ASSIGNMENTS, PROFILES)

    output = project.fail("run", "--select", "int_client_points+", *restate[-2:])

    assert '"int_profile_assignments" would be restated from 2024-11-01, but' in output
    assert "make run RESTATE_FROM=2024-11-01, or dbt build --vars" in output
    assert_same(good, project.dump(ASSIGNMENTS, PROFILES))
    project.succeed(*restate)
    assert sides(project.dump(RESTATED_PROFILES), "correction")[0] == values_from("", good)


@pytest.mark.parametrize("again", ["2025-06-01,2026-11-02", "2025-03-01,2026-11-01"])
def test_the_line_of_a_restatement_is_not_used_twice(
    project: DemoProject, again: str
) -> None:
    """What another one replaces would be taken for kept already."""
    project.succeed(
        *BUILD_WITHOUT_TESTS, *WITHOUT_SOURCES, *project.record_restatement("2025-06-01")
    )
    good = project.dump(*BY_PERIOD, RESTATED, RESTATED_PROFILES)
    project.edit_rules("restatements", replace("2025-06-01,2026-11-01", again))
    restate_from, _, as_of = again.partition(",")

    output = project.fail(
        *BUILD_WITHOUT_TESTS, *WITHOUT_SOURCES,
        "--vars", f"{{as_of: {as_of}, restate_from: {restate_from}}}",
    )

    assert (
        "restatements.csv (restatement=correction): it was carried out on 2026-11-01 "
        "already, from 2025-06-01 on; leave its line as it was then, and give this "
        "restatement a line with a name of its own"
    ) in output
    assert_same(good, project.dump(*BY_PERIOD, RESTATED, RESTATED_PROFILES))


@pytest.mark.parametrize(
    "model",
    ["int_profile_candidates", "int_profile_assignments", "fct_client_profiles"],
)
def test_a_restatement_that_failed_halfway_keeps_what_it_replaces(
    built_demo: DemoProject, project: DemoProject, model: str  # noqa: F811
) -> None:
    """The run after the repair finds what there was before both of them."""
    restate = restate_version_1(project)
    path = next((project.folder / "models").glob(f"*/{model}.sql"))
    sound = path.read_text(encoding="utf-8")
    edit_file(path, append("where cast('broken' as integer) = 1"))
    assert "broken" in project.fail(*restate)

    path.write_text(sound, encoding="utf-8")
    project.succeed(*restate)

    dump = project.dump(PROFILES, RESTATED, RESTATED_PROFILES)
    old, new = values_from("", built_demo.dump(PROFILES)), values_from("", dump)
    assert old != new
    assert sides(dump, "correction") == (old, new)


# --- builds of a part --------------------------------------------------------------

TESTS_OF_SEEDS = [
    "test", "--select", "test_name:scores_follow_the_seeds", "test_name:overrides_follow_the_seeds",
]


# Notices say by which rules they were given, but stay as they were sent: scores
# that are given again send a correction.
NOTICES = {"fct_department_notices", "int_department_notices"}


def tables_with_scores(project: DemoProject, version: str) -> list[str]:
    """List the tables that must follow the rules of a version of relationship."""
    tables = project.query(
        """
        select table_schema || '.' || table_name, list(column_name)
        from information_schema.columns
        inner join information_schema.tables using (table_schema, table_name)
        where table_type = 'BASE TABLE'
        group by all
        having bool_or(column_name = 'rules_fingerprint')
        order by all
        """
    )
    found = []
    for table, columns in tables:
        column = "version" if "version" in columns else "to_version"
        rows = project.query(
            f"""
            select 1 from {table}
            where scorecard = 'relationship' and {column} = '{version}' limit 1
            """
        )
        name = table.partition(".")[2]
        found += [name] if rows and name not in NOTICES else []
    return found


def test_an_edited_rule_is_found_by_the_tests(project: DemoProject) -> None:
    """After `dbt seed` alone: in every table that holds its scores, and what to do."""
    project.edit_rules(
        "criterion_weights",
        replace("relationship,2,margin,0.26", "relationship,2,margin,0.25"),
        replace("relationship,2,autonomy,0.15", "relationship,2,autonomy,0.16"),
    )
    project.succeed("seed", "--select", "path:seeds/scorecards")

    output = project.fail(*TESTS_OF_SEEDS)

    assert "Rules that have scored stay as they are: put them back" in output
    assert "make restate FROM=2025-11-01" in output
    stale = tables_with_scores(project, "2")
    assert {"int_profile_candidates", "fct_client_profiles", "client_profiles"} <= set(stale)
    for table in stale:
        assert f'"{table}" holds scores of rules that are no longer in the seeds' in output, table
        assert f"dbt build --select +{table}+" in output


def test_an_edited_candidate_is_found_by_the_tests(project: DemoProject) -> None:
    """After `dbt seed` alone; the command that they name puts it right."""
    project.edit_rules(
        "profile_rules",
        replace(
            "relationship,3,2,b_by_score,B,score,,65,", "relationship,3,2,b_by_score,B,score,,60,"
        ),
    )
    project.succeed("seed", "--select", "path:seeds/scorecards")

    output = project.fail(*TESTS_OF_SEEDS)

    stale = tables_with_scores(project, "3")
    assert {"int_candidate_version_profiles", "fct_version_comparison"} <= set(stale)
    for table in stale:
        assert (
            f'"{table}" holds scores of rules that are no longer in the seeds: '
            "scorecard relationship, version 3, periods "
        ) in output, table
    assert "dbt build --select +int_candidate_version_profiles+" in output
    project.succeed("build", "--select", "+int_candidate_version_profiles+")
    project.succeed(*TESTS_OF_SEEDS)


def test_a_decision_that_was_not_taken_in_is_found_by_the_tests(project: DemoProject) -> None:
    """After `dbt seed` alone; the command that they name puts it right."""
    project.edit_rules(
        "profile_overrides",
        append(f"relationship,C0001,D,{LAST_PERIOD},2027-01-01,They asked,Sales,Board"),
    )
    project.succeed("seed", "--select", "path:seeds/scorecards")

    output = project.fail(*TESTS_OF_SEEDS)

    for table in ("int_profile_assignments", "fct_client_profiles"):
        assert (
            f'"{table}" does not hold the decisions by hand that are in '
            "profile_overrides.csv: 1 line(s), the first for client C0001, "
            f"scorecard relationship, period {LAST_PERIOD}. Build it again"
        ) in output
    assert "dbt build --select +int_profile_assignments+" in output
    project.succeed("build", "--select", "+int_profile_assignments+")
    project.succeed(*TESTS_OF_SEEDS)
