"""What drives a score and what causes a movement, against a plain recomputation.

The oracle goes through all 120 orders of the changes and all sets of causes. Here it is
held to sums on paper first, and then the project's tables to it: over worlds made by
chance, over small ones that hit a corner each, over the demo and a retailer's history.

They are the same at every run; CLIENT_PROFILES_ORACLE_EFFORT=10 tries ten times as many.
"""

from __future__ import annotations

import functools
import os
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

import random_rules
import small_worlds
import world_tables
from jinja_models import JinjaModels
from oracle import half_up, months_before
from oracle_causes import Comparison, movements
from oracle_drivers import AFTER, BEFORE, STEPS, Pair, pairs, rounded
from oracle_histories import Clients, histories
from oracle_tables import Row, differences
from random_rules import CRITERIA, RANKS, World, random_world, reduced
from small_worlds import by_hand, condition, criterion, month, rule, values, version, world
from world_report import report
from world_tables import metric_table, seed_tables

EFFORT = int(os.environ.get("CLIENT_PROFILES_ORACLE_EFFORT", "1"))

DRIVERS, CAUSES = TABLES = "fct_movement_drivers", "fct_movement_causes"


@functools.cache
def in_memory() -> JinjaModels:
    """Give the renderer, whose compiled templates all examples share."""
    return JinjaModels()


def run_in_memory(given: World) -> dict[str, list[Row]]:
    """Give the rows of both tables, after one run for each day of the world."""
    models = in_memory()
    models.load(metric_table(given))
    for day in given.days:
        models.look_from(day, seed_tables(given, day))
        tables = {table: models.run(table) for table in TABLES}
    return tables


def assert_agreement(given: World, tables: dict[str, list[Row]]) -> None:
    """Fail where the project's rows differ from the oracle, and show a small example."""
    found = list(differences(given, tables))
    if found:
        small = reduced(given, lambda each: any(differences(each, run_in_memory(each))))
        shown = list(differences(small, run_in_memory(small)))
        pytest.fail(report(small, shown, len(found)), pytrace=False)


def world_by_chance(seed: int, scorecards: int) -> World:
    """Make a world whose scorecards all have several versions, of few months each."""
    random = Random(seed)
    given = random_world(random, scorecards=3 * scorecards, clients=9, periods=7)
    versions = defaultdict(list)
    for each in given.versions:
        versions[each.scorecard].append(each)
    several = [name for name, found in versions.items() if len(found) > 1][:scorecards]
    return replace(
        given,
        versions=[each for name in several for each in versions[name]],
        candidates=[],
        overrides=[each for each in given.overrides if each.scorecard in several],
    )


def pairs_of(given: World) -> list[Pair]:
    """Give each client's scored months beside the ones before."""
    found = histories(given.verdicts, given.overrides, given.days)
    return list(pairs(found, Clients(given.metrics)))


# -- the oracle by itself ---------------------------------------------------------------


def test_all_orders_are_gone_through() -> None:
    """There are 120 orders of five steps each; a kind comes first in 24 of them."""
    assert sum(STEPS.values()) == 120 * 5
    assert STEPS[BEFORE, "band"] == 24
    assert STEPS[frozenset({"metric"}), "band"] == 6
    assert STEPS[frozenset({"metric", "weight"}), "band"] == 4


@pytest.mark.parametrize("seed", range(2 * EFFORT))
def test_the_oracles_effects_hold_together(seed: int) -> None:
    """They sum to the change, change sign when time runs backwards, and round well."""
    found = pairs_of(world_by_chance(seed, scorecards=4))
    assert len(found) > 20
    for pair in found:
        scores = [pair.exact_score(mixture) for mixture in (BEFORE, AFTER)]
        months = pair.before, pair.after
        assert [half_up(score, 4) for score in scores] == [each.score for each in months]
        assert sum(pair.effects.values(), Fraction(0)) == scores[1] - scores[0]
        backwards = Pair(pair.client, pair.after, pair.before, pair.clients)
        assert backwards.effects == {key: -each for key, each in pair.effects.items()}
        difference = pair.after.score - pair.before.score
        effects = rounded(pair.effects, difference)
        assert sum(effects.values(), Decimal(0)) == difference
        for key, effect in effects.items():
            assert abs(Fraction(effect) - pair.effects[key]) < Fraction(1, 10_000)
        assert_causes_fit(pair)


