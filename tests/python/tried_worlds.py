"""Random worlds, some as people would write them, and what the project says of them.

    world = Tried(1, ["fct_paths_to_ideal"])
    world.tables["fct_paths_to_ideal"]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from random import Random

from jinja_models import in_memory
from oracle import Condition, Rule, Version
from oracle_potential import MILLIONTH, Situation, Trait, situations
from random_rules import CRITERIA, World, catch_all, random_world
from world_tables import metric_table, seed_tables

Row = dict


def no_lines(_: World) -> list[Row]:
    """Give an empty seed."""
    return []


class Tried:
    """A random world and what the project says of it.

    tables: the models to run, once everything is scored
    benefits: lines of the seed of this name
    """

    def __init__(
        self, seed: int, tables: Iterable[str], benefits: Callable[[World], list[Row]] = no_lines
    ):
        random = Random(seed)
        self.world: World = random_world(random, scorecards=3, clients=7, periods=9)
        self.traits = {
            name: Trait(
                metric,
                random.choice(["higher_is_better", "lower_is_better"]),
                random.random() < 0.9,
                random.randint(1, 3),
            )
            for name, metric in CRITERIA.items()
        }
        # Rules by chance rarely ask for more of several things at once.
        if seed % 4:
            self.world = as_people_write(random, self.world, self.traits)
        models = in_memory()
        models.load(metric_table(self.world))
        for day in self.world.days:
            seeds = seed_tables(self.world, day)
            for line in seeds["criteria"][1]:
                trait = self.traits[line["criterion"]]
                line["direction"] = trait.direction
                line["is_actionable"] = str(trait.is_actionable).lower()
                line["effort"] = str(trait.effort)
            seeds["benefits"][1].extend(benefits(self.world))
            models.look_from(day, seeds)
            models.run("int_profile_assignments")
        self.tables = {table: models.run(table) for table in tables}
        self.situations: dict[str, Situation] = situations(self.world.verdicts)

    def clients(self):
        """List scorecard, situation, client and verdict of everybody."""
        for scorecard, situation in self.situations.items():
            for client, verdict in situation.verdicts.items():
                yield scorecard, situation, client, verdict

    def by_client(self, table: str) -> dict[tuple, list[Row]]:
        """Give the rows of a table by scorecard and client."""
        found = defaultdict(list)
        for row in self.tables[table]:
            found[row["scorecard"], row["client_id"]].append(row)
        return found


def as_people_write(random: Random, world: World, traits: dict[str, Trait]) -> World:
    """Let better values be worth more and better profiles ask for more, all weigh alike."""

    def write(version: Version) -> Version:
        criteria = []
        for criterion in version.criteria:
            points = sorted(band.points for band in criterion.bands)
            if traits[criterion.name].sign < 0:
                points.reverse()
            bands = tuple(
                replace(band, points=worth) for band, worth in zip(criterion.bands, points)
            )
            weight = (1 / Decimal(len(version.criteria))).quantize(MILLIONTH)
            if not criteria:
                weight = 1 - weight * (len(version.criteria) - 1)
            criteria.append(replace(criterion, bands=bands, weight=weight))
        rules = [
            Rule(profile, priority, profile, (Condition("score", None, bound, None),))
            for priority, profile, bound in (
                (1, "P1", Decimal(random.randint(60, 90))),
                (2, "P2", Decimal(random.randint(20, 60))),
            )
        ]
        gate = random.choice([None, "points", "metric"])
        criterion = random.choice(criteria)
        if gate == "points":
            bound = random.choice(criterion.bands).points
            gates = (Condition(gate, criterion.name, bound, None),)
        elif gate == "metric":
            bounds = [band.lower for band in criterion.bands if band.lower is not None]
            gates = tuple(
                Condition(gate, criterion.metric, bound, None)
                if traits[criterion.name].sign > 0
                else Condition(gate, criterion.metric, None, bound)
                for bound in bounds[:1]
            )
        else:
            gates = ()
        rules[0] = replace(rules[0], conditions=(*rules[0].conditions, *gates))
        return replace(
            version, criteria=tuple(criteria), rules=(*rules, catch_all("otherwise", 3))
        )

    return replace(
        world,
        versions=[write(version) for version in world.versions],
        candidates=[write(version) for version in world.candidates],
    )
