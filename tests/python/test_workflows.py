"""The workflows, and the commands that their steps are.

Nothing here runs on GitHub: every step is a make target, which other tests and `make
run` run here. What GitHub's program answers is played by a script.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import audit
import explain_failure
import fetch_history
from markdown import escape
from project_files import ROOT

WORKFLOWS = {path.name: path for path in (ROOT / ".github" / "workflows").glob("*.yml")}
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z][a-z-]*):(?!=)", MAKEFILE, re.MULTILINE))


def jobs(name: str) -> dict[str, dict]:
    """Give the jobs of a workflow."""
    return yaml.safe_load(WORKFLOWS[name].read_text(encoding="utf-8"))["jobs"]


def steps(name: str) -> list[dict]:
    """Give all steps of a workflow, in order."""
    return [step for job in jobs(name).values() for step in job["steps"]]


# -- the files --------------------------------------------------------------------


def test_there_are_two_workflows() -> None:
    assert set(WORKFLOWS) == {"ci.yml", "scheduled.yml"}


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_every_command_is_a_make_target(name: str) -> None:
    commands = [step["run"] for step in steps(name) if "run" in step]
    assert len(commands) >= 5
    for command in commands:
        # One command: nothing that only GitHub would run hides behind a target.
        made = re.fullmatch(r'make ([a-z-]+)((?: [A-Z_]+=[\w/."$]+)*)', command)
        assert made, command
        assert made[1] in TARGETS, command


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_actions_are_pinned_by_hash_with_their_version(name: str) -> None:
    text = WORKFLOWS[name].read_text(encoding="utf-8")
    used = re.findall(r"uses: (.*)", text)
    assert used
    assert [
        each for each in used
        if not re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)
    ] == []
    # One version of each in all files.
    everywhere = "\n".join(path.read_text(encoding="utf-8") for path in WORKFLOWS.values())
    names = {each.split("@")[0] for each in used}
    for action in names:
        assert len(set(re.findall(rf"uses: ({action}@.*)", everywhere))) == 1


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_jobs_may_little_and_end(name: str) -> None:
    content = yaml.safe_load(WORKFLOWS[name].read_text(encoding="utf-8"))
    assert content["permissions"] == {}
    assert "concurrency" in content
    for job in content["jobs"].values():
        assert set(job["permissions"].values()) == {"read"}
        assert job["timeout-minutes"] <= 90


def test_a_pull_request_is_linted_built_tested_and_weighed() -> None:
    commands = " ".join(step.get("run", "") for step in steps("ci.yml"))
    for target in ("install-dev", "lint", "run", "impact", "pytest", "audit"):
        assert f"make {target}" in commands


def test_the_nightly_run_begins_with_the_history_and_then_publishes() -> None:
    order = [
        step["run"].split()[1] for step in steps("scheduled.yml") if "run" in step
    ]
    assert order == [
        "install", "fetch-history", "restore-history", "freshness", "publish", "report",
        "explain-failure",
    ]
    # A run without its report has published, and its history is to be gone on with.
    [report] = [
        step for step in steps("scheduled.yml") if step.get("run") == "make report"
    ]
    assert report["continue-on-error"] is True
    # What carries the history is kept only when all before it succeeded.
    [kept] = [
        step for step in steps("scheduled.yml")
        if step.get("with", {}).get("name") == fetch_history.ARTIFACT
    ]
    assert "if" not in kept
    assert kept["with"]["if-no-files-found"] == "error"
    content = yaml.safe_load(WORKFLOWS["scheduled.yml"].read_text(encoding="utf-8"))
    assert content["concurrency"] == {"group": "scheduled", "cancel-in-progress": False}


# -- make audit -------------------------------------------------------------------


def test_form_and_steps_of_the_workflows_are_sound() -> None:
    assert audit.check_form()
    assert "No findings" in audit.check_steps()
    assert audit.check_pins()


def test_an_unsafe_workflow_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "bad.yml").write_text(
        "on: [pull_request]\n"
        "jobs:\n  one:\n    runs-on: ubuntu-24.04\n    steps:\n"
        "      - uses: actions/checkout@v4\n"
        "      - run: echo ${{ github.event.pull_request.title }}\n"
    )
    monkeypatch.setattr(audit, "ROOT", tmp_path)
    with pytest.raises(audit.Findings, match="template-injection"):
        audit.check_steps()
    (folder / "bad.yml").write_text("on: [pull_request]\njobs: {one: {step: []}}\n")
    with pytest.raises(audit.Findings):
        audit.check_form()


def test_a_package_without_hashes_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in audit.LISTS:
        (tmp_path / name).write_text(f"one==1.0 \\\n    --hash=sha256:{'0' * 64}\n")
    monkeypatch.setattr(audit, "ROOT", tmp_path)
    assert audit.check_pins()
    for line in ("two==1.0\n", f"two>=1.0 --hash=sha256:{'0' * 64}\n", "two==1 --hash=md5:00\n"):
        (tmp_path / audit.LISTS[1]).write_text(line)
        with pytest.raises(audit.Findings, match="two"):
            audit.check_pins()


SKIPPED = {"name": "one", "skip_reason": "not found and could not be audited"}
CLEAN = {"name": "two", "version": "1.0", "vulns": []}
HIT = {"name": "three", "version": "1.0", "vulns": [{"id": "CVE-1", "fix_versions": ["1.1"]}]}


def test_what_was_not_looked_up_is_no_pass() -> None:
    """pip-audit itself calls a package clean that the advisories do not know."""
    assert audit.judge_advisories([CLEAN]) == "1 packages, no known vulnerability"
    with pytest.raises(audit.NotAudited, match="for 1 of 2 packages .one."):
        audit.judge_advisories([CLEAN, SKIPPED])
    with pytest.raises(audit.NotAudited):
        audit.judge_advisories([])
    with pytest.raises(audit.Findings, match="three 1.0 .CVE-1, fixed in 1.1."):
        audit.judge_advisories([CLEAN, SKIPPED, HIT])


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (None, 0, "audit: nothing found"),
        (audit.NotAudited("no network"), 3, "This is no pass"),
        (audit.Findings("three"), 1, "there are findings"),
    ],
)
def test_the_exit_code_says_whether_all_was_audited(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    raised: Exception | None, code: int, said: str,
) -> None:
    def advisories() -> str:
        if raised:
            raise raised
        return "fine"

    for name in ("check_pins", "check_form", "check_steps"):
        monkeypatch.setattr(audit, name, lambda: "fine")
    monkeypatch.setattr(audit, "check_advisories", advisories)
    assert audit.main([]) == code
    assert said in capsys.readouterr().out.splitlines()[-1]


# -- make fetch-history -----------------------------------------------------------

GH = """#!{python}
import json, pathlib, sys
answers = json.loads(pathlib.Path({answers!r}).read_text())
with open({log!r}, "a") as log:
    print(json.dumps(sys.argv[1:]), file=log)