def assert_causes_fit(pair: Pair) -> None:
    """Check that only what changed has an effect."""
    kinds = {kind for kind, _ in pair.effects}
    if pair.before.version == pair.after.version:
        assert not kinds & {"band", "weight"}
    metrics, months = pair.clients.metrics, (pair.before, pair.after)
    earlier = [
        [
            metrics.get((pair.client, months_before(each.period, age)))
            for age in range(8)
        ]
        for each in months
    ]
    if earlier[0] == earlier[1]:
        assert not kinds & {"metric", "missing_data"}
    criteria = [each for both in pair.criteria.values() for each in both if each]
    if all(each.normalization == "none" for each in criteria):
        assert "population" not in kinds


def test_what_rounding_leaves_goes_to_the_largest_remainder() -> None:
    """Where remainders are equal, to the first criterion, and there to the first kind."""
    third = Fraction(1, 3)
    effects = {
        ("weight", "a"): third, ("metric", "b"): third, ("metric", "a"): third,
        ("band", "c"): Fraction(-1),
    }
    assert rounded(effects, Decimal("0.0000")) == {
        ("weight", "a"): Decimal("0.3333"),
        ("metric", "b"): Decimal("0.3333"),
        ("metric", "a"): Decimal("0.3334"),
        ("band", "c"): Decimal("-1.0000"),
    }


# -- corners, computed on paper ------------------------------------------------------------
#
# Worth of the numbers: a criterion with STEPS_OF_TEN gives as many points as its metric
# says, in tens. So size=80 is 80 points of b_2, delay=80 is 80 of b2, growth=80 of c.

TENS = {None: 0, **{str(number): number for number in range(10, 101, 10)}}
FLAT = {None: 40}


def corner_of_values() -> tuple[World, dict]:
    """One value rises and one becomes known: in the mean they don't get in their way.

    The score is 20, by `metric` alone 80, by `missing_data` alone .6 x 20 + .4 x 60 = 36,
    by both .6 x 80 + .4 x 60 = 72. metric: (60 + 36) / 2. missing_data: (16 - 8) / 2.
    """
    rules = version("1", criterion("b_2", "0.6", TENS), criterion("b2", "0.4", TENS))
    clients = {"one": [values(size=20), values(size=80, delay=60)]}
    return world([rules], clients), {("metric", "b_2"): "48", ("missing_data", "b2"): "4"}


def corner_of_weights() -> tuple[World, dict]:
    """100 and 0 points, weights from .5 and .5 to .7 and .3: the score goes from 50 to 70.

    The mean score is 60: .2 x (100 - 60) = 8 and -.2 x (0 - 60) = 12.
    """
    old = version("1", criterion("b_2", "0.5", TENS), criterion("b2", "0.5", TENS))
    new = version(
        "2", criterion("b_2", "0.7", TENS), criterion("b2", "0.3", TENS), begins=1
    )
    clients = {"one": [values(size=100, delay=0)] * 2}
    return world([old, new], clients), {("weight", "b_2"): "8", ("weight", "b2"): "12"}


def corner_of_a_criterion_taken_away() -> tuple[World, dict]:
    """b_2 goes from 40 to 60 points and from half to all of the weight; b2 has 20.

    Bands first: 30, 40, 60. Weights first: 30, 40, 60. So the bands give
    (10 + 20) / 2 = 15. The weights, after the bands: .5 x (60 - 50) = 5 of b_2 and
    -.5 x (20 - 50) = 15 of b2; before them: .5 x (40 - 35) = 2.5 and
    -.5 x (20 - 35) = 7.5; in the mean 3.75 and 11.25.
    """
    old = version("1", criterion("b_2", "0.5", TENS), criterion("b2", "0.5", TENS))
    new = version("2", criterion("b_2", "1", {None: 60}), begins=1)
    clients = {"one": [values(size=40, delay=20)] * 2}
    return world([old, new], clients), {
        ("band", "b_2"): "15", ("weight", "b_2"): "3.75", ("weight", "b2"): "11.25",
    }


