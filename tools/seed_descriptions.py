"""What the rule seeds must look like, as their YAML describes them.

Used by check_seeds.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import yaml

from seed_values import FORMATS


# Ten times faster where PyYAML came with its C library; equally safe.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DescriptionError(Exception):
    """The description of the seeds cannot be used."""


@dataclass(frozen=True)
class Column:
    """What the description says of one column."""

    name: str
    format: str = "text"
    required: bool = False
    one_of: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Reference:
    """Columns whose values must stand in the same columns of another seed."""

    columns: list[str]
    seed: str


@dataclass(frozen=True)
class Description:
    """What the description says of one seed."""

    name: str
    columns: list[Column]
    key: list[str]
    references: list[Reference] = field(default_factory=list)
    may_be_empty: bool = False

    @property
    def header(self) -> list[str]:
        """Names of the columns, in order."""
        return [column.name for column in self.columns]

    @property
    def file_name(self) -> str:
        """Name of the seed's file."""
        return f"{self.name}.csv"


def read_descriptions(folder: Path, fallback: Path) -> list[Description]:
    """Read what the seeds must look like.

    Takes the folder to check and the one of this project. Returns what the YAML
    files of the first say, or those of the second when they describe no seed.
    """
    for place in (folder, fallback):
        descriptions = [
            described
            for path in sorted([*place.glob("*.yml"), *place.glob("*.yaml")])
            for described in read_yaml(path)
        ]
        if descriptions:
            return descriptions
    raise DescriptionError(f"No YAML file in {fallback} describes the rule seeds")


def read_yaml(path: Path) -> list[Description]:
    """Read the descriptions of one YAML file: those of its seeds with a key."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)
        seeds = (content or {}).get("seeds") or []
        return [
            described_seed(seed)
            for seed in seeds
            if ((seed.get("config") or {}).get("meta") or {}).get("key")
        ]
    except (
        OSError, UnicodeError, yaml.YAMLError,
        AttributeError, KeyError, TypeError, ValueError,
    ) as error:
        raise DescriptionError(f"{path} cannot be used: {error}") from error


def described_seed(seed: dict) -> Description:
    """Turn one seed of the YAML into a description; ValueError if it has a mistake."""
    meta = seed["config"]["meta"]
    columns = []
    for entry in seed["columns"]:
        said = (entry.get("config") or {}).get("meta") or {}
        column = Column(
            name=entry["name"],
            format=said.get("format", "text"),
            required=bool(said.get("required")),
            one_of=[str(word) for word in said.get("one_of", [])],
        )
        if column.format not in FORMATS:
            raise ValueError(
                f"format {column.format!r} of {seed['name']}.{column.name} is not known"
            )
        columns.append(column)
    references = [
        Reference(columns=said["columns"], seed=said["seed"])
        for said in meta.get("references") or []
    ]
    names = {column.name for column in columns}
    for mentioned in [meta["key"], *(reference.columns for reference in references)]:
        if not names.issuperset(mentioned):
            raise ValueError(f"{seed['name']} has no column for all of {mentioned}")
    return Description(
        name=seed["name"],
        columns=columns,
        key=meta["key"],
        references=references,
        may_be_empty=bool(meta.get("may_be_empty")),
    )
