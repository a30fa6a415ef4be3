"""Puts script, style and data into one HTML file that asks nobody for anything.

The page's policy lets in exactly this script and this style, by their hashes, and no
other place. The data stand in blocks that browsers don't run.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from typing import Any

from page_bundle import PAGE, Bundle


def html(bundle: Bundle, labels: dict[str, Any], tables: dict[str, Any]) -> str:
    """Give the page."""
    script, style = closed(bundle.script, "script"), closed(bundle.style, "style")
    policy = "; ".join([
        "default-src 'none'",
        f"script-src '{fingerprint(script)}'",
        f"style-src '{fingerprint(style)}'",
        "font-src data:",
        "img-src data: blob:",
        "base-uri 'none'",
        "form-action 'none'",
    ])
    parts = {
        "policy": policy,
        "style": style,
        "labels": as_json(labels).replace("<", "\\u003c"),
        "tables": deflated(tables),
        "script": script,
    }
    page = (PAGE / "template.html").read_text(encoding="utf-8")
    before, *rest = page.split("{{")
    pieces = [before]
    for each in rest:
        name, _, after = each.partition("}}")
        pieces += [parts[name], after]
    return "".join(pieces)


def as_json(value: Any) -> str:
    """Write JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def deflated(value: Any) -> str:
    """Deflate JSON and write it in letters: no sign of it means anything in HTML."""
    packed = zlib.compress(as_json(value).encode(), level=9)
    return base64.b64encode(packed).decode()


def closed(text: str, tag: str) -> str:
    """Check that a text does not end the element that holds it."""
    if f"</{tag}" in text.lower():
        raise ValueError(f"The bundle holds </{tag}, which would end its element")
    return text


def fingerprint(text: str) -> str:
    """Give a text's hash, as a policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