def corner_of_a_criterion_added() -> tuple[World, dict]:
    """The same, the other way round."""
    old = version("1", criterion("b_2", "1", {None: 60}))
    new = version(
        "2", criterion("b_2", "0.5", TENS), criterion("b2", "0.5", TENS), begins=1
    )
    clients = {"one": [values(size=40, delay=20)] * 2}
    return world([old, new], clients), {
        ("band", "b_2"): "-15", ("weight", "b_2"): "-3.75", ("weight", "b2"): "-11.25",
    }


def corner_of_another_policy() -> tuple[World, dict]:
    """b2 is missing in both months: worth its worst band, 10, before and 50 after."""
    worth = {None: 30, "5": 10}
    old = version(
        "1", criterion("b_2", "0.5", TENS), criterion("b2", "0.5", worth, policy="worst")
    )
    new = version(
        "2", criterion("b_2", "0.5", TENS), criterion("b2", "0.5", worth, policy="neutral"),
        begins=1,
    )
    clients = {"one": [values(size=80)] * 2}
    return world([old, new], clients), {("band", "b2"): "20"}


def corner_of_an_excluded_value() -> tuple[World, dict]:
    """b2 is missing in both months: left out before, worth 50 after; 80 becomes 65."""
    old = version("1", criterion("b_2", "0.5", TENS), criterion("b2", "0.5", TENS))
    new = version(
        "2", criterion("b_2", "0.5", TENS), criterion("b2", "0.5", TENS, policy="neutral"),
        begins=1,
    )
    clients = {"one": [values(size=80)] * 2}
    return world([old, new], clients), {("band", "b2"): "-15"}


def corner_of_another_normalization() -> tuple[World, dict]:
    """The place, half-way of three, is worth 50 points and the value itself 20."""
    places = {None: 0, "0.5": 50, "1": 90}
    old = version("1", criterion("b_2", "1", TENS))
    new = version("2", criterion("b_2", "1", places, "percent_rank"), begins=1)
    clients = {
        "one": [values(size=20)] * 2,
        "low": [values(size=0)] * 2,
        "high": [values(size=100)] * 2,
    }
    return world([old, new], clients), {("band", "b_2"): "30"}


def corner_of_known_and_unknown() -> tuple[World, dict]:
    """80 becomes unknown and 20 known, while 40 stays: 200/3 become 80/3.

    .4 x (80/3 - 80) = -64/3 and .4 x (20 - 200/3) = -56/3; all weights together are 1.
    """
    rules = version(
        "1", criterion("b_2", "0.4", TENS), criterion("b2", "0.4", TENS),
        criterion("a", "0.2", FLAT),
    )
    clients = {"one": [values(size=80), values(delay=20)]}
    return world([rules], clients), {
        ("missing_data", "b_2"): "-21.3333", ("missing_data", "b2"): "-18.6667",
    }


def corner_of_the_others() -> tuple[World, dict]:
    """The other two fall below: from the lowest of three to the highest."""
    places = {None: 0, "0.5": 50, "1": 90}
    rules = version("1", criterion("b_2", "1", places, "min_max"))
    clients = {
        "one": [values(size=20)] * 2,
        "low": [values(size=30), values(size=10)],
        "high": [values(size=40), values(size=15)],
    }
    return world([rules], clients), {("population", "b_2"): "90"}


def corner_of_nothing() -> tuple[World, dict]:
    """All is as it was, also for a client that has no equal."""
    rules = version("1", criterion("b_2", "1", {None: 0, "1": 70}, "percent_rank"))
    clients = {"one": [values(size=20)] * 3, "low": [values(size=10)] * 3}
    return world([rules], clients), {}


def corner_of_nothing_that_counts() -> tuple[World, dict]:
    """80 points of the only criterion before; 30, known since, of the only one after.

    With the weights changed and b2 still missing nothing counts, and the score is 0.
    missing_data: (0 + 30) / 2. The weights, with b2 known: -1 x (80 - 55) = -25 of b_2
    and 1 x (30 - 55) = -25 of b2; without: -1 x 80 of b_2. In the mean -52.5 and -12.5.
    """
    old = version("1", criterion("b_2", "1", TENS))
    new = version("2", criterion("b2", "1", TENS), begins=1)
    clients = {"one": [values(size=80), values(size=80, delay=30)]}
    return world([old, new], clients), {
        ("missing_data", "b2"): "15", ("weight", "b_2"): "-52.5", ("weight", "b2"): "-12.5",
    }