if sys.argv[2] == "list":
    print(json.dumps(answers["runs"]))
elif answers["artifact"] is None:
    sys.exit("no artifact matches any of the names or patterns provided")
else:
    folder = pathlib.Path(sys.argv[sys.argv.index("--dir") + 1])
    for name in answers["artifact"]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{{}}")
"""
RUN = {"databaseId": 4711, "createdAt": "2026-11-01T03:15:00Z"}
PUBLICATION = ["manifest.json", "history/manifest.json"]


@pytest.fixture
def on_github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Stand in for a job on GitHub; give what fetches, by GitHub's answers."""
    program = tmp_path / "bin" / "gh"
    program.parent.mkdir()
    log = tmp_path / "asked"
    program.write_text(
        GH.format(
            python=sys.executable, answers=str(tmp_path / "answers"), log=str(log)
        )
    )
    program.chmod(0o755)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("GITHUB_WORKFLOW", "scheduled")
    monkeypatch.setenv("GITHUB_REF_NAME", "main")

    def fetch(runs: list[dict], artifact: list[str] | None, *arguments: str) -> int:
        (tmp_path / "answers").write_text(json.dumps({"runs": runs, "artifact": artifact}))
        return fetch_history.main(list(arguments))

    fetch.log = log
    return fetch


def test_the_history_of_the_last_success_on_the_branch_is_fetched(on_github) -> None:
    left_over = Path("warehouse/carried/old")
    left_over.mkdir(parents=True)
    assert on_github([RUN], PUBLICATION) == 0
    assert (fetch_history.CARRIED / "history/manifest.json").is_file()
    assert not left_over.exists()
    listed, downloaded = map(json.loads, on_github.log.read_text().splitlines())
    assert {"--workflow=scheduled", "--branch=main", "--status=success"} <= set(listed)
    assert downloaded[:3] == ["run", "download", "4711"]


