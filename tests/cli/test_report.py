"""`qmsci report management-review`, as its users run it."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.cli.commands import Desk
from tests.halden import FILES

HALF = ("--from", "2026-01-01", "--to", "2026-06-30")
REVIEW = ("report", "management-review")


@pytest.fixture
def halden(desk: Desk) -> Desk:
    """The small quality system of tests/halden.py on main, without its reviews."""
    desk.write({"controlled-docs/sop/SOP-001.md": None, "roles/people/p-1.yaml": None, "roles/people/p-2.yaml": None})
    desk.write({"training-records/completions/p-1/SOP-001.yaml": None})
    desk.write({path: text for path, text in FILES.items() if "MR-" not in path})
    desk.checkout.commit()
    return desk


def with_review(desk: Desk, presented: str) -> None:
    """A review of the half-year that was shown something."""
    text = "id: MR-2026-002\ntitle: Half-year\nheld: 2026-07-14\nperiod: {from: 2026-01-01, to: 2026-06-30}\n"
    desk.write({"quality-events/MR-2026-002.yaml": f"{text}presented: {presented}\n"})
    desk.checkout.commit()


def test_each_format_is_printed(halden: Desk):
    markdown, html, found = (halden.run(*REVIEW, *HALF, "--format", form).stdout for form in ("md", "html", "json"))

    assert markdown.startswith("# Management review: Halden Biologics\n")
    assert html.startswith("<!DOCTYPE html>\n")
    assert "<svg" in html
    assert json.loads(found)["as_of"] == "2026-06-30"
    assert halden.run(*REVIEW, *HALF).stdout == markdown


def test_the_same_tree_gives_the_same_bytes(halden: Desk):
    for form in ("md", "html", "json"):
        again = [halden.run(*REVIEW, *HALF, "--format", form).stdout for _ in range(2)]
        assert again[0] == again[1]


def test_it_says_which_commit_it_is_of_and_whether_anything_has_changed_since(halden: Desk):
    commit = halden.checkout.git("rev-parse", "HEAD").strip()
    clean = halden.run(*REVIEW, *HALF).stdout
    halden.write({"notes.md": "Not of the quality system.\n"})
    noted = halden.run(*REVIEW, *HALF).stdout
    halden.write({"roles/cleaner.yaml": "id: cleaner\ntitle: C\npurpose: C.\n"})
    changed = halden.run(*REVIEW, *HALF).stdout

    assert f"commit {commit}, clean" in clean
    assert noted == clean
    assert f"commit {commit}, with uncommitted changes" in changed
    assert halden.run(*REVIEW, *HALF, "--head", "HEAD").stdout == clean


def test_what_cannot_be_read_is_named_and_left_out(halden: Desk):
    halden.write({"quality-events/DEV-2026-001.yaml": "id: ["})

    assert "cannot be read (qmsci check --all): quality-events/DEV-2026-001.yaml" in halden.run(*REVIEW, *HALF).stdout


def test_a_record_that_agrees_is_exit_0_and_one_that_differs_is_exit_1(halden: Desk):
    with_review(halden, "{overdue: '1', gap-days: 28 days}")
    agreed = halden.run(*REVIEW, *HALF)
    assert "agrees with the records" in agreed.stdout
    assert agreed.stderr == ""

    with_review(halden, "{overdue: '2', gap-days: 28 days}")
    differs = halden.run(*REVIEW, *HALF, exits=1)
    assert "differs: it was shown 2, the records give 1" in differs.stdout
    assert differs.stderr == "differs from what MR-2026-002 was shown: overdue\n"

    with_review(halden, "{overdu: '1', gap-days: 1 day}")
    differs = halden.run(*REVIEW, *HALF, exits=1)
    assert "did you mean overdue?" in differs.stdout
    assert differs.stderr == "differs from what MR-2026-002 was shown: gap-days, overdu\n"


def test_a_review_names_its_own_days(halden: Desk):
    with_review(halden, "{overdue: '1'}")

    assert halden.run(*REVIEW, "--review", "MR-2026-002").stdout == halden.run(*REVIEW, *HALF).stdout


def test_it_is_written_to_a_file_and_over_none_that_is_there(halden: Desk, tmp_path: Path):
    target = tmp_path / "annex.html"
    done = halden.run(*REVIEW, *HALF, "--format", "html", "--output", "annex.html")
    assert (done.stdout, done.stderr) == ("wrote annex.html\n", "")
    first = target.read_text(encoding="utf-8")
    refused = halden.run(*REVIEW, *HALF, "--output", str(target), exits=2)
    halden.run(*REVIEW, *HALF, "--output", str(target), "--overwrite")

    assert first.startswith("<!DOCTYPE html>")
    assert "annex.html is there already; --overwrite writes the report in place of it" in refused.stderr
    assert target.read_text(encoding="utf-8").startswith("# Management review")


def test_a_period_that_is_not_over_is_seen_from_today(halden: Desk):
    found = halden.answer(*REVIEW, "--from", "2026-01-01", "--to", "2026-12-31")

    assert (found["as_of"], found["period"]["to"]) == ("2026-11-22", "2026-12-31")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param([], "name the days --from and --to, or the review", id="no-days"),
        pytest.param(["--from", "2026-01-01"], "name the days --from and --to", id="half-of-them"),
        pytest.param([*HALF, "--review", "MR-2026-002"], "name a review, or the days", id="both"),
        pytest.param(["--from", "2026-01-32", "--to", "2026-02-01"], "not a day of the calendar", id="no-day"),
        pytest.param(["--from", "1.1.2026", "--to", "2026-02-01"], "not a date of the form", id="no-date"),
        pytest.param(
            ["--from", "2026-02-01", "--to", "2026-01-31"], "ends on 2026-01-31, before it begins", id="backwards"
        ),
        pytest.param(["--from", "2026-11-23", "--to", "2026-12-31"], "2026-11-23 has not come yet", id="in-the-future"),
        pytest.param(["--from", "1026-01-01", "--to", "2026-12-31"], "nothing to report before 1900", id="long-ago"),
        pytest.param(["--review", "MR-2026-02"], "did you mean 'MR-2026-002'?", id="no-such-review"),
        pytest.param(
            ["--review", "DEV-2026-001"], "no management review 'DEV-2026-001'", id="an-event-of-another-kind"
        ),
        pytest.param([*HALF, "--format", "pdf"], "'pdf' is not one of", id="no-such-format"),
    ],
)
def test_what_cannot_be_asked_is_exit_2(halden: Desk, options: list[str], said: str):
    with_review(halden, "{}")

    assert said in halden.run(*REVIEW, *options, exits=2).stderr


def test_a_review_that_cannot_be_read_is_not_unknown(halden: Desk):
    halden.write({"quality-events/MR-2026-002.yaml": "id: ["})

    assert "MR-2026-002.yaml cannot be read: qmsci check --all" in halden.run(
        *REVIEW, "--review", "MR-2026-002", exits=2
    ).stderr  # fmt: skip


def test_without_the_extra_it_says_what_to_install(halden: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("qmsci.cli.report.NEEDED", ("json", "a_module_that_is_not_here"))
    refused = halden.run(*REVIEW, *HALF, exits=2)

    assert "a_module_that_is_not_here is not here" in refused.stderr
    assert "pip install 'qmsci[report]'" in refused.stderr


def test_the_help_says_when_it_fails(desk: Desk):
    text = " ".join(desk.run(*REVIEW, "--help").stdout.split())

    assert "Exits with 0, or with 1 where a record presents something else than the records give" in text


@pytest.mark.slow
def test_the_reference_quality_system_is_reviewed_in_seconds(monkeypatch: pytest.MonkeyPatch):
    """A year of it, against the year before."""
    from click.testing import CliRunner

    from qmsci.cli import main

    monkeypatch.chdir(Path(__file__).parent.parent.parent)
    begun = time.monotonic()
    done = CliRunner().invoke(main, [*REVIEW, "--from", "2025-11-22", "--to", "2026-11-21", "--format", "html"])

    assert done.exit_code in {0, 1}
    assert "Management review: Halden Biologics" in done.stdout
    assert time.monotonic() - begun < 10