def corner_of_a_last_known_value() -> tuple[World, dict]:
    """80 stood in for a month and would still; by the new rules it does not.

    60 become 40 when the value is missing and the rules are new: half is due to each.
    """
    flat = criterion("a", "0.5", FLAT)
    old = version("1", criterion("b_2", "0.5", TENS, age=1), flat)
    new = version("2", criterion("b_2", "0.5", TENS), flat, begins=1)
    clients = {"one": [values(size=80), values()]}
    return world([old, new], clients), {("missing_data", "b_2"): "-10", ("band", "b_2"): "-10"}


def corner_of_a_value_that_only_old_rules_knew() -> tuple[World, dict]:
    """A value of 80 stood in before; by the new rules it would not have; 20 follows.

    Beside a criterion of 40 the score is 60 before and 30 after. By the old rules both
    values are known, and `metric` takes 60 to 30. By the new ones only the second is,
    and `missing_data` takes 40 to 30. Each counts in the half of the orders in which
    the rules allow: -30 / 2 and -10 / 2. The rest of the -30 is due to the rules.
    """
    flat = criterion("a", "0.5", FLAT)
    old = version("1", criterion("b_2", "0.5", TENS, age=1), flat)
    new = version("2", criterion("b_2", "0.5", TENS), flat, begins=2)
    clients = {"one": [values(size=80), values(), values(size=20)]}
    return world([old, new], clients), {
        ("metric", "b_2"): "-15", ("missing_data", "b_2"): "-5", ("band", "b_2"): "-10",
    }


def corner_of_equal_remainders() -> tuple[World, dict]:
    """Two effects of 3 1/3, together 6.6667: the last ten-thousandth goes to b2.

    c_too is never known, so that each counts for a third.
    """
    thirds = [criterion(name, "0.3", TENS) for name in ("b2", "b_2", "a")]
    rules = version("1", *thirds, criterion("c_too", "0.1", TENS))
    clients = {"one": [values(size=0, delay=0), values(size=10, delay=10)]}
    return world([rules], clients), {("metric", "b2"): "3.3334", ("metric", "b_2"): "3.3333"}


def corner_of_equal_remainders_of_two_kinds() -> tuple[World, dict]:
    """The same where the other clients act on b2: the criterion goes before the kind."""
    rules = version(
        "1", criterion("b2", "0.3", {None: 0, "1": 10}, "percent_rank"),
        criterion("b_2", "0.3", TENS), criterion("a", "0.3", TENS),
        criterion("c_too", "0.1", TENS),
    )
    clients = {
        "one": [values(size=0, delay=5), values(size=10, delay=5)],
        "other": [values(delay=6), values(delay=4)],
    }
    return world([rules], clients), {
        ("population", "b2"): "3.3334", ("metric", "b_2"): "3.3333",
    }


def tie_of_remainders() -> tuple[World, dict]:
    """-3593/225, -692/45 and 5681/9000: the last two are rounded down by 2/9 each.

    One ten-thousandth is missing, and b2 comes before b_2. The points of b2 are 46.2,
    82.7 by its own value, 83.4 by those of the others, 7.1 by both.
    """
    places = {None: "46.2", "0.2": "82.7", "0.5": "83.4", "0.8": "7.1"}
    rules = version(
        "1", criterion("b2", "0.8", places, "percent_rank"),
        criterion("b_2", "0.1", {None: "57.6"}), criterion("c_too", "0.1", {None: "97.99"}),
    )
    clients = {
        "one": [values(delay=5, reach=1), values(delay=8, reach=1, size=1)],
        "two": [values(delay=6), values(delay=1)],
        "three": [values(delay=10), values(delay=1)],
        "four": [values(delay=10), values(delay=6)],
    }
    return world([rules], clients), {
        ("metric", "b2"): "-15.9689", ("population", "b2"): "-15.3777",
        ("missing_data", "b_2"): "0.6312",
    }


