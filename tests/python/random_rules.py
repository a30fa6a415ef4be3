"""Random but sound rules and random clients, made to hit the edges.

    world = random_world(Random(1), scorecards=10, clients=30, periods=8)

The same seed makes the same world. Values lie on the bounds of bands, a millionth
beside them, equal those of other clients or are missing; bounds of rules equal scores
that occur. Clients are away for some months, stay as they were for others, and are
placed by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property, partial
from itertools import pairwise
from random import Random
from typing import Any

from oracle import (
    Band,
    Condition,
    Criterion,
    Metrics,
    Override,
    Rule,
    Verdicts,
    Version,
    judge,
    judge_candidates,
    months_before,
)

FIRST_PERIOD = date(2024, 10, 1)
MILLIONTH = Decimal("0.000001")

# The names sort differently by alphabet and by length, and differ by one sign.
CRITERIA = {
    "b": "reach",
    "b_2": "size",
    "b2": "delay",
    "a_long_name": "size",
    "a": "tenure_months",
    "c": "growth",
    "c_too": "reach",
}
METRICS = ("tenure_months", "size", "reach", "delay", "growth")

# The profiles of every scorecard, the best first.
RANKS = {"P1": 1, "P2": 2, "P3": 3}

# Positions of clients among others, and numbers just beside them.
POSITIONS = [
    Decimal(text)
    for text in (
        "-0.5", "0", "0.000001", "0.2", "0.25", "0.333333", "0.333334", "0.5",
        "0.500001", "0.666666", "0.666667", "0.75", "0.999999", "1", "1.5",
    )
]


@dataclass(frozen=True)
class World:
    """Rules, clients and the days from which they are looked at, one run after another."""

    versions: list[Version]
    candidates: list[Version]
    overrides: list[Override]
    metrics: Metrics
    days: tuple[date, ...]

    @property
    def first_open_period(self) -> date:
        """The first one that is not complete in the last run."""
        return self.days[-1].replace(day=1)

    @cached_property
    def verdicts(self) -> Verdicts:
        """What the oracle says of this world."""
        return judge(self.versions, self.metrics, self.first_open_period)

    @cached_property
    def candidate_verdicts(self) -> Verdicts:
        """What it says of the candidate versions."""
        return judge_candidates(
            self.candidates, self.versions, self.metrics, self.first_open_period
        )


# -- making a world ---------------------------------------------------------------


def random_world(random: Random, scorecards: int, clients: int, periods: int) -> World:
    """Make scorecards with up to three versions each, and clients to score."""
    grid = {metric: random_grid(random) for metric in METRICS[1:]}
    grid["tenure_months"] = [Decimal(number) for number in range(0, 16, 2)]
    versions, candidates = [], []
    for number in range(scorecards):
        versions += random_versions(random, f"card_{number}", grid, periods)
        for name in ["proposal", "another"][: random.choice([0, 0, 1, 2])]:
            candidates.append(
                random_candidate(random, f"card_{number}", name, grid, periods)
            )
    metrics = random_metrics(random, grid, clients, periods)
    # The last one or two periods may be open.
    last = periods - random.choice([0, 0, 0, 1])
    earlier = random.sample(range(last), min(last, random.choice([0, 0, 1, 2])))
    days = tuple(months_before(FIRST_PERIOD, -month) for month in sorted(earlier))
    days += (months_before(FIRST_PERIOD, -last),)
    overrides = random_overrides(random, versions, metrics, periods, days)
    world = World(versions, candidates, overrides, metrics, days)
    # Scores do not depend on the rules, and the rules are to fit the scores.
    return with_rules(random, world)


def random_grid(random: Random) -> list[Decimal]:
    """Make a few numbers that bounds and values of one metric are taken from."""
    decimals = random.choice([0, 2, 6])
    reach = random.choice([10, 1_000, 10**9])
    numbers = {
        Decimal(random.randint(-reach, reach)).scaleb(-decimals)
        for _ in range(random.randint(1, 18))
    }
    if random.randint(0, 2) == 2:
        # Between these many positions lie on a half.
        numbers |= {Decimal(number).scaleb(-decimals) for number in (-128, 128)}
    return sorted(numbers | {Decimal(0)})


def random_metrics(
    random: Random, grid: dict[str, list[Decimal]], clients: int, periods: int
) -> Metrics:
    """Make the metrics of clients that begin at any time and may be away."""
    metrics = {}
    for number in range(clients):
        name = f"client_{number:03}"
        age = random.randint(-2, 4)
        steadiness = random.choice([0, 1, 2])
        presence = random.choice([1, 3, 9])
        for month in range(max(0, -age), periods):
            if random.randint(0, presence) == 0:
                continue
            period = months_before(FIRST_PERIOD, -month)
            before = metrics.get((name, months_before(period, 1)), {})
            values = {"tenure_months": Decimal(age + month)}
            for metric in METRICS[1:]:
                stays = metric in before and random.randint(0, 2) < steadiness
                values[metric] = (
                    before[metric] if stays else random_value(random, grid[metric])
                )
            metrics[name, period] = values
    if not metrics:
        values = dict.fromkeys(METRICS[1:])
        metrics["client_000", FIRST_PERIOD] = {"tenure_months": Decimal(0), **values}
    return metrics


def random_value(random: Random, grid: list[Decimal]) -> Decimal | None:
    """Give a number of the grid, one beside it, or none."""
    number = random.choice(grid)
    kind = random.randint(0, 7)
    if kind < 5:
        return number
    return {5: None, 6: number - MILLIONTH, 7: number + MILLIONTH}[kind]


def random_versions(
    random: Random, scorecard: str, grid: dict[str, list[Decimal]], periods: int
) -> list[Version]:
    """Make the approved versions of a scorecard, one after the other."""
    starts = sorted(
        {random.randint(-1, periods) for _ in range(random.choice([1, 1, 2, 3]))}
    )
    dates = [months_before(FIRST_PERIOD, -start) for start in starts]
    versions = []
    for number, (begins, ends) in enumerate(zip(dates, [*dates[1:], None])):
        name = random.choice(["{}", "2025.{}0", "v-{}"]).format(number)
        # Where no end is written a version ends with the beginning of the next.
        dated = random.choice([ends, None])
        versions.append(random_version(random, scorecard, name, begins, dated, grid))
    return versions


def random_candidate(
    random: Random,
    scorecard: str,
    name: str,
    grid: dict[str, list[Decimal]],
    periods: int,
) -> Version:
    """Make a candidate version, whose dates say nothing about what it scores."""
    begins = random.randint(-1, periods + 1)
    ends = random.choice([None, months_before(FIRST_PERIOD, -begins - 2)])
    return random_version(
        random, scorecard, name, months_before(FIRST_PERIOD, -begins), ends, grid
    )


def random_version(
    random: Random,
    scorecard: str,
    name: str,
    begins: date,
    ends: date | None,
    grid: dict[str, list[Decimal]],
) -> Version:
    """Make a version that leads everybody to one profile."""
    criteria = random_criteria(random, grid)
    return Version(
        scorecard=scorecard,
        name=name,
        effective_from=begins,
        effective_to=ends,
        confirmation_periods=random.choice([1, 2, 2, 3, 4]),
        minimum_tenure_months=random.choice([0, 0, 1, 3]),
        minimum_coverage=random_coverage(random, criteria),
        criteria=criteria,
        rules=(catch_all("everybody", 1),),
    )


def random_criteria(
    random: Random, grid: dict[str, list[Decimal]]
) -> tuple[Criterion, ...]:
    """Make the criteria of a version; their weights sum to exactly 1."""
    names = random.sample(sorted(CRITERIA), random.randint(1, 5))
    criteria = []
    for name, weight in zip(names, random_weights(random, len(names))):
        metric = CRITERIA[name]
        normalization = random.choice(["none", "none", "percent_rank", "min_max"])
        bounds = grid[metric] if normalization == "none" else POSITIONS
        criteria.append(
            Criterion(
                name=name,
                metric=metric,
                weight=weight,
                normalization=normalization,
                missing_value_policy=random.choice(["exclude", "worst", "neutral"]),
                maximum_age_months=random.choice([0, 0, 1, 2, 7]),
                bands=random_bands(random, bounds),
            )
        )
    return tuple(criteria)


def random_weights(random: Random, count: int) -> list[Decimal]:
    """Cut 1 into parts of one to six decimals; a part may be nothing."""
    decimals = random.choice([1, 2, 3, 3, 6])
    whole = 10**decimals
    cuts = [0, *sorted(random.randint(0, whole) for _ in range(count - 1)), whole]
    return [
        Decimal(after - before).scaleb(-decimals)
        for before, after in zip(cuts, cuts[1:])
    ]


def random_bands(random: Random, bounds: list[Decimal]) -> tuple[Band, ...]:
    """Make bands that cover every number, up to about twenty of them."""
    count = random.randint(0, len(bounds))
    edges = [None, *sorted(random.sample(bounds, count)), None]
    return tuple(
        Band(f"b{number}", lower, upper, random_points(random))
        for number, (lower, upper) in enumerate(zip(edges, edges[1:]))
    )


def random_points(random: Random) -> Decimal:
    """Give 0 to 100 points with up to two decimals."""
    decimals = random.choice([0, 1, 2])
    return Decimal(random.randint(0, 100 * 10**decimals)).scaleb(-decimals)


def random_coverage(random: Random, criteria: tuple[Criterion, ...]) -> Decimal:
    """Give a minimum coverage, often one that some clients meet exactly."""
    some = random.sample(criteria, random.randint(0, len(criteria)))
    exact = sum((criterion.weight for criterion in some), Decimal(0))
    above = min(Decimal(1), exact + MILLIONTH)
    return random.choice([Decimal(0), Decimal(0), exact, above])


def random_overrides(
    random: Random,
    versions: list[Version],
    metrics: Metrics,
    periods: int,
    days: tuple[date, ...],
) -> list[Override]:
    """Make decisions by hand; of those for one client no two hold at once."""
    bounds = [
        months_before(FIRST_PERIOD, -month).replace(day=day)
        for month in range(-1, periods + 2)
        for day in (1, 2, 28)
    ]
    overrides = []
    for scorecard in sorted({version.scorecard for version in versions}):
        for client in sorted({client for client, _ in metrics}):
            if random.randint(0, 5) == 5:
                cuts = sorted(random.sample(bounds, random.randint(2, 4)))
                # One may begin on the day on which another ends.
                for begins, ends in list(pairwise(cuts))[:: random.choice([1, 2])]:
                    profile = f"P{random.randint(1, 3)}"
                    entered_on = random.choice(days)
                    overrides.append(
                        Override(scorecard, client, profile, begins, ends, entered_on)
                    )
    return overrides


def with_rules(random: Random, world: World) -> World:
    """Give the versions rules, with bounds at scores and points that occur."""
    scores: dict[Version, set[Decimal]] = {}
    for verdict in (*world.verdicts.values(), *world.candidate_verdicts.values()):
        if verdict.score is not None:
            scores.setdefault(verdict.version, set()).update(
                (verdict.score, verdict.lowest_score, verdict.highest_score)
            )

    def give_rules(version: Version) -> Version:
        numbers = sorted(scores.get(version, {Decimal(50)}))
        return replace(
            version, rules=random_rules(random, version, numbers, world.metrics)
        )

    return replace(
        world,
        versions=[give_rules(version) for version in world.versions],
        candidates=[give_rules(version) for version in world.candidates],
    )


def random_rules(
    random: Random, version: Version, scores: list[Decimal], metrics: Metrics
) -> tuple[Rule, ...]:
    """Make rules in random order of priority; the last one catches everybody."""
    count = random.randint(0, 5)
    # Rules that only ask for enough of something are the ones that people write.
    kinds = random.choice([(0, 2), (0, 1, 2, 3)])
    priorities = sorted(random.sample(range(1, 20), count + 1))
    rules = []
    for number, priority in enumerate(priorities[:-1]):
        subjects = random.sample(
            [
                ("score", None),
                *(("points", criterion.name) for criterion in version.criteria),
                *(("metric", metric) for metric in METRICS),
            ],
            random.choice([1, 1, 2, 3]),
        )
        conditions = tuple(
            random_condition(random, kinds, subject, name, version, scores, metrics)
            for subject, name in subjects
        )
        rules.append(
            Rule(f"r{number}", priority, f"P{random.randint(1, 3)}", conditions)
        )
    return (*rules, catch_all("otherwise", priorities[-1]))


def catch_all(name: str, priority: int) -> Rule:
    """Make the rule that every version ends with."""
    return Rule(name, priority, "P3", (Condition("score", None, None, None),))


def random_condition(
    random: Random,
    kinds: tuple[int, ...],
    subject: str,
    name: str | None,
    version: Version,
    scores: list[Decimal],
    metrics: Metrics,
) -> Condition:
    """Make a condition with one bound or two, at numbers that occur."""
    if subject == "score":
        numbers = scores
    elif subject == "points":
        [criterion] = [each for each in version.criteria if each.name == name]
        numbers = sorted({band.points for band in criterion.bands})
    else:
        known = {values[name] for values in metrics.values()} - {None}
        numbers = sorted(known) or [Decimal(0)]
    lower = random.choice(numbers)
    kind = random.choice(kinds)
    if kind == 1:
        return Condition(subject, name, None, lower)
    if kind == 2:
        return Condition(subject, name, lower + MILLIONTH, None)
    higher = [number for number in numbers if number > lower]
    if kind == 3 and higher:
        return Condition(subject, name, lower, random.choice(higher))
    return Condition(subject, name, lower, None)


# -- making it smaller ------------------------------------------------------------


def reduced(world: World, fails: Callable[[World], bool]) -> World:
    """Take away what a failure does not need, so that people can read it.

    fails: says whether a world still shows the failure; it is asked some fifty times
    """
    parts = (
        "days", "scorecards", "candidates", "overrides", "versions", "rules",
        "clients", "rows",
    )
    for part in parts:
        for smaller in without_one(world, part):
            trial = smaller(world)
            if trial.versions and trial.metrics and trial.days and fails(trial):
                world = trial
    return world


def without_one(world: World, part: str) -> Iterator[Callable[[World], World]]:
    """Give one way to make a world smaller for each thing of a kind that it has.

    A way can be applied to what other ways have left.
    """
    if part == "scorecards":
        for name in sorted({version.scorecard for version in world.versions}):
            yield partial(keep_versions, lambda each, name=name: each.scorecard != name)
    elif part == "versions":
        for version in world.versions:
            key = (version.scorecard, version.name)
            yield partial(
                keep_versions, lambda each, key=key: (each.scorecard, each.name) != key
            )
    elif part in ("candidates", "overrides", "days"):
        for thing in getattr(world, part):
            yield partial(take_away, part, thing)
    elif part == "rules":
        # Never the last one, which catches everybody.
        everything = (*world.versions, *world.candidates)
        for name in sorted({rule.name for each in everything for rule in each.rules}):
            yield partial(keep_rules, lambda rule, name=name: rule.name != name)
    elif part == "clients":
        for client in sorted({client for client, _ in world.metrics}):
            yield partial(keep_rows, lambda key, client=client: key[0] != client)
    else:
        for row in sorted(world.metrics):
            yield partial(keep_rows, lambda key, row=row: key != row)


def take_away(part: str, thing: Any, world: World) -> World:
    """Give the world without one thing of a field."""
    left = [each for each in getattr(world, part) if each != thing]
    return replace(world, **{part: type(getattr(world, part))(left)})


def keep_versions(keep: Callable[[Version], bool], world: World) -> World:
    """Give the world with some of its approved versions, and what goes with them."""
    versions = [version for version in world.versions if keep(version)]
    left = {version.scorecard for version in versions}
    return replace(
        world,
        versions=versions,
        candidates=[each for each in world.candidates if each.scorecard in left],
        overrides=[each for each in world.overrides if each.scorecard in left],
    )


def keep_rules(keep: Callable[[Rule], bool], world: World) -> World:
    """Give the world with some of its rules, and with the last of each version."""

    def keep_some(version: Version) -> Version:
        rules = [rule for rule in version.rules[:-1] if keep(rule)]
        return replace(version, rules=(*rules, version.rules[-1]))

    return replace(
        world,
        versions=[keep_some(version) for version in world.versions],
        candidates=[keep_some(version) for version in world.candidates],
    )


def keep_rows(keep: Callable[[tuple[str, date]], bool], world: World) -> World:
    """Give the world with some of its clients' months only."""
    metrics = {key: values for key, values in world.metrics.items() if keep(key)}
    return replace(world, metrics=metrics)
