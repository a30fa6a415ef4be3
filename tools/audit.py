"""Look for known weaknesses in what this project depends on and in its workflows.

    .venv/bin/python tools/audit.py [--workflows]

| check | what is looked at | by |
|---|---|---|
| pins | every package of requirements*.txt has one version and its hashes | this program |
| form | the files of .github/workflows are workflows | check-jsonschema |
| steps | no template in a command, no wide permission, every action pinned by hash | zizmor |
| advisories | no pinned version has a published vulnerability | pip-audit |

`--workflows` leaves out the last, the only one that needs the network.

Exit code 0: everything was audited, and nothing found. 1: something was found. 3:
nothing was found, but not everything could be audited, as where the advisories are
not reached; that is no pass. 2: wrong arguments.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LISTS = [
    "requirements.txt", "requirements-postgres.txt", "requirements-spark.txt",
    "requirements-bench.txt", "requirements-dev.txt",
]
FOUND, NOT_AUDITED = 1, 3

PIN = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==[^\s;]+")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}(?:\s|$)")


class Findings(Exception):
    """A check found something; the text says what."""


class NotAudited(Exception):
    """A check could not look; the text says why."""


def main(arguments: list[str] | None = None) -> int:
    """Run the checks and say what each came to; return the exit code."""
    parser = argparse.ArgumentParser(prog="audit.py", description=__doc__.split("\n")[0])
    parser.add_argument("--workflows", action="store_true", help="only what needs no network")
    given = parser.parse_args(arguments)
    checks = {"pins": check_pins, "form": check_form, "steps": check_steps}
    if not given.workflows:
        checks["advisories"] = check_advisories
    outcomes = {name: outcome(name, check) for name, check in checks.items()}
    if FOUND in outcomes.values():
        print("audit: there are findings")
        return FOUND
    if NOT_AUDITED in outcomes.values():
        left_out = ", ".join(name for name, code in outcomes.items() if code)
        print(f"audit: nothing found, but NOT AUDITED: {left_out}. This is no pass.")
        return NOT_AUDITED
    print("audit: nothing found")
    return 0


def outcome(name: str, check: Callable[[], str]) -> int:
    """Run one check, and say what it came to."""
    code = 0
    try:
        said = check()
    except Findings as findings:
        said, code = f"FOUND: {findings}", FOUND
    except NotAudited as reason:
        said, code = f"NOT AUDITED: {reason}", NOT_AUDITED
    print(f"  {name:<10}  {said}", flush=True)
    return code


def check_pins() -> str:
    """Check that every package is pinned to one version with its hashes."""
    wrong, count = [], 0
    for name in LISTS:
        text = (ROOT / name).read_text(encoding="utf-8")
        for line in re.sub(r"\\\n", " ", text).splitlines():
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            count += 1
            if not PIN.match(line) or not HASH.search(line):
                wrong.append(f"{name}: {line.split()[0]}")
    if wrong:
        raise Findings(f"not pinned with hashes: {', '.join(wrong)}; run: make lock")
    return f"{count} lines of {len(LISTS)} lists are pinned with hashes"


def check_form() -> str:
    """Check the workflows against GitHub's schema, which comes with the program."""
    files = workflows()
    command = [
        "check-jsonschema", "--builtin-schema", "vendor.github-workflows", *map(str, files)
    ]
    finished = run(command)
    if finished.returncode:
        raise Findings(finished.stdout.strip() or finished.stderr.strip())
    return f"{', '.join(file.name for file in files)} fit the schema"


def check_steps() -> str:
    """Check the workflows with zizmor, also for what it only suspects."""
    options = ["--offline", "--no-progress", "--color=never"]
    finished = run(["zizmor", *options, *map(str, workflows())])
    if finished.returncode:
        raise Findings(f"{finished.stdout.strip()}\n{finished.stderr.strip()}")
    return finished.stdout.strip().splitlines()[-1]


def check_advisories() -> str:
    """Ask for published vulnerabilities of all pinned versions."""
    lists = [part for name in LISTS for part in ("--requirement", str(ROOT / name))]
    finished = run(
        ["pip-audit", "--require-hashes", "--disable-pip", "--format", "json", *lists]
    )
    try:
        packages = json.loads(finished.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        reason = (finished.stderr.strip() or "no answer").splitlines()[-1]
        raise NotAudited(f"the advisories are not reached: {reason}") from None
    return judge_advisories(packages)


def judge_advisories(packages: list[dict]) -> str:
    """Say what pip-audit's answer means: it takes packages that it did not find for clean."""
    vulnerable = {
        f"{package['name']} {package['version']} ({advisory['id']}"
        f"{', fixed in ' + advisory['fix_versions'][-1] if advisory['fix_versions'] else ''})"
        for package in packages
        for advisory in package.get("vulns", [])
    }
    if vulnerable:
        raise Findings("; ".join(sorted(vulnerable)))
    skipped = sorted({package["name"] for package in packages if "skip_reason" in package})
    asked = {package["name"] for package in packages}
    if not asked:
        raise NotAudited("no package was looked at")
    if skipped:
        which = "" if len(skipped) == len(asked) else f" ({', '.join(skipped)})"
        raise NotAudited(
            f"advisories are not reached for {len(skipped)} of {len(asked)} packages{which}"
        )
    return f"{len(asked)} packages, no known vulnerability"


def workflows() -> list[Path]:
    """Give the files of the workflows."""
    return sorted((ROOT / ".github" / "workflows").glob("*.y*ml"))


def run(command: list[str]) -> subprocess.CompletedProcess:
    """Run a program of the environment that this Python belongs to."""
    program = Path(sys.executable).with_name(command[0])
    try:
        return subprocess.run(
            [str(program), *command[1:]], cwd=ROOT, capture_output=True, text=True
        )
    except FileNotFoundError:
        raise NotAudited(f"{command[0]} is not installed: run make install-dev") from None


if __name__ == "__main__":
    sys.exit(main())