@pytest.mark.parametrize(
    ("runs", "artifact", "arguments", "said"),
    [
        ([], PUBLICATION, [], "tick first_run"),
        ([RUN], None, [], "may have expired"),
        ([RUN], ["manifest.json"], [], "is no publication"),
        ([RUN], PUBLICATION, ["--first-run"], "would begin without it"),
    ],
)
def test_no_history_is_begun_in_silence(
    on_github, capsys: pytest.CaptureFixture[str], runs, artifact, arguments, said
) -> None:
    assert on_github(runs, artifact, *arguments) == 1
    assert said in capsys.readouterr().err


def test_a_first_run_begins_one(on_github, capsys: pytest.CaptureFixture[str]) -> None:
    assert on_github([], None, "--first-run") == 0
    assert "First run" in capsys.readouterr().out


def test_elsewhere_there_is_nothing_to_fetch(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GITHUB_WORKFLOW", raising=False)
    assert fetch_history.main([]) == 1
    assert "this runs in a job on GitHub" in capsys.readouterr().err


# -- make explain-failure ---------------------------------------------------------


def explained(folder: Path, build: dict | None = None, sources: dict | None = None) -> str:
    """Explain what these files say."""
    for name, content in (("run_results.json", build), ("sources.json", sources)):
        if content is not None:
            (folder / name).write_text(json.dumps(content), encoding="utf-8")
    return "\n".join(explain_failure.explain(folder))


def result(unique_id: str, status: str, message: str | None = None) -> dict:
    return {"unique_id": unique_id, "status": status, "message": message}


def test_what_failed_is_named_with_its_message_and_the_next_command(tmp_path: Path) -> None:
    text = explained(
        tmp_path,
        {
            "results": [
                result("model.client_profiles.fct_a", "success"),
                result("test.client_profiles.not_null_fct_a_b.1a2b3c", "fail", "Got 3 results"),
                result("test.client_profiles.assert_all_add_up", "fail", "Got 1 result"),
                result("model.client_profiles.fct_c", "error", "line one\n\nline <b>two</b>"),
                result("model.client_profiles.fct_d", "skipped"),
            ]
        },
    )
    assert "3 steps of 5 failed, 1 were left out" in text
    assert "`dbt test --select not_null_fct_a_b --store-failures`" in text
    assert "`dbt test --select assert_all_add_up --store-failures`" in text
    assert "`dbt build --select fct_c`" in text
    assert "> line one  \n> line &#60;b&#62;two&#60;/b&#62;  " in text
    assert "nothing was published by this run" in text


def test_late_sources_are_told_with_their_age(tmp_path: Path) -> None:
    late = {
        "unique_id": "source.client_profiles.demo.raw_orders",
        "status": "error",
        "max_loaded_at_time_ago_in_s": 12.5 * 86400,
        "criteria": {"error_after": {"count": 10, "period": "day"}},
    }
    empty = {**late, "unique_id": "source.a.b.raw_invoices", "max_loaded_at_time_ago_in_s": 6e10}
    absent = {"unique_id": "source.a.b.raw_x", "status": "runtime error", "error": "no table"}
    text = explained(tmp_path, sources={"results": [late, empty, absent]})
    assert "3 sources late" in text
    assert "| raw&#95;orders | 12 days old | 10 days |" in text
    assert "| raw&#95;invoices | there is none | 10 days |" in text
    assert "| raw&#95;x | no table |  |" in text


@pytest.mark.parametrize("content", [None, "", "[]", '{"results": [{"uni', '{"results": []}'])
def test_a_failure_outside_of_dbt_is_told_as_such(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "run_results.json").write_text(content)
    text = explained(tmp_path)
    assert "failed outside of dbt's steps" in text
    assert "make check-seeds" in text


def test_the_explanation_is_appended_to_the_summary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path))
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    assert explain_failure.main(["--out", str(summary)]) == 0
    assert summary.read_text().startswith("before\n## The run failed")


