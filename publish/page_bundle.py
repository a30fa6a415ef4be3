"""Bundles the page's modules and its style, once for each state of their sources.

npm brings ECharts, esbuild and the typeface from the registry that it is set up for, and
compares them with the hashes in package-lock.json; no package may run a script. What it
brought, and each bundle, is kept in a folder outside git, so that later reports need
neither the network nor Node.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from durable import put_in_place

PAGE = Path(__file__).resolve().parent / "page"
LOCK_FILES = ("package.json", "package-lock.json", ".npmrc")
# A registry that does not answer must not hold up a run for long.
NPM_SECONDS, ESBUILD_SECONDS = 240, 120
PATIENCE = ["--fetch-retries=1", "--fetch-timeout=30000"]


class CannotBundle(Exception):
    """Something that the bundle needs is not here; the text says what to do."""


@dataclass(frozen=True)
class Bundle:
    """Script and style of the page, each as one text."""

    script: str
    style: str


def bundle(cache: Path) -> Bundle:
    """Give the bundle of the sources as they are, from the cache if it is there.

    errors: CannotBundle
    """
    cache = cache.resolve()
    name = digest(sorted(
        path for path in PAGE.rglob("*")
        if path.is_file() and "node_modules" not in path.relative_to(PAGE).parts
    ))
    script, style = cache / f"{name}.js", cache / f"{name}.css"
    if not (script.is_file() and style.is_file()):
        modules = install(cache)
        make(modules, cache / f".{name}.{os.getpid()}", script, style)
    return Bundle(script.read_text(encoding="utf-8"), style.read_text(encoding="utf-8"))


def digest(files: list[Path], folder: Path = PAGE) -> str:
    """Sum up names and content of a folder's files."""
    sum_up = hashlib.sha256()
    for path in files:
        content = path.read_bytes()
        sum_up.update(f"{path.relative_to(folder)}\0{len(content)}\0".encode())
        sum_up.update(content)
    return sum_up.hexdigest()[:20]


def install(cache: Path, source: Path = PAGE) -> Path:
    """Give the folder of the packages, brought by npm if they are not there yet.

    source: the folder that holds package.json and package-lock.json
    """
    folder = cache / f"packages-{digest([source / name for name in LOCK_FILES], source)}"
    done = folder / "complete"
    if done.is_file():
        return folder / "node_modules"
    npm = find("npm", "the packages of the page are brought by npm")
    find("node", "the page is bundled with Node")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in LOCK_FILES:
        shutil.copy(source / name, folder / name)
    run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *PATIENCE], folder,
        NPM_SECONDS, "npm could not bring the packages of the page",
        "Check that npm reaches its registry (npm ping), then: make report",
    )
    done.touch()
    return folder / "node_modules"


def make(modules: Path, unfinished: Path, script: Path, style: Path) -> None:
    """Bundle with esbuild, then put both files in place."""
    node = find("node", "the page is bundled with Node")
    try:
        run(
            [
                node, str(modules / "esbuild/bin/esbuild"), "src/main.js", "--bundle",
                "--minify", "--format=iife", "--target=es2022", "--charset=utf8",
                "--legal-comments=inline", "--loader:.woff2=dataurl", "--log-level=warning",
                f"--outfile={unfinished / 'page.js'}",
            ],
            PAGE, ESBUILD_SECONDS, "esbuild could not bundle the page",
            "Remove the folder .cache/page, then: make report",
            {"NODE_PATH": str(modules)},
        )
        put_in_place(unfinished / "page.css", style)
        put_in_place(unfinished / "page.js", script)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def find(program: str, why: str) -> str:
    """Find a program, or say what to install."""
    found = shutil.which(program)
    if found is None:
        raise CannotBundle(
            f"{program} is not here, and {why}. Install Node 20 or later, which comes with npm"
            " (Debian: apt-get install nodejs npm), then: make report"
        )
    return found


def run(
    command: list[str], folder: Path, seconds: int, failed: str, advice: str,
    environment: dict[str, str] | None = None,
) -> None:
    """Run a program for a while; say what failed and what to do."""
    try:
        finished = subprocess.run(
            command, cwd=folder, env={**os.environ, **(environment or {})},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=seconds,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        raise CannotBundle(f"{failed} within {seconds} seconds. {advice}") from None
    except OSError as error:
        raise CannotBundle(f"{failed}: {error}. {advice}") from error
    if finished.returncode:
        said = "\n".join(f"  {line}" for line in finished.stdout.splitlines()[-12:])
        raise CannotBundle(f"{failed}. {advice}\n{said}")
