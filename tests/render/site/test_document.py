"""The pages of a document: the text in force and the coming one, who approved it, who is trained on it and who must be."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from qmsci.read import text_digest
from qmsci.records.document import Document
from qmsci.render.site.document import next_review, part
from qmsci.render.site.page import Folded, Heading, Mark, Notice, Page, Part, Prose, Table, Text, Tone
from qmsci.render.site.summary import DocumentSummary
from qmsci.render.site.survey import KeptText, Survey
from qmsci.render.site.written import plain
from qmsci.signing import signer_of
from tests.halden import FILES, assignment, done, history, item, joined, person, revision, shown
from tests.halden import document as a_document
from tests.keys import made, public
from tests.laws import POLICY, TODAY
from tests.render.site.shown import (
    body_of,
    column,
    facts_of,
    links_in,
    notices_of,
    reference,
    rows_of,
    surveyed,
    table_of,
    text_of,
)
from tests.render.site.surveys import COMMIT
from tests.signed import Pen, spread

JUNE = date(2026, 6, 30)
DIGEST = text_digest(b"Do it.\n")
SIGNED = POLICY.replace("approvals: forge", "approvals: signed")


def told(survey: Survey, name: str = "SOP-014") -> tuple[Part, DocumentSummary]:
    """The pages of a document."""
    document = survey.snapshot.documents.get(name)
    assert isinstance(document, Document)
    return part(survey, document)


def page_of(survey: Survey, name: str = "SOP-014") -> Page:
    """The page of a document."""
    return told(survey, name)[0].pages[0]


def having(survey: Survey, *texts: tuple[str, str]) -> Survey:
    """The same, had main these texts: labels with bodies, newest first."""
    found = [
        KeptText(
            label,
            f"Title {label}",
            text_digest(body.encode()),
            body,
            "controlled-docs/sop/SOP-014.md",
            COMMIT,
            "2026-01-01T08:00:00+00:00",
        )
        for label, body in texts
    ]
    return replace(survey, texts=lambda _: found)


def one(revisions: str, more: str = "", policy: str = POLICY) -> Survey:
    """A document that nobody is concerned with."""
    return surveyed({"qmsci.yaml": policy, **a_document("SOP-014", revisions, **({"purpose": more} if more else {}))})


def data_of(found: Part) -> dict[str, Any]:
    """The data of the texts."""
    ((path, text),) = found.data.items()
    assert path == "data/texts/SOP-014.js"
    name, _, content = text.removeprefix("qmsciData(").removesuffix(");\n").partition(", ")
    assert json.loads(name) == "texts/SOP-014"
    said: dict[str, Any] = json.loads(content)
    return said


# --- nothing there --------------------------------------------------------------------------------------------------


def test_a_document_that_concerns_nobody():
    """It has its text, its facts, and says of all else that there is nothing."""
    found, summary = told(one(revision("1", "2026-01-10")))
    (page,) = found.pages
    text = text_of(page)

    assert (page.path, page.title, page.kind) == ("documents/SOP-014.html", "SOP-014 SOP-014", "Document")
    assert page.controlled == f"SOP-014 revision 1, effective 2026-01-10, {DIGEST[:23]}"
    assert page.keys == ("SOP-014", "SOP-014", "SOP-014@1")
    assert page.words == "Do it."
    assert '<div class="q-prose">\n<p>Do it.</p>\n</div>' in text
    for said in (
        "They are kept in the reviews of the forge.",
        "No role requires SOP-014.",
        "Nobody holds a role that requires SOP-014, or will.",
        "No training on SOP-014@1 is assigned to a role.",
    ):
        assert said in text
    assert notices_of(page) == {}
    assert summary == DocumentSummary(
        document="SOP-014",
        title="SOP-014",
        type="SOP",
        owner="operator",
        purpose="qualification",
        next_review=date(2028, 1, 10),
        retired=None,
        digest=DIGEST,
        revisions=summary.revisions,
        governs=("gowning",),
    )
    assert summary.current
    assert (summary.current.qualified, summary.current.affected, summary.coming) == (0, 0, ())


def test_without_a_policy():
    survey = surveyed({**a_document("SOP-014", revision("1", "2026-01-10")), "qmsci.yaml": "revision: x\n"})
    page = page_of(survey)

    assert "Next review" not in facts_of(page)
    assert "No approval is recorded here." in text_of(page)


@pytest.mark.parametrize(
    ("revisions", "more", "title", "says"),
    [
        pytest.param(
            revision("1", "2027-01-10"),
            {},
            "No revision is in force",
            "SOP-014@1 is the first, from 2027-01-10.",
            id="not-yet",
        ),
        pytest.param(
            revision("1", "2026-01-10", more=", withdrawn: 2026-01-02"),
            {},
            "No revision is in force",
            "All revisions of SOP-014 were withdrawn.",
            id="withdrawn",
        ),
        pytest.param(
            revision("1", "2026-01-10"),
            {"retired": "2026-11-22"},
            "Retired",
            "SOP-014 was retired on 2026-11-22. It governs and requires nothing from that day.",
            id="retired",
        ),
    ],
)
def test_where_nothing_is_in_force(revisions: str, more: dict[str, str], title: str, says: str):
    """No text is shown as if it were in force; the history leads to those that there were."""
    page = page_of(surveyed(a_document("SOP-014", revisions, **more)))

    assert notices_of(page)[title] == says
    assert not any(isinstance(block, Prose) for block in page.blocks)
    assert page.controlled == "SOP-014: no revision in force on 2026-11-22"
    assert page.words == ""
    assert "Revision" not in facts_of(page)
    assert page.description == "No revision in force"


# --- hostile --------------------------------------------------------------------------------------------------------


def test_what_people_wrote_can_do_nothing():
    """In no cell, notice or text, nor in the data."""
    bad = json.dumps("<script>|\u202e\x00\"'&".replace("\x00", ""))
    path = "controlled-docs/sop/SOP-014.md"
    front = f"id: SOP-014\ntitle: {bad}\nowner: operator\nrevisions: [{revision('1', '2026-01-10').replace('summary: S.', f'summary: {bad}')}]\n"
    survey = surveyed({path: f"---\n{front}---\n</div><script>x</script>\n\u2066[a](javascript:x)\n"})
    found, _ = told(survey)
    page = found.pages[0]

    assert "<script" not in body_of(page) + "".join(found.data.values())
    assert "\u202e" not in text_of(page)
    assert "\u2066" not in text_of(page)
    assert column(page, "revisions", "Summary") == ["<script>|\u202e\"'&"]
    assert data_of(found)["texts"][0]["body"].startswith("</div><script>x</script>")


# --- the revision in force ------------------------------------------------------------------------------------------


def test_the_facts():
    survey = surveyed(FILES, JUNE)
    facts = facts_of(page_of(survey))

    assert facts["Revision"] == "2"
    assert facts["In force"] == "from 2026-04-01, 90 days so far"
    assert facts["Text"] == DIGEST
    assert facts["Came to main"] == f"{COMMIT}, 2026-06-30 08:00:00 +00:00"
    assert facts["Next review"] == "by 2028-04-01"
    assert facts["Training"] == "read, practical; again every 12 months"
    assert facts["Purpose"].startswith("qualification: ")
    assert facts["Governs"] == "gowning"
    assert facts_of(page_of(survey, "TRN-001"))["Governs"] == "nothing"
    assert {
        "roles/operator.html",
        "activities/gowning.html",
        "people/p-0001.html",
        "events/CAPA-2025-001.html",
    } <= links_in(page_of(survey))


def test_what_it_says_of_itself():
    """References are linked where there is such a document, and supervised work is said."""
    more = {
        "references": "[SOP-001, SOP-404]",
        "training": "{supervised: 2, method: [practical]}",
        "retired": "2027-05-01",
    }
    survey = surveyed(
        {
            **a_document("SOP-014", revision("1", "2026-01-10"), **more),
            **a_document("SOP-001", revision("1", "2026-01-10")),
        }
    )
    page = page_of(survey)

    assert facts_of(page)["References"] == "SOP-001, SOP-404"
    assert "documents/SOP-001.html" in links_in(page)
    assert "documents/SOP-404.html" not in links_in(page)
    assert facts_of(page)["Training"] == "practical; 2 supervised tasks first"
    assert facts_of(page)["In force"] == "2026-01-10 to 2027-04-30, 316 days so far"
    assert notices_of(page) == {"To be retired": "SOP-014 governs and requires nothing from 2027-05-01."}


@pytest.mark.parametrize(
    ("reviewed", "due", "tone"),
    [
        pytest.param("[]", "overdue since 2026-01-10", True, id="never"),
        pytest.param("[{on: 2026-01-02, by: p-1, outcome: confirmed}]", "by 2028-01-02", False, id="in-time"),
        pytest.param(
            "[{on: 2020-01-02, by: p-1, outcome: confirmed}]",
            "overdue since 2026-01-10",
            True,
            id="of-an-earlier-revision",
        ),
        pytest.param("[{on: 2027-01-02, by: p-1, outcome: confirmed}]", "overdue since 2026-01-10", True, id="to-come"),
    ],
)
def test_the_next_review(reviewed: str, due: str, tone: bool):
    survey = surveyed(a_document("SOP-014", revision("1", "2024-01-10"), reviewed=reviewed))
    facts = dict(page_of(survey).blocks[0].rows)  # type: ignore[union-attr]

    said = facts["Next review"]
    assert plain(said) == due
    assert (isinstance(said, Mark) and said.tone is Tone.BAD) is tone
    document = survey.snapshot.documents.get("SOP-014")
    assert document
    assert next_review(survey.snapshot, document, date(2024, 1, 9)) is None


def test_links_lead_to_pages():
    """A text's links to files of documents, or to their ids, lead to the pages of these, wherever the files lie."""
    survey = having(
        surveyed(
            joined(
                a_document("SOP-014", revision("1", "2026-01-10")), a_document("WI-031", revision("1", "2026-01-10"))
            )
        ),
        (
            "1",
            "[a](../wi/WI-031.md) [b](/controlled-docs/wi/WI-031-setting-up.md) [c](WI-031) [d](SOP-014@1) [e](../wi/WI-032.md) [f](../README.md)",
        ),
    )
    text = text_of(page_of(survey))

    assert text.count('<a href="WI-031.html">') == 3
    assert '<a href="SOP-014.html">d</a>' in text
    assert "e (<code>../wi/WI-032.md</code>)" in text
    assert "f (<code>../README.md</code>)" in text