# -- Markdown ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Ana & Cia", "Ana &#38; Cia"),
        ("<script>", "&#60;script&#62;"),
        ("a|b\n| c", "a&#124;b &#124; c"),
        ("[x](http://y)", "&#91;x&#93;(http&#58;//y)"),
        ("@team #12 `x` *y*", "&#64;team &#35;12 &#96;x&#96; &#42;y&#42;"),
        ("\x1b[2J\u202eabc\x00", "&#92;x1b&#91;2J&#92;u202eabc&#92;x00"),
        ("&#60;", "&#38;&#35;60;"),
        ("São João – ½", "São João – ½"),
    ],
)
def test_markdown_shows_text_and_does_nothing(value: str, shown: str) -> None:
    assert escape(value) == shown


# -- docs/scheduling.md -----------------------------------------------------------

SCHEDULING = (ROOT / "docs" / "scheduling.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", SCHEDULING, re.DOTALL)


def test_the_recipes_are_programs() -> None:
    """Airflow and Dagster are not installed here: this only finds what is no Python."""
    programs = [text for language, text in BLOCKS if language == "python"]
    assert len(programs) == 2
    for number, text in enumerate(programs):
        compile(text, f"recipe {number}", "exec")
    for text in (text for language, text in BLOCKS if language == "sh"):
        subprocess.run(["sh", "-n"], input=text, text=True, check=True)


def test_the_recipes_run_what_is_there() -> None:
    made = set(re.findall(r"`make ([a-z-]+)", SCHEDULING))
    assert made <= TARGETS
    programs = set(re.findall(r"\b((?:tools|publish)/\w+\.py)", SCHEDULING))
    assert "publish/publish.py" in programs
    assert [each for each in programs if not (ROOT / each).is_file()] == []


@pytest.mark.parametrize(
    ("code", "mailed"), [(0, ""), (75, "Another run was under way"), (1, "why")]
)
def test_the_nightly_script_is_silent_when_all_is_well(
    tmp_path: Path, code: int, mailed: str
) -> None:
    """cron mails what is printed; the exit code is that of the run."""
    [script] = [text for language, text in BLOCKS if text.startswith("#!/bin/sh")]
    (tmp_path / "logs").mkdir()
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    # Stands for the check, which passes, and for the run, which ends as it is told.
    python.write_text(f'#!/bin/sh\necho "ran $1"\ncase $1 in publish/*) exit {code};; esac\n')
    python.chmod(0o755)
    (tmp_path / "Makefile").write_text("explain-failure:\n\t@echo why\n")
    (tmp_path / "nightly").write_text(script)
    ran = subprocess.run(["sh", "nightly"], cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == code
    assert (ran.stdout == "") == (code == 0)
    assert mailed in ran.stdout
    [log] = (tmp_path / "logs").iterdir()
    assert "ran publish/publish.py" in log.read_text()
