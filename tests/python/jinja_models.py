"""Run the project's own models and macros in milliseconds, without dbt.

dbt takes seconds to start, too long to try thousands of rule sets one by one. This
renders the same files with plain Jinja and runs them on a DuckDB in memory. Only the
words that dbt adds to Jinja are written again here, and only those that the scoring
needs; an unknown one is an error that names it.

    models = JinjaModels()
    models.load(metrics)
    models.look_from(as_of, seeds)
    rows = models.run("int_profile_candidates")

Looked at from a later day, incremental models go on from what they hold, as they do in
a later run of dbt.
"""

from __future__ import annotations

import datetime
import functools
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import jinja2
import yaml

from project_files import ROOT
from world_tables import Table

MACRO = re.compile(r"{%-?\s*macro\s+(\w+)\s*\(")


class _Return(Exception):
    """Carries the value of dbt's return() out of a macro."""

    def __init__(self, value: Any):
        self.value = value


@functools.cache
def macro_files(root: Path) -> dict[str, str]:
    """Give the text of the file that holds each macro, by the macro's name."""
    files = {}
    for path in sorted((root / "macros").glob("**/*.sql")):
        source = path.read_text(encoding="utf-8")
        files.update(dict.fromkeys(MACRO.findall(source), source))
    return files


@functools.cache
def model_files(root: Path) -> dict[str, str]:
    """Give the text of each model, by its name."""
    return {
        path.stem: path.read_text(encoding="utf-8")
        for path in sorted((root / "models").glob("**/*.sql"))
    }