CORNERS = [each for name, each in list(globals().items()) if name.startswith("corner_")]


@pytest.mark.parametrize("corner", CORNERS, ids=lambda corner: corner.__name__)
def test_corners_are_as_on_paper(corner) -> None:
    """The oracle gives what was computed by hand, and the project the same."""
    given, expected = corner()
    [last] = [
        pair for pair in pairs_of(given)
        if pair.client == "one" and pair.after.period == max(given.metrics)[1]
    ]
    difference = last.after.score - last.before.score
    assert rounded(last.effects, difference) == {
        key: Decimal(effect) for key, effect in expected.items()
    }
    tables = run_in_memory(given)
    assert {
        (row["driver"], row["criterion"]): row["effect"]
        for row in tables[DRIVERS]
        if row["client_id"] == "one"
        and row["period_start"] == last.after.period
        and row["effect"] is not None
    } == {key: Decimal(effect) for key, effect in expected.items()}
    assert list(differences(given, tables)) == []


def test_a_tie_of_remainders_leaves_nothing_over() -> None:
    """Which of two equal remainders is rounded up may differ, but not the sum."""
    given, expected = tie_of_remainders()
    tables = run_in_memory(given)
    assert list(differences(given, tables)) == []
    found = {
        (row["driver"], row["criterion"]): row["effect"]
        for row in tables[DRIVERS] if row["client_id"] == "one" and row["effect"]
    }
    assert sum(found.values()) == sum(map(Decimal, expected.values()))


# -- causes, found on paper ----------------------------------------------------------------
#
# Without rules of its own a version gives P1 to scores of 50 and above, P3 to others.

HALVES = criterion("b_2", "0.5", TENS), criterion("b2", "0.5", TENS)
WAITS = version("1", criterion("b_2", "1", TENS), confirmation=2)
PLACES = {None: 0, "0.5": 50, "1": 90}


def moved(cause: str, metrics: str | None, in_set: int, tried: int, sets: int) -> Row:
    """Give what is expected of a movement from one profile to another."""
    return {
        "cause": cause, "cause_metrics": metrics, "cause_changes": in_set,
        "changes": tried, "equally_small_sets": sets, "is_smallest": True,
    }


def otherwise(cause: str) -> Row:
    """Give what is expected of a movement for another reason."""
    return dict.fromkeys(moved(cause, None, 0, 0, 0), None) | {"cause": cause}


