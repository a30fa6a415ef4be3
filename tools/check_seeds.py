"""Check the rule seeds as files, before dbt loads them.

    python tools/check_seeds.py [folder ...]

The default folder is seeds/scorecards of this project. A project that installed
it as a package checks its own rules:

    python dbt_packages/client_profiles/tools/check_seeds.py seeds/scorecards

A database loads nearly any file without a word: with columns swapped, a weight
rounded, a key that ends with a space. So the form of the files and every single
value are checked here. What the lines mean together (weights that sum to 1,
bands without gaps) is checked in the warehouse, by models/rules/rule_problems.

The description of the seeds is seeds/scorecards/_scorecards__seeds.yml; the
YAML in the checked folder comes first when it describes seeds.

Exit code 0: no problem. 1: problems, all of them printed. 2: nothing checked.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from pathlib import Path

from seed_descriptions import (
    Description, DescriptionError, Reference, read_descriptions,
)
from seed_files import Line, SeedFile
from seed_lines import read_seed
from seed_values import show

OWN_SEEDS = Path(__file__).resolve().parent.parent / "seeds" / "scorecards"
# More would only hide the first one.
PROBLEMS_SHOWN_PER_SEED = 25


def main(arguments: list[str] | None = None) -> int:
    """Check the folders named on the command line; return the exit code."""
    folders = parse_folders(arguments)
    # An old console must not stop the report at the first accent.
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    seeds: list[SeedFile] = []
    for folder in folders:
        try:
            if not folder.is_dir():
                raise DescriptionError(f"There is no folder {folder}")
            descriptions = read_descriptions(folder, fallback=OWN_SEEDS)
            if not any((folder / seed.file_name).exists() for seed in descriptions):
                raise DescriptionError(
                    f"The folder {folder} holds no rule seed, "
                    f"not even {descriptions[0].file_name}"
                )
        except DescriptionError as error:
            print(f"check_seeds: {error}", file=sys.stderr)
            return 2
        seeds += check_folder(folder, descriptions)
    return print_report(seeds, folders)


def parse_folders(arguments: list[str] | None) -> list[Path]:
    """Read the command line; argparse ends with exit code 2 when it is wrong."""
    parser = argparse.ArgumentParser(
        prog="check_seeds.py",
        description="Check the rule seeds as files, before dbt loads them.",
    )
    parser.add_argument(
        "folders",
        nargs="*",
        type=Path,
        metavar="folder",
        help="folder with the rule seeds (default: this project's seeds/scorecards)",
    )
    return parser.parse_args(arguments).folders or [OWN_SEEDS]


def check_folder(folder: Path, descriptions: list[Description]) -> list[SeedFile]:
    """Read and check all seeds of one folder; return them with their problems."""
    seeds = {
        description.name: read_seed(folder, description)
        for description in descriptions
    }
    for seed in seeds.values():
        check_key(seed)
    # In the order of the description, where a seed stands after those it refers
    # to: what is wrong there is then not reported again here.
    for seed in seeds.values():
        for reference in seed.description.references:
            check_reference(seed, reference, seeds)
    check_loading([seed for seed in seeds.values() if not seed.problems])
    return list(seeds.values())


def check_key(seed: SeedFile) -> None:
    """Report lines whose key stands on an earlier line already."""
    first_lines: dict[tuple[str, ...], int] = {}
    for line in seed.lines:
        key = known_values(line, seed.description.key)
        if key is None:
            continue
        first = first_lines.setdefault(key, line.number)
        if first != line.number:
            seed.report(
                line.number,
                f"this key stands on line {first} already; keep one of the two lines",
                seed.key_of(line.values),
            )


def known_values(line: Line, columns: list[str]) -> tuple[str, ...] | None:
    """Give a line's values of these columns, or None when one has a problem."""
    if line.bad_columns.intersection(columns):
        return None
    return tuple(line.values[name] for name in columns)


