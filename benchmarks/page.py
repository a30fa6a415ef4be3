"""Writes docs/performance.md: what the parts measured, and the prose that it keeps.

Whatever is a number comes from results.json; whatever is said about it by a person stands
in performance_notes.md and is copied as it is.
"""

from __future__ import annotations

from pathlib import Path

from chart import bars

# What differs by less CPU time than this can't be told from the noise of dbt's start.
NOISE = 0.5

HERE = Path(__file__).resolve().parent
NOTES = HERE / "performance_notes.md"


def write(results: dict, docs: Path) -> Path:
    """Write the page and its charts into a folder; give the page's path."""
    docs.mkdir(parents=True, exist_ok=True)
    parts = [
        "# Performance\n",
        "Written by `make bench`, with nothing left out; prose that people wrote is from"
        " `benchmarks/performance_notes.md`.\n",
        "Every case is a process of its own. CPU seconds are user and system time; what is"
        " compared was measured in one run on one machine, in turns, and the ratios are what"
        " to look at: seconds differ between machines. Nothing here is a test.\n",
    ]
    for name, section in SECTIONS.items():
        if name in results:
            parts += [section(results[name], docs), measured_on(results[name]["machine"])]
    parts.append(NOTES.read_text(encoding="utf-8"))
    page = docs / "performance.md"
    page.write_text("\n".join(parts), encoding="utf-8")
    return page


def measured_on(machine: dict) -> str:
    """Say where and when a part was measured."""
    return (
        f"Measured on {machine['day']}: {machine['processor']}, {machine['cores']} cores"
        f" seen, load {machine['load']} at the start, {machine['memory']} GB;"
        f" {machine['versions']}; medians of {machine['rounds']} runs.\n"
    )