CAUSES_ON_PAPER = {
    "a value": (
        world([version("1", *HALVES)], {
            "one": [values(size=80, delay=40), values(size=20, delay=40)],
        }),
        moved("metric", "size", 1, 1, 1),
    ),
    # 15 becomes 50 with the size of before and 60 with the delay of before.
    "either of two values, and the one that counts more": (
        world([version("1", *HALVES)], {
            "one": [values(size=90, delay=100), values(size=20, delay=10)],
        }),
        moved("metric", "delay", 1, 2, 2),
    ),
    "two of three values together": (
        world([version("1", *HALVES, criterion("a", "0", TENS))], {
            "one": [
                values(size=80, delay=70, tenure_months=10),
                values(size=20, delay=10, tenure_months=20),
            ],
        }),
        moved("several", "delay, size", 2, 3, 1),
    ),
    "a value that two criteria judge": (
        world(
            [version("1", criterion("b", "0.5", TENS), criterion("c_too", "0.5", TENS))],
            {"one": [values(reach=80), values(reach=10)]},
        ),
        moved("metric", "reach", 1, 1, 1),
    ),
    "a value that only a condition looks at": (
        world(
            [version(
                "1", criterion("b_2", "1", TENS),
                rules=(rule("better", 1, "P1", condition("metric", "5", "growth")),),
            )],
            {"one": [values(size=80, growth=5), values(size=90, growth=4)]},
        ),
        moved("metric", "growth", 1, 2, 1),
    ),
    "a value that became unknown": (
        world([version("1", criterion("b_2", "0.8", TENS, policy="worst"), HALVES[1])], {
            "one": [values(size=80, delay=60), values(delay=60)],
        }),
        moved("missing_data", "size", 1, 1, 1),
    ),
    "the other clients": (
        world([version("1", criterion("b_2", "1", PLACES, "min_max"))], {
            "one": [values(size=20)] * 2,
            "low": [values(size=30), values(size=10)],
            "high": [values(size=40), values(size=15)],
        }),
        moved("population", None, 1, 1, 1),
    ),
    "the rules": (
        world(
            [
                version("1", criterion("b_2", "0.7", TENS), criterion("b2", "0.3", TENS)),
                version(
                    "2", criterion("b_2", "0.3", TENS), criterion("b2", "0.7", TENS),
                    begins=1,
                ),
            ],
            {"one": [values(size=100, delay=0)] * 2},
        ),
        moved("rules", None, 1, 1, 1),
    ),
    "a decision by hand that begins": (
        world([version("1", *HALVES)], {"one": [values(size=80, delay=80)] * 2},
              (by_hand("one", "P2", 1, 5),)),
        moved("override", None, 1, 1, 1),
    ),
    "a decision by hand that ends": (
        world([version("1", *HALVES)], {"one": [values(size=80, delay=80)] * 2},
              (by_hand("one", "P2", 0, 1),)),
        moved("override", None, 1, 1, 1),
    ),
    # It is compared with the first month, in which the rules still said P1.
    "a value that fell the month before": (
        world([WAITS], {"one": [values(size=80), values(size=20), values(size=30)]}),
        moved("metric", "size", 1, 1, 1),
    ),
    # It is compared with the scored month before, not with the first one, in which the
    # rules led to the profile that was given by hand since.
    "a decision by hand that stood in for a score": (
        world(
            [version("1", criterion("b_2", "1", TENS))],
            {"one": [values(size=80), values(size=20), values(), values(size=20)]},
            (by_hand("one", "P1", 2, 3),),
        ),
        {**moved("override", None, 1, 1, 1), "compared_with": month(1)},
    ),
    "what is known no longer suffices": (
        world([version("1", *HALVES, coverage="0.6")], {
            "one": [values(size=80, delay=80), values(size=80)],
        }),
        otherwise("requirements"),
    ),
    # That a value became known, too, without which it would not be eligible, does not
    # matter: it was not eligible because it was too new.
    "long enough with us for the new version": (
        world(
            [
                version("1", *HALVES),
                version("2", *HALVES, begins=1, tenure=5, coverage="0.6"),
            ],
            {
                "one": [
                    values(tenure_months=3, size=80),
                    values(tenure_months=4, size=80),
                    values(tenure_months=5, size=80, delay=80),
                ],
            },
        ),
        otherwise("requirements"),
    ),
    "becoming a client": (
        world([version("1", *HALVES)], {
            "one": [None, values(size=80)], "other": [values(size=80)] * 2,
        }),
        otherwise("entry"),
    ),
    "ceasing to be one": (
        world([version("1", *HALVES)], {
            "one": [values(size=80), None], "other": [values(size=80)] * 2,
        }),
        otherwise("exit"),
    ),
}


@pytest.mark.parametrize("name", CAUSES_ON_PAPER)
def test_causes_are_as_on_paper(name: str) -> None:
    """The movement into the last month has the cause that was found by hand."""
    given, expected = CAUSES_ON_PAPER[name]
    tables = run_in_memory(given)
    last = max(period for _, period in given.metrics)
    [row] = [
        row for row in tables[CAUSES]
        if (row["client_id"], row["period_start"]) == ("one", last)
    ]
    assert {column: row[column] for column in expected} == expected
    assert list(differences(given, tables)) == []


def test_a_decision_by_hand_is_compared_with_the_month_that_the_row_names() -> None:
    """It held before and after a month away: nothing began, and nothing ended."""
    given = world(
        [version("1", *HALVES)],
        {
            "one": [values(size=80), values(size=80), None, values(size=80)],
            "other": [values(size=80)] * 4,
        },
        (by_hand("one", "P2", 1, 9),),
    )
    tables = run_in_memory(given)
    assert [
        (row["period_before"], row["period_start"], row["is_before"], row["is_after"])
        for row in tables[DRIVERS]
        if row["driver"] == "override"
    ] == [(month(0), month(1), False, True)]