def check_reference(
    seed: SeedFile, reference: Reference, seeds: dict[str, SeedFile]
) -> None:
    """Report values that do not stand in the seed they refer to, each once.

    Where that seed has problems in the same columns, or lines that could not be
    read, those are the root: they are reported, and this is left for later.
    """
    referred = seeds.get(reference.seed)
    if referred is None or not is_sure(referred, reference.columns):
        return
    existing = {known_values(line, reference.columns) for line in referred.lines}
    unknown: dict[tuple[str, ...], list[Line]] = defaultdict(list)
    for line in seed.lines:
        values = known_values(line, reference.columns)
        if values is not None and all(values) and values not in existing:
            unknown[values].append(line)
    for values, lines in unknown.items():
        text = " and ".join(
            f"{name} {show(value)}" for name, value in zip(reference.columns, values)
        )
        more = f" (and {len(lines) - 1} more lines)" if len(lines) > 1 else ""
        seed.report(
            lines[0].number,
            f"no line of {referred.description.file_name} has {text}{more}; "
            "correct it here, or add it there",
            seed.key_of(lines[0].values),
        )
        for line in lines:
            line.bad_columns.update(reference.columns)


def is_sure(seed: SeedFile, columns: list[str]) -> bool:
    """Tell whether all values of these columns are known and right."""
    return (
        seed.is_readable
        and seed.is_complete
        and all(known_values(line, columns) is not None for line in seed.lines)
    )


def check_loading(seeds: list[SeedFile]) -> None:
    """Load each seed as dbt-duckdb does and compare every value with the file.

    DuckDB guesses from the content what quotes and comments look like, and
    dbt-duckdb does not tell it, so now and then it misreads a file that is
    right. On a machine without DuckDB nothing guesses: nothing to check.
    """
    try:
        import duckdb
    except ImportError:
        return
    connection = duckdb.connect()
    for seed in seeds:
        # dbt does not load a seed without lines.
        if seed.lines:
            compare_loaded(seed, connection)
    connection.close()


def compare_loaded(seed: SeedFile, connection) -> None:
    """Report the first value of a seed that DuckDB loads otherwise, if any."""
    import duckdb

    names = seed.description.header
    columns = ", ".join(f"column_{position} text" for position in range(len(names)))
    path = str(seed.path.resolve()).replace("'", "''")
    advice = "put every value of the file in double quotes"
    try:
        connection.execute(f"create or replace table loaded ({columns})")
        # The statement of dbt-duckdb's macro duckdb__load_csv_rows.
        connection.execute(
            f"copy loaded from '{path}' (format csv, header true, delimiter ',')"
        )
        loaded = connection.execute("select * from loaded order by rowid").fetchall()
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        seed.report(0, f"DuckDB cannot load the file ({reason}); {advice}")
        return
    if len(loaded) != len(seed.lines):
        seed.report(
            0,
            f"DuckDB would load {len(loaded)} of {len(seed.lines)} lines; {advice}",
        )
        return
    for line, row in zip(seed.lines, loaded):
        for name, value in zip(names, row):
            if line.values[name] != (value or ""):
                seed.report_value(
                    line,
                    name,
                    f"{show(line.values[name])}, but DuckDB would load "
                    f"{show(value or '')}; {advice}",
                )
                return


def print_report(seeds: list[SeedFile], folders: list[Path]) -> int:
    """Print all problems, or one line when there is none; return the exit code."""
    for seed in seeds:
        # With several folders, the same name stands for several files.
        place = f"{seed.path.parent}/" if len(folders) > 1 else ""
        ordered = sorted(seed.problems, key=lambda problem: problem[0])
        for _, text in ordered[:PROBLEMS_SHOWN_PER_SEED]:
            print(place + text)
        hidden = len(ordered) - PROBLEMS_SHOWN_PER_SEED
        if hidden > 0:
            print(f"{place}{seed.description.file_name}: and {hidden} more")
    count = sum(len(seed.problems) for seed in seeds)
    if count:
        problems = "problem" if count == 1 else "problems"
        print(
            f"{count} {problems} in the rule seeds of "
            f"{', '.join(map(str, folders))}: correct the files and check again"
        )
        return 1
    lines = sum(seed.line_count for seed in seeds)
    print(f"{len(seeds)} rule seeds checked: {lines} lines, no problem")
    return 0


if __name__ == "__main__":
    sys.exit(main())
