"""Packs columns of a table so that they deflate well and a page reads them fast.

| a column is | packed as |
|---|---|
| the same everywhere | `{"same": value}` |
| few different values | `{"of": values, "at": text}`, one sign of the text per row |
| many different texts | `{"of": values, "nr": numbers}`, one number per row |
| numbers | `{"nr": whole numbers, "decimals": n}` |
| numbers that never fall | `{"rises": differences, "decimals": n}` |

`publish/page/src/unpack.js` reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

ABSENT = "!"
# More different values than this are numbered instead.
FEW = 90


def sign(place: int) -> str:
    """Give the sign that stands for a place in a list.

    None of them has to be escaped in JSON, and `!` stands for no row at all.
    """
    if place < 57:
        return chr(35 + place)
    return chr(36 + place) if place < 91 else chr(165 + place)


# The same in SQL, for a column `place`.
SIGN = (
    "chr(cast(case when place < 57 then 35 + place when place < 91 then 36 + place"
    " else 165 + place end as integer))"
)


def plain(value: Any) -> Any:
    """Give a value as JSON knows it: exact decimals and dates as text."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, tuple):
        return [float(each) if isinstance(each, Decimal) else plain(each) for each in value]
    if isinstance(value, Decimal):
        return float(value) if value == value.to_integral() else str(value)
    return str(value)


def pack(values: Sequence) -> dict[str, Any]:
    """Pack one column."""
    different = dict.fromkeys(values)
    if any(map(is_number, different)):
        return pack_numbers(values)
    if len(different) == 1:
        return {"same": plain(values[0])}
    places = {value: place for place, value in enumerate(different)}
    known = [plain(value) for value in different]
    if len(different) <= FEW:
        return {"of": known, "at": "".join(sign(places[value]) for value in values)}
    return {"of": known, "nr": [places[value] for value in values]}


def is_number(value: Any) -> bool:
    """Say whether a value is a number, which true and false are not."""
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def pack_numbers(values: Sequence) -> dict[str, Any]:
    """Pack numbers as whole ones, with as many decimals as they need.

    What a page can't hold as an exact number is a text of digits.
    """
    decimals = max(
        (-Decimal(value).normalize().as_tuple().exponent for value in values if value),
        default=0,
    )
    decimals = max(decimals, 0)
    whole = [None if value is None else int(Decimal(value).scaleb(decimals)) for value in values]
    if None not in whole and max(map(abs, whole)) < 2**53:
        rises = [after - before for before, after in zip([0, *whole], whole)]
        if min(rises[1:], default=0) >= 0:
            return {"rises": rises, "decimals": decimals}
    return {
        "nr": [str(each) if each is not None and abs(each) >= 2**53 else each for each in whole],
        "decimals": decimals,
    }
