"""The demo with more in it: metrics, criteria, columns of rule seeds, and less again."""

from __future__ import annotations

from demo_project import DemoProject
from project_files import ROOT
from seed_edits import append, edit_file, replace

METRICS = "models/metrics/int_client_metrics.sql"
SEEDS = "seeds/scorecards/_scorecards__seeds.yml"


def metric_line(name: str, expression: str) -> str:
    """Give a line of the table that every scorecard reads."""
    return f"        {expression} as {name},\n"


def add_metric(project: DemoProject, name: str, expression: str) -> None:
    """Add a column to the table that every scorecard reads."""
    before = "        order_metrics.order_trend,\n"
    edit_file(
        project.folder / METRICS, replace(before, before + metric_line(name, expression))
    )


def drop_metric(project: DemoProject, name: str, expression: str) -> None:
    """Take the column away."""
    edit_file(project.folder / METRICS, replace(metric_line(name, expression), ""))


def judge_metric(
    project: DemoProject,
    criterion: str,
    bands: dict[str, tuple[str, int]],
    instead_of: str,
    weights: tuple[str, str],
) -> None:
    """Give a tenth of another criterion's weight to a criterion.

    criterion: scorecard, version and name, as they stand in the seeds
    bands: name: (lower bound, points), from the lowest one, which begins nowhere
    instead_of: the other criterion, likewise
    weights: what the other one weighed, and what is left
    """
    before, after = weights
    project.edit_rules(
        "criterion_weights",
        replace(f"{instead_of},{before},", f"{instead_of},{after},"),
        append(f"{criterion},0.1,none,worst,0"),
    )
    lower_bounds = [bound for bound, _ in bands.values()]
    project.edit_rules(
        "score_bands",
        append(
            *(
                f"{criterion},{band},{lower},{upper},{points},{band}"
                for (band, (lower, points)), upper
                in zip(bands.items(), [*lower_bounds[1:], ""])
            )
        ),
    )


def extend_seed(project: DemoProject, seed: str, column: str, value: str) -> None:
    """Add a last column to a rule seed, with one value in every line."""
    path = project.folder / f"seeds/scorecards/{seed}.csv"
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    extended = [f"{header},{column}", *(f"{line},{value}" for line in lines)]
    path.write_text("".join(f"{line}\n" for line in extended), encoding="utf-8")
    edit_file(project.folder / SEEDS, _extend_description(seed, column))
    edit_file(
        project.folder / f"models/rules/stg_{seed}.sql",
        replace("        seed.scorecard,\n", f"        seed.scorecard,\n        seed.{column},\n"),
    )


def shorten_seed(project: DemoProject, seed: str, column: str) -> None:
    """Take the last column away again."""
    path = project.folder / f"seeds/scorecards/{seed}.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].endswith(f",{column}")
    path.write_text(
        "".join(f"{line.rpartition(',')[0]}\n" for line in lines), encoding="utf-8"
    )
    for name in (SEEDS, f"models/rules/stg_{seed}.sql"):
        (project.folder / name).write_bytes((ROOT / name).read_bytes())


def _extend_description(seed: str, column: str):
    """Give an edit that describes a last column of a seed."""

    def edit(text: str) -> str:
        before, start, rest = text.partition(f"\n  - name: {seed}\n")
        assert start, f"{seed} is not described"
        own, end, after = rest.partition("\n  - name: ")
        own = own.rstrip("\n")
        types = own.index("}", own.index("column_types: {"))
        own = f"{own[:types]}, {column}: text{own[types:]}"
        own += (
            f"\n      - name: {column}\n        description: Who looks after it.\n"
            "        config: {meta: {format: name}}\n"
        )
        return before + start + own + end + after

    return edit


def bring_back(project: DemoProject, client: str) -> None:
    """Put a client that was forgotten into all source tables again."""
    for path in (ROOT / "seeds" / "demo").glob("raw_*.csv"):
        lines = path.read_text(encoding="utf-8").splitlines()
        project.edit_source(
            path.stem, append(*(line for line in lines if client in line.split(",")[:2]))
        )
