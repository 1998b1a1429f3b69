"""Change control on a page: who changed what, when and why, who approved it, and where old values are to be seen."""

from __future__ import annotations

import csv
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from qmsci.changes import Author, Merged, Told
from qmsci.commits import Identity
from qmsci.records.layout import Kind
from qmsci.render.site import changes
from qmsci.render.site.page import Mark, Page, Text, Tone
from qmsci.render.site.summary import Summaries
from qmsci.render.site.survey import Beyond
from qmsci.render.site.written import plain, written
from tests.chain.story import FILES, TODAY, assignment, completion, history
from tests.laws import POLICY
from tests.render.site.shown import body_of, links_in, rows_of, surveyed, table_of
from tests.test_changes import APPROVAL, APPROVAL_PATH, CAPA, CAPA_PATH, PERSON, PERSON_PATH, SOP, SOP_PATH, brought
from tests.test_commits import made

HOSTILE = '<script>alert(1)</script> | "quoted" *b* \u202e\x07'


def page_of(merged: Sequence[Merged], beyond: Beyond | None = None, files: Mapping[str, str] = FILES) -> Page:
    survey = replace(surveyed(files, TODAY), changes=lambda: merged, beyond=lambda: beyond or Beyond())
    (page,) = changes.part(survey, Summaries({}, {})).pages
    return page


def row_of(merged: Merged) -> dict[str, str]:
    (row,) = rows_of(page_of([merged]), "changes")
    return row


def sentences(page: Page) -> str:
    return " ".join(plain(block.said) for block in page.blocks if isinstance(block, Text))


def test_no_changes():
    """A system without a history has a page that says so, and an empty file."""
    survey = surveyed({}, TODAY)
    part = changes.part(survey, Summaries({}, {}))

    (page,) = part.pages
    assert page.path == "changes/index.html"
    assert "0 changes of the quality system are listed. A merge" in sentences(page)
    assert "No change of the quality system is on the history of main here." in body_of(page)
    assert len(part.data["data/changes.csv"].splitlines()) == 1


def test_a_revision_with_its_approval():
    """Who, what, why, how long before its effective date; and where to compare it with the one before."""
    before = {SOP_PATH: SOP.replace(SOP[SOP.index("  - {revision: 2") : SOP.index("  - {revision: 1")], "")}
    merged = brought(before, {SOP_PATH: SOP, APPROVAL_PATH: APPROVAL, PERSON_PATH: PERSON})
    row = row_of(merged)

    assert row["Change"] == "#7 Change"
    assert row["About"] == "revision, approval, person"
    assert row["Month"] == row["Day"][:7]
    assert row["Approved by"] == ("SOP-014@2 by p-2 Marte Lie (quality-approval, 2026-11-22 10:00:00 +01:00, unsigned)")
    assert row["What changed"].startswith("SOP-014@2: Twice. (impact retrain; effective 2026-12-15, ")
    assert "because of CAPA-2026-003" in row["What changed"]
    assert ", compare with 1; p-1 (Ingrid" in row["What changed"]
    assert row["What changed"].endswith("p-1 (Ingrid Solberg): new; operator from 2024-03-01; a key from 2024-03-01")
    assert row["Commit"].startswith("c 20")
    assert {
        "documents/SOP-014.html",
        "documents/compare.html",
        "events/CAPA-2026-003.html",
        "people/p-1.html",
        "people/p-2.html",
    } <= links_in(page_of([merged]))
    assert "compare.html?document=SOP-014&amp;from=1&amp;to=2" in body_of(page_of([merged]))


def test_a_first_revision_is_compared_with_nothing():
    first = SOP.replace(SOP[SOP.index("  - {revision: 2") : SOP.index("  - {revision: 1")], "")
    row = row_of(
        brought({}, {SOP_PATH: first.replace("impact: retrain", "impact: read, rationale: A word., emergency: true")})
    )

    assert "impact read (A word.)" in row["What changed"]
    assert row["What changed"].endswith("days before the merge; emergency)")
    assert row["Lag in days"] == ""


def test_what_is_about_a_record_leads_to_it():
    """A role, an event, a document; a protected file is named by its path."""
    told = (
        Told(Kind.ROLE, "operator", "Operator", "purpose changed", "roles/operator.yaml"),
        Told(Kind.EVENT, "CAPA-2026-003", "Gloves", "closed on 2027-03-21 by p-3", CAPA_PATH),
        Told(Kind.DOCUMENT, "SOP-014", "Gowning", "retired from 2027-01-01", SOP_PATH),
        Told(Kind.POLICY, "qmsci.yaml", "", "training.pass-mark 80 → 90", "qmsci.yaml"),
        Told(None, ".github/workflows/check.yml", "", "changed", ".github/workflows/check.yml"),
    )
    page = page_of([replace(brought({}, {}), told=told)])
    (row,) = rows_of(page, "changes")

    assert row["About"] == "role, quality event, document, policy, protected file"
    assert "qmsci.yaml: training.pass-mark 80 → 90; .github/workflows/check.yml: changed" in row["What changed"]
    assert {
        "roles/operator.html",
        "events/CAPA-2026-003.html",
        "documents/SOP-014.html",
        "people/p-3.html",
    } <= links_in(page)


def test_training_that_was_assigned_and_recorded():
    name, path = "SOP-014@3/operator", "training-records/assignments/SOP-014@3/operator.yaml"
    after = {
        **assignment(name, "revision", "SOP-014@3", ["p-1", "p-2"], "2026-11-22", "2026-12-15"),
        **history("p-1", completion("SOP-014@3", "2026-12-01", name)),
    }
    assert path in after
    row = row_of(brought({}, after))

    assert row["Training"] == "assigned: SOP-014@3/operator to 2 people. 1 history changed, of p-1"
    assert row["About"] == "assignment, training record"