class JinjaModels:
    """The project's models over any rules and metrics, in memory.

    root: the project whose files are rendered. An instance is used again and again,
    because compiling the templates costs more than running them.
    sound_rules: whether the rules that come here are known to be sound, as those are
    that builds by dbt check; data always are
    """

    def __init__(self, root: Path = ROOT, *, sound_rules: bool = True):
        self._left_out = {"raise_input_defects"}
        if sound_rules:
            self._left_out.add("raise_rule_problems")
        self._models = model_files(root)
        self._macros = macro_files(root)
        self._variables: dict[str, Any] = {}
        # Tables that hold data of this run, and those that an earlier run left.
        self._built: set[str] = set()
        self._kept: set[str] = set()
        self._settings: dict[str, dict[str, Any]] = {}
        self._connection = duckdb.connect(":memory:", config={"threads": 1})
        self._environment = jinja2.Environment(
            extensions=["jinja2.ext.do"], undefined=jinja2.StrictUndefined
        )
        self._environment.globals.update(self._words_of_dbt())
        self._template = functools.cache(self._environment.from_string)

    def forget(self) -> None:
        """Forget all data."""
        for name in sorted(self._built | self._kept):
            self._drop(name)

    def load(self, metrics: Table) -> None:
        """Forget everything and take in int_client_metrics."""
        self.forget()
        columns, rows = metrics
        types = {"client_id": "text", "period_start": "date"}
        self._load_table(
            "int_client_metrics",
            {column: types.get(column, "decimal(28, 6)") for column in columns},
            rows,
        )

    def load_query(self, build_file: Path, query: str) -> None:
        """Forget everything and take in what a query of a DuckDB file gives.

        query: gives the rows of int_client_metrics; the file is called `build` in it
        """
        self.forget()
        self._connection.execute(f"attach '{build_file}' as build (read_only)")
        self._connection.execute(f"create table int_client_metrics as {query}")
        self._connection.execute("detach build")
        self._built.add("int_client_metrics")

    def look_from(self, as_of: datetime.date, seeds: dict[str, Table]) -> None:
        """Begin a run.

        as_of: the day from which the data are looked at, later at every run; seeds: the
        rule seeds by name, as they are on that day
        """
        self._variables = {"as_of": as_of.isoformat()}
        for name in sorted(self._built - {"int_client_metrics"}):
            if self._settings.get(name, {}).get("materialized") == "incremental":
                self._built.remove(name)
                self._kept.add(name)
            else:
                self._drop(name)
        for name, (columns, rows) in seeds.items():
            self._load_table(name, dict.fromkeys(columns, "text"), rows)

    def give(
        self, name: str, columns: dict[str, str], rows: list[dict[str, str]]
    ) -> None:
        """Take rows for what a model would hold, in place of building it.

        columns: their types by name; rows: cells as texts, empty ones are nulls
        """
        self._load_table(name, columns, rows)

    def describe_seeds(self, yml: Path) -> None:
        """Let macros see what a YAML file says of seeds."""
        described = yaml.safe_load(yml.read_text(encoding="utf-8"))["seeds"]
        self._environment.globals["graph"] = SimpleNamespace(
            nodes={f"seed.{seed['name']}": _seed_node(seed) for seed in described}
        )

    def set_variable(self, name: str, value: Any) -> None:
        """Set a variable for this run, as with --vars."""
        self._variables[name] = value

    def run(self, name: str) -> list[dict[str, Any]]:
        """Build a model and all it reads; give its rows."""
        self._build(name)
        cursor = self._connection.execute(f'select * from "{name}"')
        columns = [column[0] for column in cursor.description]
        return [dict(zip(columns, row)) for row in cursor.fetchall()]

    def ask(self, template: str) -> list[tuple]:
        """Give the rows of a query that may use macros."""
        return self._run_query(self._template(template).render()).rows

    def call(self, macro: str, *args: Any) -> Any:
        """Give what a macro of the project gives."""
        return self._call_macro(macro, *args)

    def close(self) -> None:
        """Free the memory."""
        self._connection.close()

    def _build(self, name: str) -> str:
        """Build a model if this run has not done so yet; give its name in SQL."""
        if name not in self._built:
            is_later_run = name in self._kept
            settings: dict[str, Any] = {}
            self._settings[name] = settings
            sql = self._template(self._models[name]).render(
                config=lambda **given: settings.update(given) or "",
                is_incremental=lambda: is_later_run,
                this=f'"{name}"',
            )
            if is_later_run:
                self._run_hooks(name, settings.get("pre_hook", []))
                self._replace_rows(name, sql, settings.get("unique_key"))
            else:
                self._connection.execute(f'create table "{name}" as {sql}')
            self._kept.discard(name)
            self._built.add(name)
        return f'"{name}"'

    def _drop(self, name: str) -> None:
        self._connection.execute(f'drop table "{name}"')
        self._built.discard(name)
        self._kept.discard(name)

    def _run_hooks(self, name: str, hooks: list[str | dict[str, Any]] | str) -> None:
        """Run what a model that goes on from an earlier run does first.

        As in dbt, its own SQL has been rendered before.
        """
        for hook in [hooks] if isinstance(hooks, str) else hooks:
            template = hook if isinstance(hook, str) else hook["sql"]
            sql = self._template(template).render(this=f'"{name}"').strip()
            if sql:
                self._connection.execute(sql)

    def _replace_rows(self, name: str, sql: str, unique_key: str | None) -> None:
        """Add the rows of a later run, in the place of those of the same key."""
        self._connection.execute(f"create or replace temp table new_rows as {sql}")
        if unique_key is not None:
            self._connection.execute(
                f'delete from "{name}" where {unique_key} in '
                f"(select {unique_key} from new_rows)"
            )
        self._connection.execute(f'insert into "{name}" by name select * from new_rows')

    def _load_table(
        self, name: str, columns: dict[str, str], rows: list[dict[str, str]]
    ) -> None:
        """Make a table of lines; empty texts are nulls, as dbt loads seeds."""
        described = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
        self._connection.execute(f'create table "{name}" ({described})')
        if rows:
            lines = ", ".join(
                "(" + ", ".join(_literal(row[column]) for column in columns) + ")"
                for row in rows
            )
            self._connection.execute(f'insert into "{name}" values {lines}')
        self._built.add(name)

    def _words_of_dbt(self) -> dict[str, Any]:
        """Give what dbt adds to Jinja, as far as the scoring uses it."""
        return {
            "execute": True,
            # In macros, which only the hooks of a later run ask; models bring their own.
            "is_incremental": lambda: True,
            "project_name": "client_profiles",
            "target": SimpleNamespace(type="duckdb"),
            "client_profiles": _Namespace(self._call_macro),
            # With or without the name of the package in front.
            "ref": lambda *names: self._build(names[-1]),
            "var": lambda name, default=None: self._variables.get(name, default),
            "return": _raise_return,
            "run_query": self._run_query,
            # Whatever a model refers to has been built by then.
            "load_relation": lambda relation: relation,
            "local_md5": lambda words: hashlib.md5(words.encode()).hexdigest(),
            "tojson": lambda value, sort_keys=False: json.dumps(
                value, sort_keys=sort_keys
            ),
            "modules": SimpleNamespace(re=re, datetime=datetime),
            "exceptions": SimpleNamespace(raise_compiler_error=_raise_error),
            # What earlier runs left is not looked at for rules that have changed.
            "graph": SimpleNamespace(nodes={}),
            "dbt": SimpleNamespace(
                type_string=lambda: "text",
                string_literal=lambda words: f"'{words}'",
                escape_single_quotes=lambda words: words.replace("'", "''"),
                concat=lambda parts: " || ".join(parts),
                listagg=lambda measure, delimiter="','", order="": (
                    f"string_agg({measure}, {delimiter} {order or ''})"
                ),
                dateadd=lambda part, number, day: f"{day} + interval ({number}) {part}",
            ),
            "dbt_utils": SimpleNamespace(generate_surrogate_key=_surrogate_key),
            "adapter": SimpleNamespace(
                dispatch=self._dispatch,
                get_columns_in_relation=self._columns,
                # Whatever is asked for has been built by then.
                get_relation=lambda *names: names[-1],
            ),
        }

    def _call_macro(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if name in self._left_out:
            return ""
        # Tests change tables and variables within what dbt would call one command.
        if name == "remembered":
            return None
        if name == "remember":
            return args[1]
        if name not in self._macros:
            raise AttributeError(f"the project has no macro {name}")
        try:
            return getattr(self._template(self._macros[name]).module, name)(
                *args, **kwargs
            )
        except _Return as returned:
            return returned.value

    def _dispatch(self, name: str, package: str) -> Callable:
        own = f"duckdb__{name}"
        return functools.partial(
            self._call_macro, own if own in self._macros else f"default__{name}"
        )

    def _run_query(self, sql: str) -> SimpleNamespace:
        return SimpleNamespace(rows=self._connection.execute(sql).fetchall())

    def _columns(self, relation: str) -> list[SimpleNamespace]:
        described = self._connection.execute(f"describe {relation}").fetchall()
        return [SimpleNamespace(name=row[0], data_type=row[1]) for row in described]


class _Namespace:
    """Lets macros be called as in dbt: client_profiles.name_of_the_macro()."""

    def __init__(self, call: Callable):
        self._call = call

    def __getattr__(self, name: str) -> Callable:
        return functools.partial(self._call, name)


def _seed_node(seed: dict[str, Any]) -> SimpleNamespace:
    """Give a seed as dbt's graph has it, as far as macros look at it."""

    def config(described: dict[str, Any]) -> SimpleNamespace:
        # What is not said counts as no, which plain Jinja would refuse.
        meta = described.get("config", {}).get("meta", {})
        return SimpleNamespace(meta=defaultdict(lambda: None, meta))

    columns = {
        column["name"]: SimpleNamespace(name=column["name"], config=config(column), meta={})
        for column in seed["columns"]
    }
    return SimpleNamespace(
        resource_type="seed", name=seed["name"], columns=columns, config=config(seed)
    )


def _raise_return(value: Any = None) -> None:
    raise _Return(value)


def _raise_error(message: str) -> None:
    raise ValueError(message)


def _surrogate_key(columns: list[str]) -> str:
    texts = [
        f"coalesce(cast({column} as text), '_dbt_utils_surrogate_key_null_')"
        for column in columns
    ]
    return "md5(" + " || '-' || ".join(texts) + ")"


def _literal(cell: str) -> str:
    # DuckDB reads SQL up to a character zero, but texts may hold one.
    text = cell.replace("'", "''").replace("\0", "' || chr(0) || '")
    return f"('{text}')" if cell else "null"


@functools.cache
def in_memory() -> JinjaModels:
    """Give one renderer, whose compiled templates all worlds share."""
    return JinjaModels()
