"""Take the pictures of the report that the documentation shows.

    python tools/screenshots.py

It opens warehouse/report.html, or the one beside `CLIENT_PROFILES_PUBLISH_PATH`, in
Chromium and writes docs/pictures. The browser is that of the tests.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
sys.path[:0] = [str(ROOT / "publish"), str(ROOT / "tests" / "python")]

from page_bundle import CannotBundle  # noqa: E402
from page_driver import Browser, chromium_path, browser_packages  # noqa: E402

WIDE, PHONE = (1280, 960), (390, 844)
# Name of the picture, address, size of the window, and how high the picture is.
TAKEN = [
    ("placement", "#placement&client=C0041", WIDE, 1130),
    ("client", "#client=C0041", WIDE, 1300),
    ("movements", "#movements&from=2026-09&to=2026-10", WIDE, 1000),
    ("growth", "#growth", WIDE, 1100),
    ("calibration", "#calibration", WIDE, 1240),
    ("priority", "#priority", WIDE, 1000),
    ("phone-placement", "#placement", PHONE, 844),
    ("phone-client", "#client=C0041", PHONE, 844),
    ("phone-calibration", "#calibration", PHONE, 844),
]


def main() -> int:
    """Take all pictures; return the exit code."""
    published = Path(
        os.environ.get("CLIENT_PROFILES_PUBLISH_PATH") or ROOT / "warehouse" / "published.duckdb"
    )
    page = published.with_name("report.html").resolve()
    if not page.is_file():
        print(f"screenshots: {page} is not there: make report", file=sys.stderr)
        return 1
    try:
        browser = Browser(chromium_path(), browser_packages())
    except CannotBundle as error:
        print(f"screenshots: {error}", file=sys.stderr)
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    try:
        for name, address, (width, height), shown in TAKEN:
            browser.open(page, address, width=width, height=height)
            browser.do("picture", path=str(PICTURES / f"{name}.png"), height=shown)
            print(f"docs/pictures/{name}.png")
    finally:
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
