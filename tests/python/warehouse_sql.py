"""What in an SQL text other warehouses do not document, found in its syntax tree.

    problems(sql, "snowflake")      # ["function regexp_like …", …]

sqlglot reads almost anything, also what the warehouse would refuse. So a text has to be
read without an error, and then every function, every type and every construct in the tree
has to be one that the warehouse's SQL reference lists:

| warehouse | reference |
|---|---|
| Snowflake | docs.snowflake.com, SQL function reference, Query syntax, Data types |
| BigQuery | cloud.google.com/bigquery/docs/reference/standard-sql |
| Redshift | docs.aws.amazon.com/redshift, SQL functions reference, SQL commands |
| Databricks | docs.databricks.com, SQL language reference |

It says nothing of what a function does there, nor whether its arguments have the right
types: this is reading, not running.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp, parse
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.tokens import TokenType

EVERYWHERE = {
    "abs", "cast", "ceil", "coalesce", "count", "dense_rank", "extract", "first_value", "floor",
    "lag", "lead", "length", "lower", "max", "md5", "min", "mod", "nullif", "rank",
    "round", "row_number", "sqrt", "substring", "sum", "translate", "trim",
}
FUNCTIONS = {
    "snowflake": EVERYWHERE | {
        "dateadd", "datediff", "date_trunc", "listagg", "position", "regexp_instr",
        "regexp_like", "regexp_replace", "rtrim",
    },
    "bigquery": EVERYWHERE | {
        "datetime_add", "datetime_diff", "div", "normalize", "regexp_contains",
        "regexp_replace", "rtrim", "string_agg", "strpos", "timestamp_trunc", "to_hex",
    },
    "redshift": EVERYWHERE | {
        "dateadd", "datediff", "date_trunc", "listagg", "position", "regexp_instr",
        "regexp_replace",
    },
    "databricks": EVERYWHERE | {
        # An operator between two brackets.
        "div",
        "date_trunc", "listagg", "position", "rand", "regexp_like", "regexp_replace",
        "timestampadd", "timestampdiff",
    },
}
# As they are written, without their sizes.
TYPES_EVERYWHERE = {"bigint", "boolean", "date", "decimal", "integer", "timestamp"}
TYPES = {
    "snowflake": TYPES_EVERYWHERE | {"text", "float"},
    "bigquery": TYPES_EVERYWHERE | {"string", "float64", "datetime", "bignumeric"},
    "redshift": TYPES_EVERYWHERE | {"text", "float"},
    "databricks": TYPES_EVERYWHERE | {"string", "float"},
}
# Decimals of BigQuery have at most so many places before and behind the point.
BIGQUERY_DECIMAL = (29, 9)

# Words before a bracket that are no functions.
NO_FUNCTIONS = {
    "all", "and", "any", "as", "between", "by", "case", "else", "exists", "from", "group", "having",
    "in", "is", "join", "like", "limit", "not", "on", "or", "over", "select", "then", "union",
    "using", "values", "when", "where", "with", "within",
}
STRING_OR_COMMENT = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)


def problems(sql: str, warehouse: str) -> list[str]:
    """List what the warehouse does not document, each once, in order."""
    dialect = Dialect.get_or_raise(warehouse)
    # Two strokes begin a comment on Snowflake, so nobody would see what is behind them.
    found = {"operator //"} if "//" in STRING_OR_COMMENT.sub("", sql) else set()
    try:
        statements = parse(sql, read=dialect)
    except SqlglotError as error:
        # Where it stands in the text may change without a reason.
        return sorted(found | {f"not read: {str(error).partition('. Line')[0]}"})
    tokens = dialect.tokenize(sql)
    found |= set(find_functions(tokens, warehouse))
    found |= set(find_types(tokens, warehouse))
    for statement in statements:
        for node in statement.walk():
            found |= set(find_constructs(node, warehouse))
    return sorted(found)


def find_functions(tokens: list, warehouse: str) -> Iterator[str]:
    """Find the functions by the names they are called by."""
    for before, name, bracket in zip([None, *tokens], tokens, tokens[1:]):
        called = name.text.lower()
        if (
            bracket.token_type == TokenType.L_PAREN
            # The name of a table, with those of its columns behind it.
            and (before is None or before.token_type != TokenType.ALIAS)
            and name.token_type not in (TokenType.STRING, TokenType.NUMBER)
            and re.fullmatch(r"\w+", called)
            and called not in NO_FUNCTIONS | TYPES[warehouse]
            and called not in FUNCTIONS[warehouse]
        ):
            yield f"function {called}"


def find_types(tokens: list, warehouse: str) -> Iterator[str]:
    """Find the types that values are cast to, by their names."""
    casts: list[bool] = []
    for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None]):
        if token.token_type == TokenType.L_PAREN:
            casts.append(before is not None and before.text.lower() in ("cast", "try_cast"))
        elif token.token_type == TokenType.R_PAREN:
            casts.pop()
        elif token.token_type == TokenType.ALIAS and casts and casts[-1]:
            name = after.text.lower()
            if name not in TYPES[warehouse]:
                yield f"type {name}"


def find_constructs(node: exp.Expression, warehouse: str) -> Iterator[str]:
    """Find what only some engines know, in one node of the tree."""
    kind = type(node)
    if kind is exp.Filter:
        yield "filter (where …)"
    elif kind is exp.Qualify:
        yield "qualify"
    elif kind is exp.Lambda:
        yield "a lambda"
    elif kind is exp.Distinct and node.args.get("on"):
        yield "distinct on"
    elif kind is exp.Group and node.args.get("all"):
        yield "group by all"
    elif kind is exp.Collate:
        yield "collate"
    elif kind is exp.CTE and node.args.get("materialized") is not None:
        yield "as materialized"
    elif kind is exp.Select and node.args.get("windows") and warehouse in ("snowflake", "redshift"):
        yield "a named window"
    elif kind is exp.WindowSpec and warehouse == "redshift" and is_offset_of_values(node):
        yield "range between … preceding"
    elif kind is exp.Values and warehouse in ("bigquery", "redshift"):
        yield "values as a table"
    elif kind is exp.RegexpReplace and is_flagged(node):
        yield "regexp_replace with flags"
    elif kind is exp.DataType and warehouse == "bigquery" and is_too_large(node):
        yield f"type {node.sql().lower()}"


def is_offset_of_values(spec: exp.WindowSpec) -> bool:
    """Say whether a frame counts values, not rows."""
    ends = (spec.args.get("start"), spec.args.get("end"))
    return str(spec.args.get("kind")).upper() == "RANGE" and any(isinstance(end, exp.Expression) for end in ends)


def is_flagged(node: exp.RegexpReplace) -> bool:
    """Say whether a fourth argument is a text, as on PostgreSQL."""
    return any(
        isinstance(value, exp.Literal) and value.is_string and value.this == "g"
        for name, value in node.args.items() if name not in ("this", "expression", "replacement")
    )


def is_too_large(node: exp.DataType) -> bool:
    """Say whether a decimal has more places than BigQuery's have."""
    if node.this != exp.DataType.Type.DECIMAL or not node.expressions:
        return False
    precision, *scale = (int(each.name) for each in node.expressions)
    behind = scale[0] if scale else 0
    return precision - behind > BIGQUERY_DECIMAL[0] or behind > BIGQUERY_DECIMAL[1]
