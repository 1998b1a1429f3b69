"""What an inspector takes along: every file that the page names is there, and every command names this commit."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from qmsci.finding import Finding, Place, Severity
from qmsci.gaps import time_given
from qmsci.render.page import Chart
from qmsci.render.site import assembled, copy
from qmsci.render.site.page import CodeBlock, Page
from qmsci.render.site.summary import Summaries
from qmsci.render.site.survey import Checked, Stamp, Survey
from tests.halden import FILES
from tests.render.site.shown import body_of, facts_of, links_in, rows_of, surveyed
from tests.render.site.surveys import COMMIT, survey_of

DAY = date(2026, 6, 30)


def built(survey: Survey) -> tuple[Page, set[str]]:
    """The page, and the paths of all files that are made for a site, but for the pages themselves."""
    given = time_given(survey.snapshot)
    people = {one.id: assembled.of_person(survey, one, given) for one in survey.snapshot.people}
    documents = {one.id: assembled.of_document(survey, one) for one in survey.snapshot.documents}
    known = (
        {name: made.summary for name, made in people.items()},
        {name: one.summary for name, one in documents.items()},
    )
    summaries = Summaries(*known)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qmsci.render.charts.bars", lambda name, title, said, *_: Chart(name, title, said, (), (), None))
        files = assembled.whole(survey, summaries, ())
    paths = {*files, *(path for made in (*people.values(), *documents.values()) for path in made.files)}
    (page,) = copy.part(survey, summaries).pages
    return page, {path for path in paths if path.startswith("data/")}


def commands(page: Page) -> str:
    return "\n".join(block.text for block in page.blocks if isinstance(block, CodeBlock))


def holds(survey: Survey) -> Page:
    """Each file that it links is there, each list is linked, and each pattern stands for a file."""
    page, paths = built(survey)
    files = [row["File"] for row in rows_of(page, "files")]
    named = {path for path in files if path.startswith("data/") and "ID" not in path}

    assert named == {link for link in links_in(page) if link.startswith("data/")}
    assert named <= paths
    assert {path for path in paths if path.endswith(".csv") and "/index-" in path} <= named
    assert {path for path in paths if re.fullmatch(r"data/[^/]*[.]csv", path)} <= named
    return page


@pytest.mark.parametrize("files", [pytest.param({}, id="empty"), pytest.param(FILES, id="a-year")])
def test_the_files_that_it_names_are_there(files: dict[str, str]):
    holds(surveyed(files, DAY))


def test_what_is_found_is_a_file():
    """Of verification there are files only of what is wrong."""
    fault = Finding(Place("qmsci.yaml"), "duplicate-id", "M", Severity.ERROR)
    checked = Checked({}, {}, {}, [("a:1", "W")], [("b:1", "V")], [fault])
    page = holds(replace(surveyed(FILES, DAY), checked=lambda: checked))

    assert {f"data/verification/index-{name}.csv" for name in ("wrong", "void", "findings")} <= links_in(page)


def test_each_pattern_stands_for_files_of_a_system_that_has_them():
    page, paths = built(surveyed(FILES, DAY))
    patterns = [row["File"] for row in rows_of(page, "files") if "ID" in row["File"]]
    without = {
        one
        for one in patterns
        if not any(
            re.fullmatch(re.escape(one).replace("REVISION", r"\w+").replace("ID", r"[\w-]+"), path) for path in paths
        )
    }

    assert len(patterns) >= 9
    assert without <= {"data/documents/ID@REVISION-people.csv", "data/events/ID-approvals.csv"}


def test_without_anything_it_says_how_to_copy_it():
    """Nobody works here, nothing is controlled, and no policy can be read."""
    page = copy.part(survey_of({}, DAY), Summaries({}, {})).pages[0]

    assert page.path == "copy.html"
    assert "none: it would be empty" in {row["File"] for row in rows_of(page, "files")}
    assert "SHA256SUMS" in links_in(page)
    assert facts_of(page)["Commit"] == COMMIT


def test_commands_name_the_commit_the_branch_and_the_day():
    page = copy.part(surveyed(FILES, DAY), Summaries({}, {})).pages[0]
    said = commands(page)

    assert f"git -C records checkout {COMMIT}" in said
    assert "git clone --branch main REPOSITORY" in said
    assert f"git branch inspection {COMMIT}\ngit bundle create inspection.bundle inspection" in said
    assert f"git archive --format=zip --output=records-{COMMIT[:10]}.zip {COMMIT}" in said
    assert f"qmsci site build --head {COMMIT} --as-of 2026-06-30" in said
    assert "sha256sum --check --quiet SHA256SUMS" in said
    assert "verification/index.html" in links_in(page)


@pytest.mark.parametrize(
    ("branch", "said"),
    [
        pytest.param("", "--branch main REPOSITORY", id="nobody-knows"),
        pytest.param("trunk", "--branch trunk REPOSITORY", id="another"),
        pytest.param("a';rm -rf ~;'", """--branch 'a'"'"';rm -rf ~;'"'"'' REPOSITORY""", id="hostile"),
        pytest.param("<script>", "--branch '<script>' REPOSITORY", id="markup"),
    ],
)
def test_a_branch_is_one_word_of_a_command(branch: str, said: str):
    survey = replace(surveyed({}, DAY), stamp=Stamp(COMMIT, f"{DAY}T08:00:00+00:00", branch))
    page = copy.part(survey, Summaries({}, {})).pages[0]

    assert said in commands(page)
    assert "<script" not in body_of(page)