def test_what_had_to_wait_says_for_how_long() -> None:
    """The rules said it twice before the client moved; each change counts in its month."""
    given, _ = CAUSES_ON_PAPER["a value that fell the month before"]
    rows = run_in_memory(given)[DRIVERS]
    assert [
        (row["driver"], row["effect"], row["value_before"], row["value_after"])
        for row in sorted(rows, key=lambda row: (row["period_start"], row["driver"]))
        if row["driver"] != "gate"
    ] == [
        ("metric", Decimal(-60), Decimal(80), Decimal(20)),
        ("confirmation", None, None, Decimal(2)),
        ("metric", Decimal(10), Decimal(20), Decimal(30)),
    ]


@pytest.mark.parametrize("better_from, in_set", [("10", 3), ("30", 4)])
def test_more_than_ten_changes_are_cut_off(
    better_from: str, in_set: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twelve metrics fall from 100 points to none; the last three are tried as one.

    Each is worth 8 1/3 points. One alone does not give 10 back; two would, but the last
    three count as one. For 30 it takes these and another.
    """
    names = [f"m{number:02}" for number in range(1, 13)]
    criteria = {f"k{name}": name for name in names}
    for module in (random_rules, small_worlds, world_tables):
        monkeypatch.setattr(module, "CRITERIA", criteria)
        monkeypatch.setattr(module, "METRICS", ("tenure_months", *names))
    weights = ["0.083333"] * 8 + ["0.083334"] * 4
    judged = [
        criterion(name, weight, TENS) for name, weight in zip(criteria, weights)
    ]
    rules = (rule("better", 1, "P1", condition("score", better_from)),)
    given = world(
        [version("1", *judged, rules=rules)],
        {"one": [values(**dict.fromkeys(names, 100)), values(**dict.fromkeys(names, 0))]},
    )
    tables = run_in_memory(given)
    [row] = tables[CAUSES]
    assert (row["changes"], row["is_smallest"]) == (12, False)
    assert (row["cause"], row["cause_changes"]) == ("several", in_set)
    assert list(differences(given, tables)) == []


# -- worlds made by chance -----------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12 * EFFORT))
def test_worlds_by_chance_agree_with_the_oracle(seed: int) -> None:
    """Rows, effects and causes agree; what is said in words is said in the sentence."""
    given = world_by_chance(seed, scorecards=3)
    tables = run_in_memory(given)
    assert_agreement(given, tables)
    assert_sentences_tell_the_cause(given, tables[CAUSES])


def assert_sentences_tell_the_cause(given: World, rows: list[Row]) -> None:
    """Check that explanations name both profiles and, of each metric, both values."""
    found = histories(given.verdicts, given.overrides, given.days)
    clients = Clients(given.metrics)
    by_key = {each.key: each for each in movements(found, RANKS)}
    assert by_key.keys() == {
        (row["scorecard"], row["client_id"], row["period_start"]) for row in rows
    }
    for row in rows:
        key = row["scorecard"], row["client_id"], row["period_start"]
        if row["compared_with"] is not None:
            assert row["from_profile"] in row["explanation"]
            assert row["to_profile"] in row["explanation"]
        for metric in (row["cause_metrics"] or "").split(", "):
            if metric and Comparison(by_key[key], clients).then:
                assert_names_values(Comparison(by_key[key], clients), metric, row)
        assert row["explanation"]


def assert_names_values(comparison: Comparison, metric: str, row: Row) -> None:
    """Check that a sentence names a metric by its label, and its values then and now.

    The values are those that a criterion of either month counts, or the month's own.
    """
    months = comparison.then, comparison.now
    labels = [name for name, its_metric in CRITERIA.items() if its_metric == metric]
    assert any(label in row["explanation"] for label in labels), row
    for each in months:
        shown = {
            comparison.clients.value(comparison.movement.client, each.period, criterion)
            for version in comparison.versions
            for criterion in version.criteria
            if criterion.metric == metric
        } | {each.verdict.values[metric]}
        assert any(
            readable(value) in row["explanation"] for value in shown if value is not None
        ) or None in shown, row


def readable(value: Decimal) -> str:
    """Write a number as people read it: 1,310.5."""
    return f"{value.normalize():,f}"