# --- texts ----------------------------------------------------------------------------------------------------------

TWO = f"{revision('2', '2026-02-01')}, {revision('1', '2025-01-10')}"


def test_the_text_in_force_is_not_the_one_at_the_head_of_the_file():
    """The coming one has a page of its own, which says so at once, on every sheet and in its title."""
    coming = f"{revision('3', '2026-12-15')}, {TWO}"
    found, summary = told(
        having(surveyed(a_document("SOP-014", coming)), ("3", "Three."), ("2", "Two."), ("1", "One."))
    )
    now, soon = found.pages

    assert (now.words, soon.words) == ("Two.", "Three.")
    assert (now.title, soon.title) == ("SOP-014 Title 2", "SOP-014@3 Title 3, not yet effective")
    assert notices_of(now) == {"A revision is coming": "SOP-014@3 takes effect on 2026-12-15."}
    assert "documents/SOP-014@3.html" in links_in(now)
    assert soon.path == "documents/SOP-014@3.html"
    assert notices_of(soon) == {
        "Not yet effective": "It takes effect on 2026-12-15. On 2026-11-22 the revision in force is SOP-014@2."
    }
    assert soon.blocks[0].tone is Tone.BAD  # type: ignore[union-attr]
    assert soon.controlled.startswith("SOP-014 revision 3, NOT YET EFFECTIVE, from 2026-12-15, sha256:")
    assert facts_of(soon)["In force"] == "from 2026-12-15"
    assert "Next review" not in facts_of(soon)
    assert [one.revision for one in summary.coming] == ["3"]
    assert summary.title == "Title 2"


