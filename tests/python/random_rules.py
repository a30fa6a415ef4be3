"""Random but sound rules and random clients, made to hit the edges.

    world = random_world(random.Random(1), scorecards=10, clients=30)

`random` may also be the one of a Hypothesis strategy (`st.randoms()`). Values lie on
the bounds of bands, a millionth beside them, equal those of other clients or are
missing; bounds of rules equal scores that occur.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random

from oracle import (
    Band,
    Condition,
    Criterion,
    Metrics,
    Rule,
    Verdicts,
    Version,
    judge,
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

# Columns and lines of a table, all cells being texts.
Table = tuple[list[str], list[dict[str, str]]]

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
    """Rules, clients and the day from which they are looked at."""

    versions: list[Version]
    candidates: list[Version]
    metrics: Metrics
    as_of: date

    @property
    def verdicts(self) -> Verdicts:
        """What the oracle says of this world."""
        return judge(self.versions, self.metrics, self.as_of.replace(day=1))


# -- making a world ---------------------------------------------------------------


def random_world(random: Random, scorecards: int, clients: int, periods: int) -> World:
    """Make scorecards with up to three versions each, and clients to score."""
    grid = {metric: random_grid(random) for metric in METRICS[1:]}
    grid["tenure_months"] = [Decimal(number) for number in range(0, 16, 2)]
    metrics = random_metrics(random, grid, clients, periods)
    # The last one or two periods may be open.
    as_of = months_before(FIRST_PERIOD, -periods + random.choice([0, 0, 0, 1]))
    everybody = (catch_all("everybody", 1),)
    versions, candidates = [], []
    for number in range(scorecards):
        approved = random_versions(random, f"card_{number}", grid, periods)
        versions += approved
        if random.randint(0, 3) == 3:
            # Scored beside the approved ones: it must not get in their way.
            proposal = replace(approved[0], name="proposal", effective_to=None)
            candidates.append(replace(proposal, rules=everybody))
    # Scores do not depend on the rules, and the rules are to fit the scores.
    draft = World(
        [replace(version, rules=everybody) for version in versions],
        candidates,
        metrics,
        as_of,
    )
    return replace(draft, versions=with_rules(random, draft))


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
        age = random.randint(-2, 4)
        presence = random.choice([1, 3, 9])
        for month in range(max(0, -age), periods):
            if random.randint(0, presence) == 0:
                continue
            values = {"tenure_months": Decimal(age + month)}
            for metric in METRICS[1:]:
                values[metric] = random_value(random, grid[metric])
            metrics[f"client_{number:03}", months_before(FIRST_PERIOD, -month)] = values
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
        criteria = random_criteria(random, grid)
        versions.append(
            Version(
                scorecard=scorecard,
                name=random.choice(["{}", "2025.{}0", "v-{}"]).format(number),
                effective_from=begins,
                effective_to=ends,
                minimum_tenure_months=random.choice([0, 0, 1, 3]),
                minimum_coverage=random_coverage(random, criteria),
                criteria=criteria,
                rules=(),
            )
        )
    return versions


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
                maximum_age_months=random.choice([0, 0, 1, 2, 14]),
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


def with_rules(random: Random, world: World) -> list[Version]:
    """Give the versions rules, with bounds at scores and points that occur."""
    scores: dict[tuple[str, str], set[Decimal]] = {}
    for (scorecard, _, _), verdict in world.verdicts.items():
        if verdict.score is not None:
            scores.setdefault((scorecard, verdict.version), set()).add(verdict.score)
    return [
        replace(
            version,
            rules=random_rules(
                random,
                version,
                sorted(scores.get((version.scorecard, version.name), {Decimal(50)})),
                world.metrics,
            ),
        )
        for version in world.versions
    ]


def random_rules(
    random: Random, version: Version, scores: list[Decimal], metrics: Metrics
) -> tuple[Rule, ...]:
    """Make rules in random order of priority; the last one catches everybody."""
    count = random.randint(0, 5)
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
            random_condition(random, subject, name, version, scores, metrics)
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
    kind = random.randint(0, 3)
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
    for part in ("scorecards", "candidates", "versions", "rules", "clients", "rows"):
        for smaller in without_one(world, part):
            trial = smaller(world)
            if trial.versions and trial.metrics and fails(trial):
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
    elif part == "candidates":
        yield lambda each: replace(each, candidates=[])
    elif part == "rules":
        # Never the last one, which catches everybody.
        for name in sorted({rule.name for each in world.versions for rule in each.rules}):
            yield partial(keep_rules, lambda rule, name=name: rule.name != name)
    elif part == "clients":
        for client in sorted({client for client, _ in world.metrics}):
            yield partial(keep_rows, lambda key, client=client: key[0] != client)
    else:
        for row in sorted(world.metrics):
            yield partial(keep_rows, lambda key, row=row: key != row)


def keep_versions(keep: Callable[[Version], bool], world: World) -> World:
    """Give the world with some of its approved versions only."""
    return replace(world, versions=[each for each in world.versions if keep(each)])


def keep_rules(keep: Callable[[Rule], bool], world: World) -> World:
    """Give the world with some of its rules, and with the last of each version."""
    versions = [
        replace(
            version,
            rules=tuple(
                rule for rule in version.rules
                if keep(rule) or rule == version.rules[-1]
            ),
        )
        for version in world.versions
    ]
    return replace(world, versions=versions)


def keep_rows(keep: Callable[[tuple[str, date]], bool], world: World) -> World:
    """Give the world with some of its clients' months only."""
    metrics = {key: values for key, values in world.metrics.items() if keep(key)}
    return replace(world, metrics=metrics)


