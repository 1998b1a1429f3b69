"""Who is asked to review what: the same system on the same day, the same bytes."""

from __future__ import annotations

import re
from datetime import date
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.finding import CannotRun
from qmsci.render.codeowners import HEADING, PLACES, codeowners
from tests.laws import snapshot_of

DOCUMENT = """\
---
id: {}
title: T
owner: {}
revisions:
  - {{revision: 1, effective: 2026-01-10, summary: S, impact: retrain, authors: [p-1]}}
---
Text.
"""


def person(name: str, role: str, account: str | None = None, days: str = "from: 2024-03-01") -> dict[str, str]:
    """Somebody's file."""
    accounts = f"accounts: {{github: {account}}}\n" if account else ""
    text = f"id: {name}\nname: N\nkind: employee\nemployed: {{from: 2024-03-01}}\nroles: [{{role: {role}, {days}}}]\n{accounts}"
    return {f"roles/people/{name}.yaml": text}


UNIT = person("p-3", "quality-assurance", "ahalvorsen")
SOP = "controlled-docs/sop/SOP-014-gowning.md"
LINE = "/controlled-docs/sop/SOP-014-gowning.*"


def written(files: dict[str, str], day: date = date(2026, 11, 22)) -> dict[str, list[str]]:
    """The accounts by pattern, in the order of the file."""
    text = codeowners(snapshot_of(files, day))
    assert text.startswith(HEADING)
    assert text.endswith("\n")
    assert max(map(len, text.splitlines())) < 300
    return {line.split()[0]: line.split()[1:] for line in text.splitlines() if line and not line.startswith("#")}


def test_the_quality_unit_answers_for_what_everybody_is_held_to():
    """In the order in which the last line that fits counts: what is protected stands last."""
    found = written({**UNIT, **person("p-4", "quality-assurance", "Zoe")})

    assert list(found) == [
        "/controlled-docs/",
        "/controlled-docs/approvals/",
        "/quality-events/",
        "/roles/",
        "/training-records/waivers/",
        "/qmsci.yaml",
        "/.github/",
        *(f"/{place}" for place in PLACES),
    ]
    assert set(map(tuple, found.values())) == {("@ahalvorsen", "@Zoe")}


@pytest.mark.parametrize(
    ("people", "accounts"),
    [
        pytest.param(person("p-7", "lead", "isolberg"), ["@ahalvorsen", "@isolberg"], id="who holds the owner's role"),
        pytest.param(
            {**person("p-7", "lead", "zed"), **person("p-8", "lead", "abe")},
            ["@abe", "@ahalvorsen", "@zed"],
            id="several, sorted",
        ),
        pytest.param(person("p-7", "lead", "'@isolberg'"), ["@ahalvorsen", "@isolberg"], id="written with its sign"),
        pytest.param(person("p-7", "lead", "halden/leads"), ["@ahalvorsen", "@halden/leads"], id="a team"),
        pytest.param(person("p-7", "lead", "AHalvorsen"), ["@ahalvorsen"], id="one account, once"),
        pytest.param(person("p-7", "lead"), ["@ahalvorsen"], id="without an account"),
        pytest.param(person("p-7", "other", "isolberg"), ["@ahalvorsen"], id="nobody holds it"),
        pytest.param(person("p-7", "lead", "isolberg", "from: 2026-11-23"), ["@ahalvorsen"], id="not yet"),
        pytest.param(
            person("p-7", "lead", "isolberg", "from: 2024-03-01, to: 2026-11-21"), ["@ahalvorsen"], id="no more"
        ),
        pytest.param(person("p-7", "lead", "'a @everyone'"), ["@ahalvorsen"], id="no account at all"),
        pytest.param(person("p-7", "lead", '"a\\n* @mallory"'), ["@ahalvorsen"], id="a line smuggled in"),
    ],
)
def test_a_document_is_reviewed_by_those_who_own_it(people: dict[str, str], accounts: list[str]):
    """Or by the quality unit, which is always asked as well."""
    found = written({**UNIT, **people, SOP: DOCUMENT.format("SOP-014", "lead")})

    assert sorted(found[LINE]) == sorted(accounts)
    assert list(found).index("/controlled-docs/") < list(found).index(LINE) < list(found).index("/quality-events/")


def test_who_has_no_account_is_named_by_id():
    """Names stay out of it: the file is in the repository, and they may not be."""
    people = {**UNIT, **person("p-7", "lead"), **person("p-4", "quality-assurance", "no one")}
    text = codeowners(snapshot_of({**people, SOP: DOCUMENT.format("SOP-014", "lead")}))

    assert "#   p-4 (quality-assurance)\n#   p-7 (lead)\n" in text
    assert "Without an account" not in codeowners(snapshot_of(UNIT))


@pytest.mark.parametrize("people", [{}, person("p-3", "quality-assurance"), person("p-7", "lead", "isolberg")])
def test_without_anybody_to_ask_nothing_is_written(people: dict[str, str]):
    """A file that names nobody protects nothing."""
    with pytest.raises(CannotRun, match=r"nobody of the quality unit \(quality-assurance\) has an account"):
        codeowners(snapshot_of(people))


def test_signs_that_a_pattern_cannot_have_are_replaced():
    """They fit any sign; so the file that is meant is among those that fit, on every forge."""
    odd = "controlled-docs/a b#c[d]*!é\\/SOP-014-gowning.md"

    assert "/controlled-docs/a?b?c?d???é?/SOP-014-gowning.*" in written({**UNIT, odd: DOCUMENT.format("SOP-014", "x")})


@given(folder=st.text(min_size=1, max_size=12).filter(lambda text: "/" not in text and text not in (".", "..")))
def test_a_pattern_fits_its_document(folder: str):
    """Whatever its folder is called; and it is one word, that begins no comment."""
    path = f"controlled-docs/{folder}/SOP-014.md"
    (pattern,) = (one for one in written({**UNIT, path: DOCUMENT.format("SOP-014", "x")}) if "SOP-014" in one)

    assert not re.search(r"[\s#\[\]\\!]", pattern)
    assert PurePosixPath(f"/{path}").match(pattern)


def test_the_same_whatever_the_order():
    """Sorted, so that a difference shows what has changed."""
    files = {**UNIT, **person("p-7", "lead", "isolberg"), SOP: DOCUMENT.format("SOP-014", "lead")}

    assert codeowners(snapshot_of(files)) == codeowners(snapshot_of(dict(reversed(files.items()))))