def test_the_first_revision_is_coming():
    found, _ = told(one(revision("1", "2026-12-15")))
    assert notices_of(found.pages[1])["Not yet effective"].endswith("On 2026-11-22 no revision of SOP-014 is in force.")


def test_a_text_that_is_not_in_the_history():
    found, summary = told(having(surveyed(a_document("SOP-014", TWO)), ("1", "One.")))
    page = found.pages[0]

    assert "The text of SOP-014@2 is not in the history" in notices_of(page)["The text is not here"]
    assert page.controlled == "SOP-014 revision 2, effective 2026-02-01, text not in this history"
    assert (summary.digest, summary.title) == (None, "SOP-014")
    soon = told(having(one(revision("1", "2027-01-10"))))[0].pages[1]
    assert (soon.title, soon.words) == ("SOP-014@1 SOP-014, not yet effective", "")


def test_a_text_from_before_the_history_begins():
    survey = having(surveyed(a_document("SOP-014", TWO)), ("2", "Two."))
    kept = [one._replace(commit=None, recorded=None) for one in survey.texts(None)]  # type: ignore[arg-type]
    page = page_of(replace(survey, texts=lambda _: kept))

    assert facts_of(page)["Came to main"] == "before the history that is here begins"


def test_all_texts_are_there_to_be_compared():
    """Those that were altered in place as well, and revisions without a text."""
    three = f"{revision('3', '2026-12-15')}, {TWO}"
    survey = having(surveyed(a_document("SOP-014", three)), ("3", "C.\r\n"), ("2", "B!"), ("2", "B."))
    found, _ = told(survey)
    content = data_of(found)

    assert [(one["revision"], one["state"], one["effective"]) for one in content["revisions"]] == [
        ("3", "approved", "2026-12-15"),
        ("2", "in-force", "2026-02-01"),
        ("1", "superseded", "2025-01-10"),
    ]
    assert [(one["revision"], one["meant"], one["body"]) for one in content["texts"]] == [
        ("3", True, "C.\n"),
        ("2", True, "B!"),
        ("2", False, "B."),
    ]
    assert content["texts"][0].keys() == {"revision", "digest", "title", "commit", "recorded", "meant", "body"}
    assert column(found.pages[0], "revisions", "Compare") == ["with 2", "with 1", "read"]
    assert "compare.html?document=SOP-014&amp;from=2&amp;to=3" in text_of(found.pages[0])
    said = notices_of(found.pages[0])["Altered in place"]
    assert said.startswith("Main had 2 texts of SOP-014@2 without a new revision: sha256:")