# -- writing it as seeds ----------------------------------------------------------


def seed_tables(world: World) -> dict[str, Table]:
    """Give every rule seed by its name."""
    everything = [
        *((version, "approved") for version in world.versions),
        *((version, "candidate") for version in world.candidates),
    ]
    scorecards = sorted({version.scorecard for version in world.versions})
    rows = {
        "scorecards": [
            {"scorecard": name, "label": name, "description": ""} for name in scorecards
        ],
        "scorecard_versions": [],
        "criteria": [
            {
                "criterion": criterion, "metric": metric, "label": criterion,
                "unit": "units", "direction": "higher_is_better",
                "is_actionable": "true", "improvement_action": "",
            }
            for criterion, metric in CRITERIA.items()
        ],
        "criterion_weights": [],
        "score_bands": [],
        "profiles": [
            {
                "scorecard": name, "profile": profile, "rank": rank, "label": profile,
                "is_ideal": "true" if rank == "1" else "false", "color": "#0072B2",
                "description": "",
            }
            for name in scorecards
            for profile, rank in (
                ("P1", "1"), ("P2", "2"), ("P3", "3"), ("not_yet_eligible", ""),
            )
        ],
        "profile_rules": [],
    }
    for version, status in everything:
        add_version(rows, version, status)
    # No decision by hand: an empty seed has to do.
    overrides = [
        "scorecard", "client_id", "profile", "valid_from", "valid_to", "reason",
        "requested_by", "approved_by",
    ]
    return {
        **{name: (list(lines[0]), lines) for name, lines in rows.items()},
        "profile_overrides": (overrides, []),
    }


def add_version(
    rows: dict[str, list[dict[str, str]]], version: Version, status: str
) -> None:
    """Add the lines of one version to those of the seeds, as texts."""
    key = {"scorecard": version.scorecard, "version": version.name}
    rows["scorecard_versions"].append(
        {
            **key, "status": status,
            "effective_from": text(version.effective_from),
            "effective_to": text(version.effective_to),
            "confirmation_periods": "1",
            "minimum_tenure_months": str(version.minimum_tenure_months),
            "minimum_coverage": text(version.minimum_coverage),
            "approved_by": "somebody", "approved_on": "2024-01-01",
            "change_note": "made by chance",
        }
    )
    for criterion in version.criteria:
        rows["criterion_weights"].append(
            {
                **key, "criterion": criterion.name, "weight": text(criterion.weight),
                "normalization": criterion.normalization,
                "missing_value_policy": criterion.missing_value_policy,
                "maximum_age_months": str(criterion.maximum_age_months),
            }
        )
        # From the highest down: the order of the lines must not matter.
        rows["score_bands"] += [
            {
                **key, "criterion": criterion.name, "band": band.name,
                "lower_bound": text(band.lower), "upper_bound": text(band.upper),
                "points": text(band.points), "label": band.name,
            }
            for band in reversed(criterion.bands)
        ]
    rows["profile_rules"] += [
        {
            **key, "priority": str(rule.priority), "rule": rule.name,
            "profile": rule.profile, "subject": condition.subject,
            "subject_name": condition.subject_name or "",
            "lower_bound": text(condition.lower), "upper_bound": text(condition.upper),
        }
        for rule in reversed(version.rules)
        for condition in rule.conditions
    ]


def metric_table(world: World) -> Table:
    """Give int_client_metrics."""
    lines = [
        {
            "client_id": client,
            "period_start": text(period),
            **{metric: text(value) for metric, value in values.items()},
        }
        for (client, period), values in world.metrics.items()
    ]
    return ["client_id", "period_start", *METRICS], lines


def text(value: Decimal | date | None) -> str:
    """Write a cell of a seed; None is an empty one."""
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else value.isoformat()


def write_csv(path: Path, table: Table) -> None:
    """Write a table to a CSV file, with a header even where there are no lines."""
    columns, rows = table
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