def table(head: list[str], rows: list[list[str]]) -> str:
    """Give a Markdown table; all columns but the first are numbers."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def ratio(cost: float, base: float) -> str:
    """Give a quotient, or a dash where its base says nothing."""
    return f"{cost / base:.2f}" if base >= NOISE else "–"


def seconds_of(costs: dict[str, dict], base: str, nothing: str) -> list[list[str]]:
    """Give rows of CPU seconds, ratio to the base, wall seconds, memory.

    What the case `nothing` costs is taken off the others.
    """
    off = costs[nothing]
    whole = costs[base]["cpu"] - off["cpu"]
    return [
        [
            name, f"{cost['cpu'] - off['cpu']:.2f}", ratio(cost["cpu"] - off["cpu"], whole),
            f"{cost['wall'] - off['wall']:.2f}", f"{cost['memory']:,.0f}",
        ]
        for name, cost in costs.items() if name != nothing
    ]


HEAD = ["", "CPU s", "× {}", "wall s", "peak MB"]


def verdict(cost: float, base: float, goal: float, word: str) -> str:
    """Say whether a goal is reached, and by how much it is missed."""
    if base < NOISE:
        return "too little was measured to say"
    over = cost / base - goal if word == "at most" else goal - cost / base
    return "reached" if over <= 0 else f"**missed** by {over:.2f}"


def floor(found: dict, docs: Path) -> str:
    """Tell how far scoring is from a copy of the metrics."""
    costs, copy = found["costs"], "copy of the metrics"
    off = costs["nothing"]["cpu"]
    net = {name: cost["cpu"] - off for name, cost in costs.items() if name != "nothing"}
    base = net[copy]
    chart = docs / "performance_floor.svg"
    chart.write_text(bars(
        "CPU seconds beyond dbt's start", {name: max(each, 0) for name, each in net.items()}, "s"
    ), encoding="utf-8")
    own = net["this project, the five columns of the others"]
    kept = net["this project, all that it keeps"]
    goals = [
        ("× of a copy of the metrics", own, base, 1.7, "at most"),
        ("× of one pass by hand", own, net["one pass by hand"], 1.15, "at most"),
        ("× less than the long way", net["the long way"], own, 6.0, "at least"),
        ("× of a copy of the metrics, with all that it keeps", kept, base, 1.7, "at most"),
    ]
    judged = [
        [f"{ratio(cost, beside)} {what}", f"{word} {goal}", verdict(cost, beside, goal, word)]
        for what, cost, beside, goal, word in goals
    ]
    same = all(count == 0 for count in found["differing"].values())
    rows = seconds_of(found["steps"], copy, "nothing")
    return "\n".join([
        "## Against the floor\n",
        f"{found['clients']:,} clients × {found['periods']} periods × 8 criteria with five"
        " bands each, plain rules, through dbt; a run with a model of one row"
        f" ({off:.1f} CPU s, {costs['nothing']['wall']:.1f} s) is taken off. Scored and"
        " judged means: from the metrics to a stored table with client, period, score,"
        " coverage and profile. The table that this project keeps also says which rule decided, to"
        " which profiles missing values could lead, and by which rules: 15 columns, of which 9 are"
        " texts. Copying that table is the floor of storing it.\n",
        table([HEAD[0], HEAD[1], HEAD[2].format("copy"), *HEAD[3:]],
              seconds_of(costs, copy, "nothing")),
        f"![CPU seconds of each way]({chart.name})\n",
        table(["this project takes", "goal", ""], judged),
        "Rows that differ from this project's: "
        + ", ".join(f"{name} {count}" for name, count in found["differing"].items())
        + ("." if same else ": **the answers are not the same**.") + "\n",
        f"All that a first build does until readers have their table, {found['step_rows']:,}"
        " client-periods:\n",
        table([HEAD[0], HEAD[1], HEAD[2].format("copy"), *HEAD[3:]], rows),
    ])


def peers(found: dict, docs: Path) -> str:
    """Tell who is ahead of whom."""
    chart = docs / "performance_peers.svg"
    costs = found["costs"]
    chart.write_text(bars(
        "Seconds from the metrics table to profiles in the database",
        {name: cost["wall"] for name, cost in costs.items()}, "s",
    ), encoding="utf-8")
    own = "this project, the peers' five columns"
    ahead = [
        name for name, cost in costs.items()
        if not name.startswith("this") and cost["wall"] < costs[own]["wall"]
    ]
    return "\n".join([
        "## Against peers\n",
        f"{found['rows']:,} client-periods in a DuckDB file; wall time until the profiles are"
        " stored in it. Start of Python and imports are left out for all, dbt for this"
        " project. Peers sum whole numbers; pymcdm sums floats, has no bands and gets them"
        " from numpy.\n",
        table(
            ["", "wall s", "× this project", "CPU s", "peak MB"],
            [
                [name, f"{cost['wall']:.2f}", f"{cost['wall'] / costs[own]['wall']:.2f}",
                 f"{cost['cpu']:.2f}", f"{cost['memory']:,.0f}"]
                for name, cost in costs.items()
            ],
        ),
        f"![seconds until the profiles are stored]({chart.name})\n",
        "Rows that differ from this project's: "
        + ", ".join(f"{name} {count}" for name, count in found["differing"].items()) + ".\n",
        f"Ahead of this project in wall time: {', '.join(ahead) if ahead else 'none'}.\n",
    ])


def growth(found: dict, docs: Path) -> str:
    """Tell the slopes."""
    parts = [
        "## Growth\n",
        "CPU seconds of the compiled scoring, and the slope fitted on logarithms: 1 is"
        " linear, less than 1 better. Clients have 12 periods and 8 criteria; the others"
        f" {found['base']['clients']:,} clients"
        f" × {found['base']['periods']} periods × 8 criteria where nothing else is said.\n",
    ]
    for kind, points in found["series"].items():
        slope = found["slopes"][kind]
        parts += [
            f"**{kind}**: slope {slope:.2f}\n",
            table(
                [kind, "CPU s", "wall s", "peak MB"],
                [[f"{each['size']:,}", f"{each['cpu']:.2f}", f"{each['wall']:.2f}",
                  f"{each['memory']:,.0f}"] for each in points],
            ),
        ]
    limited = found["limited"]
    parts.append(
        f"With DuckDB's memory limited to {found['memory_limit']}, {found['largest_rows']:,}"
        f" client-periods took {limited['cpu']:.2f} CPU s and {limited['wall']:.2f} s; the"
        f" process held {limited['memory']:,.0f} MB at the most.\n"
    )
    return "\n".join(parts)


def changes(found: dict, docs: Path) -> str:
    """Tell what a new period costs beside a rebuild."""
    runs, models = found["runs"], found["models"]
    off = runs["nothing"]["cpu"]
    whole = runs["rebuild"]["cpu"] - off
    rows = []
    for group, names in found["groups"].items():
        new = sum(models[name].get("new", 0) for name in names)
        anew = sum(models[name].get("rebuild", 0) for name in names)
        rows.append([f"**{group}**", f"{new:.2f}", f"{anew:.2f}", f"{new / max(anew, 0.001):.2f}"])
        rows += [
            [name, f"{models[name].get('new', 0):.2f}", f"{models[name].get('rebuild', 0):.2f}",
             f"{models[name].get('new', 0) / max(models[name].get('rebuild', 0), 0.001):.2f}"]
            for name in names
        ]
    return "\n".join([
        "## What changed is what it costs\n",
        f"{found['clients']:,} clients; one new period beside the {found['periods'] - 1} that"
        f" were there, and everything anew; {found['movements']:,} movements in all. Seconds"
        " that dbt records, one thread. A share of 1/8 is 0.12.\n",
        table(["", "new period s", "rebuild s", "share"], rows),
        f"Of the whole run, beyond a run with a model of one row ({off:.2f} CPU s):"
        f" {runs['new']['cpu'] - off:.2f} CPU s for the new period,"
        f" {whole:.2f} for everything, a share of {ratio(runs['new']['cpu'] - off, whole)}."
        f" A candidate that was edited, scored anew by itself:"
        f" {runs['candidate']['cpu'] - off:.2f} CPU s.\n",
    ])


def share(found: dict, docs: Path) -> str:
    """Tell where the time of a run goes."""
    costs, nodes = found["costs"], found["nodes"]
    names = {"build": "**the whole build**", "trivial": "**the trivial project's build**"}
    rows = [
        [
            names.get(name) or (f"{name} ({nodes[name]})" if name in nodes else name),
            f"{costs[name]['cpu']:.1f}", f"{costs[name]['wall']:.1f}",
        ]
        for name in [name for name in costs if name not in names] + list(names)
    ]
    times = costs["build"]["cpu"] / costs["trivial"]["cpu"]
    return "\n".join([
        "## dbt's own share\n",
        "`make run` on the demo, from nothing, with everything installed and one thread; and"
        f" a project with as many nodes of each kind ({sum(nodes.values())} in all) that do next"
        " to nothing. CPU seconds of seeds, models, snapshots and tests are those of the build,"
        " shared by their wall time.\n",
        table(["", "CPU s", "wall s"], rows),
        f"The build takes {times:.2f} × the CPU time of the trivial one; the goal is at most 2"
        f" ({'reached' if times <= 2 else '**missed**'}).\n",
    ])


SECTIONS = {
    "floor": floor, "peers": peers, "growth": growth, "changes": changes, "share": share,
}