# --- approvals ------------------------------------------------------------------------------------------------------

PATH = "controlled-docs/approvals/SOP-014@1/p-0001.yaml"
AT = "2026-01-02T10:00:00+01:00"


def agreed(digest: str = DIGEST, **more: object) -> dict[str, object]:
    """An approval of SOP-014@1, unsigned."""
    return {
        "document": "SOP-014@1",
        "text": digest,
        "effective": "2026-01-10",
        "impact": "retrain",
        "governs": ["gowning"],
        **more,
    }


UNSIGNED = {"by": "p-0001", "name": "Marte Lie", "meaning": "quality-approval", "at": AT}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A private key."""
    return made(tmp_path_factory.mktemp("keys"))


def approved(keys: Path, key: str = "", change: str = "", policy: str = SIGNED) -> Survey:
    """A document that p-0001 has signed, with something added to the entry of their key, or changed after that."""
    record = agreed()
    pen = Pen("p-0001", "Marte Lie", signer_of(keys, lambda: ""))
    text = spread({**record, **pen.on(PATH, record, "quality-approval", AT)})
    entry = (
        f"keys:\n  - {{key: {' '.join(public(keys).split()[:2])}, from: 2026-01-01, proof: badge, by: p-0001{key}}}\n"
    )
    who = person("p-0001", "quality-assurance", more=entry)
    document = a_document("SOP-014", revision("1", "2026-01-10").replace("p-0001", "p-0007"))
    signed = text.replace("retrain", change) if change else text
    return surveyed({"qmsci.yaml": policy, PATH: signed, **who, **document})


@pytest.mark.parametrize(
    ("key", "change", "says"),
    [
        pytest.param("", "", "verifies, key valid then", id="good"),
        pytest.param("", "read", "does not verify: ", id="altered"),
        pytest.param(", to: 2026-01-01", "", "does not count: signed on 2026-01-02, and the key", id="over"),
        pytest.param(", revoked: {on: 2026-10-01}", "", "does not count: the key", id="revoked-before-it-was-recorded"),
    ],
)
def test_a_signed_approval(keys: Path, key: str, change: str, says: str):
    """Printed name, date and time, meaning (21 CFR 11.50); the key, and whether it was valid then."""
    page = page_of(approved(keys, key, change))
    (row,) = rows_of(page, "approvals")

    assert (row["Name"], row["Person"], row["Meaning"], row["Date and time"]) == (
        "Marte Lie",
        "p-0001",
        "quality-approval",
        "2026-01-02 10:00:00 +01:00",
    )
    assert row["Signature"].startswith(says)
    assert row["Key"].startswith("SHA256:")
    assert row["Record"] == PATH
    assert "people/p-0001.html" in links_in(page)
    assert ("An approval was lost" in notices_of(page)) is ("revoked" in key)


@pytest.mark.parametrize(
    ("record", "says"),
    [
        pytest.param({**agreed(), **UNSIGNED}, "not signed", id="unsigned"),
        pytest.param(
            {**agreed(), **UNSIGNED, "origin": {"system": "github", "reference": "https://x.example/1"}},
            "imported from github: https://x.example/1",
            id="imported",
        ),
        pytest.param(
            {**agreed(), **UNSIGNED, "signature": "AAAA"}, "does not verify: the signature lacks key", id="half"
        ),
        pytest.param(
            {**agreed(f"sha256:{64 * '0'}"), **UNSIGNED},
            f"not signed it approves another text, sha256:{64 * '0'}",
            id="of-another-text",
        ),
    ],
)
def test_an_approval_that_is_not_signed(record: dict[str, object], says: str):
    survey = surveyed({PATH: spread(record), **a_document("SOP-014", revision("1", "2026-01-10"))})
    page = page_of(survey)
    (row,) = rows_of(page, "approvals")

    assert (row["Signature"], row["Person"], row["Key"]) == (says, "p-0001", "")
    assert column(page, "revisions", "Approvals") == ["1"]
    expected = "No approval of SOP-014@1 is of the text that is shown."
    assert notices_of(page).get("Another text was approved") == (expected if "another" in says else None)


def test_a_revision_of_the_founding():
    """It stands on the approval of the policy, where there is one of somebody entitled."""
    policy = SIGNED + "founded: 2026-01-10\n"
    files = {"qmsci.yaml": policy, **a_document("SOP-014", revision("1", "2026-01-10"))}

    def note(more: dict[str, str]) -> str:
        return next(
            plain(block.said) for block in page_of(surveyed({**files, **more})).blocks if isinstance(block, Text)
        )

    def approval(who: str, meaning: str = "quality-approval") -> dict[str, str]:
        digest = "sha256:" + "ab" * 32
        record = {"file": "qmsci.yaml", "digest": digest, "by": who, "name": "Marte Lie", "meaning": meaning, "at": AT}
        return {f"controlled-docs/approvals/qmsci.yaml@{'ab' * 8}/{who}.yaml": spread(record)}

    stands = "It is of the founding on 2026-01-10, and stands on the approval of qmsci.yaml"
    assert note({}) == f"{stands}, of which none is recorded."
    assert note({**approval("p-0042"), **person("p-0042", "operator")}) == f"{stands}, of which none is recorded."
    assert note({**approval("p-0001", "reviewed"), **person("p-0001", "quality-assurance")}).endswith(
        "none is recorded."
    )
    said = note({**approval("p-0001"), **person("p-0001", "quality-assurance")})
    assert said.startswith(
        f"{stands}: quality-approval by Marte Lie (p-0001), 2026-01-02 10:00:00 +01:00, controlled-docs/approvals/qmsci.yaml@"
    )


# --- the history ----------------------------------------------------------------------------------------------------


def test_the_history_of_revisions():
    """What changed, why, by whom, and how many were qualified in time: they are `qmsci status`'s numbers."""
    page = page_of(surveyed(FILES, JUNE))
    newest, oldest = rows_of(page, "revisions")

    assert newest == {
        "Revision": "2",
        "State": "in force",
        "Effective": "2026-04-01",
        "Impact": "retrain",
        "Summary": "S.",
        "Authors": "p-0001",
        "Reason": "CAPA-2025-001",
        "Approvals": "0",
        "In time": "1 of 2",
        "Compare": "with 1",
    }
    assert (oldest["State"], oldest["Reason"], oldest["In time"]) == (
        "superseded",
        "",
        "2 of 2",
    )
    assert table_of(page, "revisions").csv