@pytest.mark.parametrize(("lag", "said", "tone"), [(0, "0", None), (3, "3", Tone.WARN)])
def test_the_lag_of_an_assignment(lag: int, said: str, tone: Tone | None):
    """It should be 0; another one is marked."""
    merged = brought({}, {SOP_PATH: SOP})
    page = page_of([replace(merged, revisions=tuple(one._replace(lag=lag) for one in merged.revisions))])
    cell = table_of(page, "changes").rows[0][8]

    assert plain(cell) == said
    assert (cell.tone if isinstance(cell, Mark) else None) == tone


def test_several_commits_and_nobody_who_wrote_them():
    merged = brought({CAPA_PATH: CAPA}, {CAPA_PATH: CAPA})
    step = merged.step._replace(commits=(made("b"), made("a")))
    nobody = replace(merged, step=step, title="", request=None, authors=(Author(Identity("", ""), None),), told=())
    row = row_of(nobody)

    assert row["Commit"].startswith("b 20")
    assert row["Commit"].endswith(", from a")
    assert (row["Written by"], row["Change"], row["About"]) == ("nobody", "no title", "layout only")
    known = replace(merged, authors=(Author(Identity("Ingrid", "i@x"), "p-1"), Author(Identity("", "e@x"), None)))
    assert row_of(known)["Written by"] == "p-1 Ingrid; e@x"


def test_what_was_left_unreadable_is_marked():
    merged = brought({SOP_PATH: SOP}, {SOP_PATH: "---\nid: [\n---\n"})
    row = row_of(merged)

    assert row["What changed"] == f"unreadable {SOP_PATH}"
    assert row["About"] == "unreadable file"


def test_of_very_many_things_the_first_are_named():
    """The file has them all."""
    people = tuple(f"p-{n}" for n in range(20))
    merged = replace(brought({}, {}), histories=20, trained=people)

    assert row_of(merged)["Training"] == "20 histories changed, of p-0; p-1; p-2; p-3; p-4; p-5; and 14 more people"
    survey = replace(surveyed(FILES, TODAY), changes=lambda: [merged])
    whole = changes.part(survey, Summaries({}, {})).data["data/changes.csv"]
    assert all(name in whole for name in people)


def test_an_approval_that_another_change_recorded():
    merged = brought({}, {SOP_PATH: SOP}, {APPROVAL_PATH: APPROVAL})

    assert row_of(merged)["Approved by"].endswith("unsigned, recorded by another change)")
    assert row_of(merged)["About"] == "revision"


# --- where the history begins ---------------------------------------------------------------------------------------


def test_the_founding_import_is_said():
    founding = brought({}, {"qmsci.yaml": POLICY, PERSON_PATH: PERSON})

    assert "The quality system came to main on" in sentences(page_of([brought({}, {SOP_PATH: SOP}), founding]))
    assert "came to main" not in sentences(page_of([brought({}, {SOP_PATH: SOP})]))


def test_where_a_shallow_clone_begins():
    beyond = Beyond(2, (made("a" * 40), date(2026, 11, 1)))
    page = page_of([brought({}, {"qmsci.yaml": POLICY})], beyond)

    assert "1 change of the quality system is listed, from" in sentences(page)
    assert "2 changes left out that touched nothing of the quality system." in sentences(page)
    assert f"The history here begins on 2026-11-01 with the commit {'a' * 40}: what that" in sentences(page)
    assert "came to main" not in sentences(page)


def test_what_came_after_the_day_is_counted_and_not_listed():
    """The list ends with the day of the site; so does the file."""
    here = brought({}, {SOP_PATH: SOP})
    later = replace(here, day=TODAY + timedelta(days=1), title="Later")
    survey = replace(surveyed(FILES, TODAY), changes=lambda: [later, later, replace(here, day=TODAY), here])
    part = changes.part(survey, Summaries({}, {}))
    (page,) = part.pages

    assert len(rows_of(page, "changes")) == 2
    assert "2 changes of the quality system are listed" in sentences(page)
    assert "2 changes came to main after this day and are not listed." in sentences(page)
    assert "Later" not in body_of(page) + part.data["data/changes.csv"]
    assert "after this day" not in sentences(page_of([here]))


# --- what people wrote, and much of it ------------------------------------------------------------------------------


def test_what_people_wrote_does_nothing():
    merged = replace(
        brought({}, {}),
        title=HOSTILE,
        authors=(Author(Identity(HOSTILE, ""), None),),
        told=(Told(Kind.PERSON, "p-1", HOSTILE, HOSTILE, PERSON_PATH),),
    )
    text = body_of(page_of([merged]))

    assert text.count("&lt;script&gt;") == 4
    assert "<script" not in text
    assert not {"\u202e", "\x07"} & set(text)


def test_filters():
    table = table_of(page_of([brought({}, {SOP_PATH: SOP})]), "changes")

    assert [table.heads[column] for column in table.filters] == ["About", "Month"]


@pytest.mark.slow
def test_thousands_of_changes():
    """The time grows with their number and no faster; the rows go to data."""
    one = brought({}, {SOP_PATH: SOP, APPROVAL_PATH: APPROVAL, PERSON_PATH: PERSON})
    survey = replace(surveyed(FILES, TODAY), changes=lambda: [one] * 5_000)
    begun = time.process_time()
    part = changes.part(survey, Summaries({}, {}))

    assert time.process_time() - begun < 5
    files = written(part.pages[0])
    assert len(files["changes/index.md"]) < 100_000
    assert files["data/rows/changes/index.js"].startswith('qmsciData("rows/changes/index"')
    assert len(list(csv.reader(part.data["data/changes.csv"].splitlines()))) == 5_001
