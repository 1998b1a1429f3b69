"""The pages of the rules: each law with its examples, and what it finds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qmsci.finding import Finding, Place, Severity
from qmsci.render.site import rules
from qmsci.render.site.page import CodeBlock, Heading, Link, Mark, Page, Prose, Tone
from qmsci.render.site.summary import Summaries
from qmsci.render.site.survey import Checked, Survey
from qmsci.rule import AREAS, RULES, examples
from qmsci.rules import load_rules
from tests.halden import FILES
from tests.render.site.shown import body_of, facts_of, links_in, rows_of, surveyed, table_of, text_of

load_rules()
NAMES = sorted(RULES)
NOBODY = Summaries({}, {})


def pages(survey: Survey) -> dict[str, Page]:
    return {page.path: page for page in rules.part(survey, NOBODY).pages}


def found_in(survey: Survey, *findings: Finding) -> Survey:
    """A survey of which so much is found."""
    return replace(survey, checked=lambda: Checked({}, {}, {}, [], [], findings))


@pytest.fixture(scope="module")
def empty() -> dict[str, Page]:
    return pages(surveyed({}))


def test_every_rule_has_its_line_and_its_page(empty: dict[str, Page]):
    """By area, then by name; where nothing is found, nothing stands out."""
    rows = rows_of(empty["rules/index.html"], "rules")

    assert set(empty) == {"rules/index.html", *(f"rules/{name}.html" for name in NAMES)}
    assert sorted(row["Rule"] for row in rows) == NAMES
    assert list(dict.fromkeys(row["Area"] for row in rows)) == list(AREAS.values())
    assert {row["Findings"] for row in rows} == {"0"}
    assert links_in(empty["rules/index.html"]) == {f"rules/{name}.html" for name in NAMES}
    assert table_of(empty["rules/index.html"], "rules").filters == (1, 2, 3)


def test_the_index_says_what_qmsci_rules_says(empty: dict[str, Page]):
    (row,) = (row for row in rows_of(empty["rules/index.html"], "rules") if row["Rule"] == "review-overdue")

    assert row == {
        "Rule": "review-overdue",
        "Area": "Documents",
        "Severity": "error",
        "Asked": "as days go by",
        "What is wrong": "A document in force was not reviewed in time.",
        "Regulation": "ISO 13485:2016 4.2.4; EU GMP chapter 4",
        "Findings": "0",
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_all_of_the_law(empty: dict[str, Page], name: str):
    """Sentence, reason, regulation; every example, letter by letter, in its order and under its heading."""
    page, rule = empty[f"rules/{name}.html"], RULES[name]
    codes = [block for block in page.blocks if isinstance(block, CodeBlock)]
    headings = [block for block in page.blocks if isinstance(block, Heading)]
    shown = {
        (path, text)
        for example in examples(rule.page)
        for path, text in [*example.before.items(), *example.after.items()]
    }

    assert facts_of(page)["Regulation"] == "; ".join(rule.regulations)
    assert facts_of(page)["To mend it"] == rule.fix.replace("`", "")
    assert [f'```{_language(code)} title="{code.title}"\n{code.text}```' in rule.page for code in codes] == [
        True
    ] * len(codes)
    assert len(codes) == rule.page.count("title=")
    assert len(codes) >= len(shown) > 0
    assert len(headings) == len(examples(rule.page)) + 1
    assert len({heading.name for heading in headings}) == len(headings)
    assert isinstance(page.blocks[2], Prose)
    assert "```" not in body_of(page)


def _language(code: CodeBlock) -> str:
    return "markdown" if code.title.split()[0].endswith(".md") else "yaml"


def test_an_example_is_shown_as_it_is_written(empty: dict[str, Page]):
    """Front matter, markup and comments are letters; a blank line ends nothing."""
    body = body_of(empty["rules/unsafe-content.html"])

    assert "<script" not in body
    assert "&lt;" in body
    assert "onclick=" in body  # as text: the law is about it
    assert all(line.strip() for part in body.split("<pre")[1:] for line in part.split("</pre>")[0].split("\n"))


def test_what_stands_between_backticks_is_code():
    assert rules._with_code("the `x` of `y`") == ("the ", rules.Code("x"), " of ", rules.Code("y"))
    assert rules._with_code("") == ()


def test_findings_stand_with_their_rule_and_lead_to_their_records():
    """Places with a page lead to it; ids in a sentence too; what has no page is shown as it is."""
    survey = found_in(
        surveyed(FILES),
        Finding(Place("controlled-docs/sop/SOP-014.md", 4), "review-overdue", "SOP-014 of p-0042 and p-9999"),
        Finding(Place("controlled-docs/notes.md", 2), "review-overdue", "<b>x</b>", Severity.WARNING),
    )
    found = pages(survey)
    (row,) = (
        row for row in table_of(found["rules/index.html"], "rules").rows if row[0] == rules.to_rule("review-overdue")
    )
    page = found["rules/review-overdue.html"]

    assert row[-1] == Mark("2", Tone.BAD)
    assert "2 findings in all" in text_of(found["rules/index.html"])
    assert rows_of(page, "findings") == [
        {"Place": "controlled-docs/sop/SOP-014.md:4", "What is wrong": "SOP-014 of p-0042 and p-9999"},
        {"Place": "controlled-docs/notes.md:2", "What is wrong": "<b>x</b>"},
    ]
    assert table_of(page, "findings").rows[0][0] == Link("controlled-docs/sop/SOP-014.md:4", "documents/SOP-014.html")
    assert {"documents/SOP-014.html", "people/p-0042.html"} <= links_in(page)
    assert "<b>" not in body_of(page)
    assert facts_of(page)["Findings"] == "2 findings on 2026-11-22"
    assert rows_of(found["rules/duplicate-id.html"], "findings") == []
