"""The report in a real browser, for tests.

    from page_driver import browser  # noqa: F401

    page = browser.open(html_file, "#placement")
    page.click("button.play")

Chromium is the one of the system; playwright-core and axe-core are brought by npm into
.cache/page-tests, by the hashes in tests/page/package-lock.json. Where one of them can't
be had the tests are skipped, and say what is missing.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from page_bundle import Bundle, CannotBundle, bundle, install
from project_files import ROOT

PAGE_TESTS = ROOT / "tests" / "page"
CACHE = ROOT / ".cache"


class Browser:
    """A browser with one window."""

    def __init__(self, chromium: str, packages: Path) -> None:
        """Start it."""
        self._process = subprocess.Popen(
            ["node", str(PAGE_TESTS / "drive.mjs"), chromium],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PAGE_TEST_PACKAGES": str(packages)},
        )

    def do(self, name: str, **given: Any) -> Any:
        """Do something; fail with what the browser says."""
        self._process.stdin.write(json.dumps({"do": name, **given}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            pytest.fail("the browser has ended")
        answer = json.loads(line)
        if "fails" in answer:
            pytest.fail(f"{name} {given}: {answer['fails']}")
        return answer.get("gives")

    def open(self, file: Path, hash: str = "", **given: Any) -> None:
        """Open a file in a new window, at an address that begins with #."""
        self.do("open", file=str(file), hash=hash, **given)

    def go(self, hash: str) -> None:
        """Go to another address of the same file."""
        self.do("go", hash=hash)

    def texts(self, selector: str) -> list[str]:
        """Give the texts of all elements that a selector finds, spaces made single."""
        return [" ".join(text.split()) for text in self.do("texts", selector=selector)]

    def text(self, selector: str) -> str:
        """Give the text of the one element that a selector finds."""
        [text] = self.texts(selector)
        return text

    def click(self, selector: str) -> None:
        """Click the first element."""
        self.do("click", selector=selector)

    def ask(self, expression: str) -> Any:
        """Give what a JavaScript expression gives in the page."""
        return self.do("ask", expression=expression)

    def assert_quiet(self) -> None:
        """Check that nothing was asked of any server, and nothing was complained of."""
        assert self.do("seen") == {"requests": [], "errors": []}

    def close(self) -> None:
        """End it."""
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()


def page_bundle_or_skip() -> Bundle:
    """Give script and style of the page; skip the test where they can't be bundled."""
    try:
        return bundle(CACHE / "page")
    except CannotBundle as error:
        pytest.skip(str(error))


def node_or_skip() -> str:
    """Give the path of Node; skip the test where it is not."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not here: on Debian, `apt-get install nodejs npm`")
    return node


def chromium_path() -> str:
    """Give the path of the system's Chromium."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        raise CannotBundle("Chromium is not here: on Debian, `apt-get install chromium`")
    return found


def browser_packages() -> Path:
    """Give the folder of playwright-core and axe-core, brought by npm once."""
    return install(CACHE / "page-tests", PAGE_TESTS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give the browser, started once."""
    try:
        started = Browser(chromium_path(), browser_packages())
    except CannotBundle as error:
        pytest.skip(str(error))
    try:
        yield started
    finally:
        started.close()