def test_each_state_of_a_revision():
    revisions = ", ".join(
        [
            revision("4", "2027-01-10", "none", ", rationale: Spelling., emergency: true"),
            revision("3", "2026-12-01", more=", withdrawn: 2026-11-01"),
            revision("2", "2026-02-01"),
            revision("1", "2025-01-10"),
        ]
    )
    rows = rows_of(page_of(one(revisions)), "revisions")

    assert [row["State"] for row in rows] == ["approved", "withdrawn", "in force", "superseded"]
    assert [row["In time"] for row in rows] == [
        "0 of 0 so far",
        "owed by nobody",
        "0 of 0",
        "0 of 0",
    ]
    assert rows[0]["Impact"] == "none; emergency; Spelling."
    assert rows[0]["Compare"] == "with 3"


# --- training -------------------------------------------------------------------------------------------------------


def test_who_must_be_trained_and_is():
    """Each with the day, and whether it was before the revision took effect; who came later, that they did."""
    page = page_of(surveyed(FILES, JUNE))
    rows = rows_of(page, "people")

    assert [(row["Person"], row["State"], row["Trained on"], row["Before it took effect"]) for row in rows] == [
        ("p-0042", "qualified", "2026-03-23", "yes"),
        ("p-0043", "qualified", "2026-04-02", "no"),
        ("p-0044", "qualified", "2026-05-20", "came later"),
    ]
    assert rows[0] == {
        "Person": "p-0042",
        "Name": "Person p-0042",
        "Roles": "operator",
        "State": "qualified",
        "Trained on": "2026-03-23",
        "Before it took effect": "yes",
        "Due": "",
        "Valid through": "2027-03-23",
    }
    assert "3 of 3 people who must be trained on SOP-014@2 were qualified on 2026-06-30" in text_of(page)
    assert rows_of(page, "roles") == [{"Role": "operator", "Title": "Operator", "Why": "performs gowning"}]
    summary = told(surveyed(FILES, JUNE))[1]
    assert (summary.qualified, summary.owed, summary.roles) == (3, 3, ("operator",))


OPERATOR = {
    "roles/operator.yaml": "id: operator\ntitle: Operator\npurpose: P.\nperforms: [gowning]\n",
    "roles/activities.yaml": "gowning: {title: Gown}\n",
}


def standing(
    revisions: str, *more: dict[str, str], day: date = TODAY, purpose: str = ""
) -> tuple[list[dict[str, str]], Part]:
    """Where one operator stands, who is there since 2025."""
    survey = surveyed(joined(OPERATOR, person("p-0042", "operator"), a_document("SOP-014", revisions), *more), day)
    found, _ = told(survey)
    return rows_of(found.pages[-1], "people"), found


