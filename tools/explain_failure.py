"""Say what failed in the last run, why, and what to do next.

    .venv/bin/python tools/explain_failure.py [--out FILE]

Reads what dbt left in target/: run_results.json of a build, sources.json of a look at
the sources. Prints Markdown, also appended to FILE, such as the summary of a job. Text
from the data or the rules that stands in a message is shown and does nothing.

Exit code 0, whatever it has to say: the failure itself was somebody else's.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from markdown import escape, table

FAILURES_SHOWN = 10
LINES_SHOWN = 12
BAD = ("error", "fail", "runtime error", "partial success")
KINDS = {"unit_test": "unit test", "model": "table", "operation": "hook"}
STAYS = "What people read is the last publication: nothing was published by this run."


def main(arguments: list[str] | None = None) -> int:
    """Print what failed; return the exit code."""
    parser = argparse.ArgumentParser(prog="explain_failure.py", description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, help="file to append the text to")
    given = parser.parse_args(arguments)
    text = "\n".join(explain(Path(os.environ.get("DBT_TARGET_PATH") or "target"))) + "\n"
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    print(text, end="")
    if given.out:
        with given.out.open("a", encoding="utf-8") as file:
            file.write(text)
    return 0


def explain(target: Path) -> list[str]:
    """Give the lines about what dbt left in this folder."""
    late = explain_sources(read(target / "sources.json"))
    failed = explain_build(read(target / "run_results.json"))
    lines = late + failed
    if lines:
        return ["## The run failed", "", STAYS, "", *lines]
    return [
        "## The run failed outside of dbt's steps",
        "",
        "No model, test or source that dbt reports on has failed. So it stopped before dbt began"
        " (installing, the check of the rule files, a setting, another run that holds the"
        " database: exit code 75), or after everything had passed, while publishing or making the"
        " report.",
        "",
        "Next:",
        "",
        "- The last lines of the step that failed say which, and what to do.",
        "- `make check-seeds` checks the rule files alone, `make doctor` what is installed.",
        "- `logs/dbt.log` holds what dbt had to say.",
    ]


def read(file: Path) -> dict:
    """Read one of dbt's files; an empty object when it is not there or was cut off."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def explain_sources(content: dict) -> list[str]:
    """Say which sources are late."""
    late = [each for each in content.get("results", []) if each.get("status") in BAD]
    if not late:
        return []
    rows = [
        (
            last_name(each["unique_id"]),
            age_in_words(each),
            limit_in_words((each.get("criteria") or {}).get("error_after") or {}),
        )
        for each in late
    ]
    return [
        f"### {counted(len(late), 'source')} late",
        "",
        *table(["source", "newest row", "late after"], rows),
        "Next:",
        "",
        "- Ask whoever loads these tables why nothing came; then run again.",
        "- To go on without: `make publish` looks at no freshness. Months that closed meanwhile"
        " are scored with what is there.",
        "- The limits stand beside each source in its yml.",
        "",
    ]


def age_in_words(source: dict) -> str:
    """Say how old the newest row is, or why that is not known."""
    if source.get("error"):
        return str(source["error"])
    age = source.get("max_loaded_at_time_ago_in_s")
    # A source without rows has the age of the first day that Python knows.
    if age is None or age > 100 * 366 * 86400:
        return "there is none"
    return f"{int(age // 86400)} days old"


def limit_in_words(limit: dict) -> str:
    """Say after how long a source is late."""
    return f"{limit.get('count')} {limit.get('period')}s" if limit.get("count") else ""


def explain_build(content: dict) -> list[str]:
    """Say which steps of a build failed, why, and how to look into each."""
    results = content.get("results", [])
    failed = [each for each in results if each.get("status") in BAD]
    if not failed:
        return []
    skipped = sum(each.get("status") == "skipped" for each in results)
    lines = [
        f"### {counted(len(failed), 'step')} of {len(results)} failed"
        + (f", {skipped} were left out because of that" if skipped else ""),
        "",
    ]
    for each in failed[:FAILURES_SHOWN]:
        lines += describe(each)
    if len(failed) > FAILURES_SHOWN:
        lines += [f"… and {len(failed) - FAILURES_SHOWN} more.", ""]
    return [
        *lines,
        "When that is put right: `make run`. It goes on from what closed months hold.",
        "",
    ]


def describe(result: dict) -> list[str]:
    """Say what failed, dbt's message and the next command."""
    kind, _, rest = result["unique_id"].partition(".")
    name = last_name(result["unique_id"]) if kind != "test" else test_name(rest)
    message = str(result.get("message") or "no message").strip().splitlines()
    shown = [line.rstrip() for line in message if line.strip()][:LINES_SHOWN]
    return [
        f"**{KINDS.get(kind, kind)} {escape(name)}**",
        "",
        *(f"> {escape(line)}  " for line in shown),
        "",
        f"Next: {next_command(kind, name)}",
        "",
    ]


def next_command(kind: str, name: str) -> str:
    """Give the command that shows more of a failure."""
    command = {
        "test": f"dbt test --select {name} --store-failures",
        "unit_test": f"dbt test --select {name}",
    }.get(kind, f"dbt build --select {name}")
    shows = {
        "test": "keeps the rows that failed in a table and names it",
        "unit_test": "shows expected and actual rows",
    }.get(kind, "tries it alone")
    # The name goes into code, where nothing is markup but a backtick.
    return f"`{command.replace('`', '')}` {shows}"


def last_name(unique_id: str) -> str:
    """Give the name at the end of dbt's id."""
    return unique_id.rsplit(".", 1)[-1]


def test_name(rest: str) -> str:
    """Give the name of a test: behind the project, before the hash that generic ones have."""
    parts = rest.split(".")
    return parts[1] if len(parts) > 1 else rest


def counted(count: int, what: str) -> str:
    """Say how many there are of something."""
    return f"{count} {what}{'' if count == 1 else 's'}"


if __name__ == "__main__":
    sys.exit(main())