@pytest.mark.parametrize(
    ("more", "state", "in_time", "due"),
    [
        pytest.param({}, "not qualified", "no", "", id="not-assigned"),
        pytest.param(
            assignment("SOP-014@1/operator", "new-document", "2025-12-27", [item("SOP-014@1", "2026-01-10", ["p-0042"], ["read"])], "operator"),
            "in training", "no", "overdue since 2026-01-10", id="overdue",
        ),
        pytest.param(
            assignment("SOP-014@1/operator", "new-document", "2025-12-27", [item("SOP-014@1", "2026-12-10", ["p-0042"], ["read"])], "operator"),
            "in training", "no", "2026-12-10", id="assigned",
        ),
        pytest.param(history("p-0042", "SOP-014", done("SOP-014@1", "2026-01-10")), "qualified", "yes", "", id="on-the-day"),
        pytest.param(history("p-0042", "SOP-014", done("SOP-014@1", "2026-01-11")), "qualified", "no", "", id="a-day-late"),
        pytest.param(
            {"training-records/waivers/p-0042/SOP-014.yaml": "- {document: SOP-014@1, reason: R., evidence: E., from: 2026-01-01, until: 2027-01-01, by: p-0001}\n"},
            "waived", "waived", "", id="waived",
        ),
    ],
)  # fmt: skip
def test_where_somebody_stands(more: dict[str, str], state: str, in_time: str, due: str):
    (row,), found = standing(revision("1", "2026-01-10"), more)

    assert (row["State"], row["Before it took effect"], row["Due"]) == (state, in_time, due)
    assert ("lacking" in names(found.pages[0])) is (state in {"not qualified", "in training"})


def test_a_coming_revision_faults_nobody_yet():
    later = person("p-0050", "operator", "2026-12-16")
    (row, other), found = standing(f"{revision('2', '2026-12-15')}, {revision('1', '2026-01-10')}", later)
    assert other["Before it took effect"] == "comes later"
    assert (row["State"], row["Before it took effect"]) == ("not qualified", "not yet")
    assert rows_of(found.pages[0], "people")[0]["Before it took effect"] == "no"
    assert not any(isinstance(block, Folded) for block in found.pages[1].blocks)


def test_training_that_carries_over():
    """A revision that needs none: the day is that of the training on the one before."""
    (row,), _ = standing(
        f"{revision('2', '2026-02-01', 'none', ', rationale: R.')}, {revision('1', '2026-01-10')}",
        history("p-0042", "SOP-014", done("SOP-014@1", "2026-01-05")),
    )
    assert (row["State"], row["Trained on"], row["Before it took effect"]) == ("qualified", "2026-01-05", "yes")


def test_who_is_away_or_yet_to_come():
    later = person("p-0050", "operator", "2027-01-01")
    away = person("p-0051", "operator", more="leave: [{from: 2026-11-01, to: 2026-12-31}]\n")
    rows, _ = standing(revision("1", "2026-01-10"), later, away)
    survey = surveyed(joined(OPERATOR, later, away, a_document("SOP-014", revision("1", "2026-01-10"))))

    assert [row["State"] for row in rows] == [
        "not qualified",
        "not qualified, from 2027-01-01",
        "not qualified, on leave",
    ]
    assert told(survey)[1].owed == 0


def test_assignments_and_how_long_they_waited():
    """Days from the approval to the assignment: 0 is what must be."""
    survey = surveyed(FILES, JUNE)
    (row,) = rows_of(page_of(survey), "assignments")

    assert row == {
        "Assignment": "SOP-014@2/operator.yaml",
        "Cause": "revision",
        "Role": "operator",
        "Assigned": "2026-03-16",
        "Lag": "0 days",
        "People": "2",
        "Due": "2026-04-01",
    }


def test_an_assignment_that_came_late(keys: Path):
    late = [
        item("SOP-014@1", "2026-01-10", ["p-0042"], ["read"]),
        item("SOP-014@1", "2026-01-12", ["p-0043"], ["read"]),
    ]
    survey = approved(keys)
    files = {
        **assignment("SOP-014@1/operator", "new-document", "2026-01-05", late, "operator"),
        **assignment("SOP-014@1/lead", "matrix-change", "2026-02-05", late[:1], "lead"),
        **assignment("SOP-014@1/later", "matrix-change", "2026-12-05", late[:1], "later"),
        **assignment("refresher/SOP-014@1/2026-06-01/operator", "refresher", "2026-06-01", late[:1], "operator"),
    }
    tree = survey.library.tree
    texts = {path: file.data.decode() for path in tree.paths("") if (file := tree.read([path])[0])}
    rows = rows_of(page_of(surveyed({**texts, **files})), "assignments")

    assert [(row["Cause"], row["Lag"], row["People"], row["Due"]) for row in rows] == [
        ("matrix-change", "", "1", "2026-01-10"),
        ("new-document", "3 days", "2", "2026-01-10, 2026-01-12"),
        ("refresher", "", "1", "2026-01-10"),
    ]


def test_who_was_trained_on_it_before():
    """Who need not be now, with what they were trained on; failed attempts are no training."""
    survey = surveyed(
        joined(
            FILES,
            person("p-0060", "operator", more="").copy(),
            {"roles/people/p-0060.yaml": person("p-0060", "quality-assurance")["roles/people/p-0060.yaml"]},
            history(
                "p-0060",
                "SOP-014",
                done("SOP-014@1", "2025-01-08", **shown()),
                done("SOP-014@2", "2026-03-30", **shown()),
            ),
            history("p-0061", "SOP-014", done("SOP-014@1", "2025-01-08", **shown("not-competent"))),
            history("p-0099", "SOP-014", done("SOP-014@1", "2025-02-08", **shown())),
        ),
        JUNE,
    )
    page = page_of(survey)

    assert rows_of(page, "others") == [
        {"Person": "p-0060", "Name": "Person p-0060", "Revisions": "1, 2", "Last trained on": "2026-03-30"},
        {"Person": "p-0099", "Name": "", "Revisions": "1", "Last trained on": "2025-02-08"},
    ]
    assert "2 people who need not be trained on it now, and were trained on it before" in text_of(page)
    assert "people/p-0099.html" not in links_in(page)
    retired = joined(
        a_document("SOP-014", revision("1", "2025-01-10"), retired="2026-01-01"),
        history("p-0099", "SOP-014", done("SOP-014@1", "2025-02-08")),
    )
    assert column(page_of(surveyed(retired)), "others", "Person") == ["p-0099"]


# --- earlier revisions ----------------------------------------------------------------------------------------------


def earlier(page: Page) -> dict[str, str]:
    """What is said of each earlier revision outside of tables, by the headline of its block."""
    return {
        block.summary: " ".join(plain(one.said) for one in block.blocks if isinstance(one, Text | Notice))
        for block in page.blocks
        if isinstance(block, Folded) and "and who was trained" in block.summary
    }


def test_who_had_to_be_trained_on_an_earlier_revision():
    """When they were asked to be, when they were, and whether that was before it took effect (D3)."""
    page = page_of(surveyed(FILES, JUNE))
    (headline,) = said = earlier(page)

    assert headline == "SOP-014@1, superseded: approvals, and who was trained"
    assert "2 of 2 people at work on 2025-01-10, whose roles require the document, were qualified" in said[headline]
    assert rows_of(page, "people-1")[0] == {
        "Person": "p-0042",
        "Name": "Person p-0042",
        "Roles": "operator",
        "Assigned": "2025-01-02",
        "Due": "2025-01-10",
        "Trained on": "2025-01-07",
        "Before it took effect": "yes",
    }
    assert column(page, "people-1", "Person") == ["p-0042", "p-0043"]
    assert table_of(page, "approvals-1").rows == ()


PAST = f"{revision('2.1', '2026-02-01')}, {revision('1.1', '2026-01-10')}"


@pytest.mark.parametrize(
    ("more", "assigned", "trained", "in_time"),
    [
        pytest.param({}, "", "", "no", id="never"),
        pytest.param(history("p-0042", "SOP-014", done("SOP-014@1.1", "2026-01-11")), "", "2026-01-11", "no", id="a-day-late"),
        pytest.param(history("p-0042", "SOP-014", done("SOP-014@2.1", "2026-01-09")), "", "", "no", id="on-another"),
        pytest.param(
            assignment("people/p-0042/operator-2025-12-01", "hire", "2025-12-01", [item("SOP-014@1.1", "2026-01-08", ["p-0042"], ["read"])], "operator"),
            "2025-12-01", "", "no", id="asked-of-them-alone",
        ),
        pytest.param(
            {"training-records/waivers/p-0042/SOP-014.yaml": "- {document: SOP-014@1.1, reason: R., evidence: E., from: 2026-01-01, until: 2026-01-20, by: p-0001}\n"},
            "", "", "waived", id="waived",
        ),
        pytest.param({"training-records/completions/p-0042/SOP-014.yaml": "- {"}, "", "cannot be read", "", id="unreadable"),
    ],
)  # fmt: skip
def test_where_somebody_stood(more: dict[str, str], assigned: str, trained: str, in_time: str):
    """Labels with points are names of tables as well."""
    _, found = standing(PAST, more)
    (row,) = rows_of(found.pages[0], "people-1-1")

    assert (row["Assigned"], row["Trained on"], row["Before it took effect"]) == (assigned, trained, in_time)


def test_who_came_while_it_was_in_force_and_who_came_too_late():
    """Whoever took the role on after that had never to be trained on it."""
    _, found = standing(PAST, person("p-0050", "operator", "2026-01-20"), person("p-0051", "operator", "2026-02-01"))
    rows = rows_of(found.pages[0], "people-1-1")

    assert [(row["Person"], row["Before it took effect"]) for row in rows] == [
        ("p-0042", "no"),
        ("p-0050", "came later"),
    ]


@pytest.mark.parametrize(
    ("revisions", "more", "headline", "says"),
    [
        pytest.param(
            PAST, {}, "SOP-014@1.1, superseded", "Nobody held a role that requires SOP-014 while", id="nobody"
        ),
        pytest.param(
            f"{revision('2', '2026-12-01', more=', withdrawn: 2026-11-01')}, {revision('1', '2025-01-10')}",
            {},
            "SOP-014@2, withdrawn",
            "SOP-014@2 was withdrawn on 2026-11-01: nobody owes training on it.",
            id="withdrawn",
        ),
        pytest.param(
            revision("1", "2025-01-10"),
            {"retired": "2026-01-01"},
            "SOP-014@1, retired",
            f"Effective 2025-01-10. Its text is {DIGEST}: read",
            id="retired",
        ),
    ],
)
def test_a_revision_that_nobody_had_to_know(revisions: str, more: dict[str, str], headline: str, says: str):
    page = page_of(surveyed(a_document("SOP-014", revisions, **more)))
    ((summary, said),) = earlier(page).items()

    assert summary.startswith(headline)
    assert says in said
    assert not any(name.startswith("people-") for name in names(page))


def test_why_there_is_nothing_of_an_earlier_revision():
    """It was brought along; or the clone does not reach back to it; or main skipped it."""
    three = f"{revision('3', '2026-03-01')}, {TWO}"
    survey = surveyed(a_document("SOP-014", three))
    brought = list(earlier(page_of(having(survey, ("3", "Three."), ("2", "Two.")))).values())
    skipped = list(earlier(page_of(having(survey, ("3", "Three."), ("1", "One.")))).values())
    nothing = list(earlier(page_of(having(survey))).values())
    kept = [one._replace(commit=None, recorded=None) for one in having(survey, ("3", "Three.")).texts(None)]  # type: ignore[arg-type]
    shallow = list(earlier(page_of(replace(survey, texts=lambda _: kept))).values())

    assert "?document=SOP-014&amp;from=2&amp;to=2" in text_of(page_of(having(survey, ("3", "Three."), ("2", "Two."))))
    assert "Main never had its text: SOP-014 came to main with revision 2 on 2026-01-01 08:00:00 +00:00" in brought[1]
    for said in (skipped[0], *nothing, *shallow):
        assert "not in the history that this site was built from" in said


def test_the_approvals_of_an_earlier_revision(keys: Path):
    """With name, time, meaning, key and verdict, as those of the revision in force; and what is wrong is said."""
    survey = approved(keys)
    tree = survey.library.tree
    files = {path: file.data.decode() for path in tree.paths("") if (file := tree.read([path])[0])}
    two = a_document("SOP-014", f"{revision('2', '2026-02-01')}, {revision('1', '2026-01-10')}")
    page = page_of(having(surveyed({**files, **two, "qmsci.yaml": SIGNED}), ("2", "Two."), ("1", "Else.")))
    (row,) = rows_of(page, "approvals-1")

    assert (row["Name"], row["Meaning"], row["Date and time"]) == (
        "Marte Lie",
        "quality-approval",
        "2026-01-02 10:00:00 +01:00",
    )
    assert row["Signature"].startswith("verifies, key valid then it approves another text")
    assert row["Key"].startswith("SHA256:")
    assert "No approval of SOP-014@1 is of the text that is shown." in "".join(earlier(page).values())


# --- the reference system -------------------------------------------------------------------------------------------


def test_the_reference_system():
    """Every document has its page, its text, its approvals; nothing is wrong with any of them."""
    survey = reference()
    for document in survey.snapshot.documents:
        found, summary = part(survey, document)
        page = found.pages[0]
        headings = [block.name for block in page.blocks if isinstance(block, Heading)]

        past = [one for one in summary.revisions if one.state not in {"in-force", "approved"}]
        expected = (
            ["approvals", "the-text"] * bool(summary.current) + ["revisions", "training"] + ["earlier"] * bool(past)
        )
        assert headings == expected
        for one in past:
            assert len(rows_of(page, f"people-{one.revision}")) >= one.affected
            signed = set(column(page, f"approvals-{one.revision}", "Signature"))
            assert signed <= {"verifies, key valid then"}
        assert set(notices_of(page)) <= {"A revision is coming", "The text is not here", "Retired"}
        for one in found.pages if summary.current else found.pages[1:]:
            assert set(column(one, "approvals", "Signature")) == {"verifies, key valid then"}
        assert summary.roles
        assert summary.owed >= summary.qualified


def names(page: Page) -> list[str]:
    """The names of the tables on a page."""
    folded = [inner for block in page.blocks if isinstance(block, Folded) for inner in block.blocks]
    return [block.name for block in (*page.blocks, *folded) if isinstance(block, Table)]


def test_no_two_tables_of_a_page_have_one_name():
    for found in told(surveyed(FILES, JUNE))[0].pages:
        assert len(names(found)) == len(set(names(found)))


def test_why_somebody_is_not_qualified():
    _, found = standing(revision("1", "2026-01-10"))
    (row,) = rows_of(found.pages[0], "lacking")
    assert row == {
        "Person": "p-0042",
        "Name": "Person p-0042",
        "State": "not qualified",
        "Why": "not trained on SOP-014@1, no training on record",
    }
