"""What stands behind the site: of a system without a record, with faults in it, and of the reference system."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from qmsci.finding import Finding, Place, Severity
from qmsci.key_register import KeyRegister
from qmsci.render.site import verification
from qmsci.render.site.page import CodeBlock, Link, Mark, Page, Tile, Tiles, Tone
from qmsci.render.site.summary import Summaries
from qmsci.render.site.survey import Checked, Survey
from tests.halden import FILES
from tests.keys import security_keys
from tests.render.site.shown import body_of, column, facts_of, links_in, reference, rows_of, surveyed, table_of, text_of
from tests.render.site.surveys import COMMIT, survey_of

KEY = next(iter(security_keys().values())).key
DAY = date(2026, 6, 30)


def page_of(survey: Survey, checked: Checked | None = None) -> Page:
    found = replace(survey, checked=lambda: checked) if checked else survey
    (page,) = verification.part(found, Summaries({}, {})).pages
    return page


def tiles_of(page: Page) -> list[Tile]:
    return [tile for block in page.blocks if isinstance(block, Tiles) for tile in block.tiles]


def commands_of(page: Page) -> str:
    return "\n".join(block.text for block in page.blocks if isinstance(block, CodeBlock))


@pytest.mark.parametrize("survey", [survey_of({}, DAY), surveyed({}, DAY)], ids=["no-policy", "empty"])
def test_where_nothing_is_on_record_nothing_is_wrong(survey: Survey):
    page = page_of(survey)

    assert [(tile.figure, tile.tone) for tile in tiles_of(page)] == [
        ("0", Tone.PLAIN),
        ("0", Tone.GOOD),
        ("0", Tone.GOOD),
    ]
    assert [rows_of(page, name) for name in ("wrong", "void", "findings", "keys")] == [[], [], [], []]
    assert set(column(page, "verified", "Number")) == {"0"}
    assert facts_of(page)["Commit"] == COMMIT
    assert "--payload 'PATH#ENTRY.SIGNATURE' > payload" in commands_of(page)
    assert "Nothing is wrong." in text_of(page)


CHECKED = Checked(
    signatures={"approval": 2, "completion": 1200},
    unsigned={"approval": 0, "completion": 1},
    checked={"keys": 3, "digests": 1300, "digests_unknown": 2, "links": 7, "files": 4, "files_unknown": 0},
    wrong=[("training-records/completions/p-0042/SOP-014.yaml:3", "<b>*no*</b> \u202e | x"), ("odd:name", "M")],
    void=[("controlled-docs/approvals/SOP-014@2/p-0001.yaml:9", "V")],
    findings=[
        Finding(Place("qmsci.yaml", 4), "duplicate-id", "SOP-014 is there twice"),
        Finding(Place("roles/people/p-0042.yaml", 2), "look-alike-id", "W", Severity.WARNING),
    ],
    refused=1,
    stands_for={"commit": COMMIT, "tree": "a" * 40},
)


def test_what_is_wrong_is_counted_and_listed():
    """Each with the page that shows it, its rule, and its words as words."""
    page = page_of(surveyed(FILES), CHECKED)

    assert [(tile.figure, tile.label, tile.tone) for tile in tiles_of(page)] == [
        ("1,202", "signatures checked: 1,200 good, 1 wrong", Tone.BAD),
        ("2", "faults in signatures, digests and links", Tone.BAD),
        ("2", "findings of the rules: 1 error, 1 warning", Tone.BAD),
    ]
    assert [tuple(row.values()) for row in rows_of(page, "verified")] == [
        ("Signatures on approvals", "2"),
        ("Signatures on completions", "1,200"),
        ("Approvals without a signature", "0"),
        ("Completions without a signature", "1"),
        ("Keys in the register", "3"),
        ("Text digests", "1,300"),
        ("Digests of texts that this clone does not have", "2"),
        ("Links from completions to assignments", "7"),
        ("Approvals of whole files", "4"),
        ("Approvals of whole files that this clone does not have", "0"),
    ]
    assert table_of(page, "wrong").rows[0][0] == Link(CHECKED.wrong[0][0], "people/p-0042.html")
    assert column(page, "void", "Place") == [CHECKED.void[0][0]]
    assert rows_of(page, "findings") == [
        {
            "Severity": "error",
            "Rule": "duplicate-id",
            "Place": "qmsci.yaml:4",
            "What is wrong": "SOP-014 is there twice",
        },
        {"Severity": "warning", "Rule": "look-alike-id", "Place": "roles/people/p-0042.yaml:2", "What is wrong": "W"},
    ]
    assert {"rules/duplicate-id.html", "documents/SOP-014.html", "people/p-0042.html"} <= links_in(page)
    assert "<b>" not in body_of(page)
    assert "\u202e" not in text_of(page)


@pytest.mark.parametrize(
    ("severities", "tone"),
    [
        pytest.param([], Tone.GOOD, id="none"),
        pytest.param([Severity.WARNING], Tone.WARN, id="a-warning"),
        pytest.param([Severity.WARNING, Severity.ERROR], Tone.BAD, id="an-error"),
    ],
)
def test_the_worst_finding_gives_the_tone(severities: list[Severity], tone: Tone):
    findings = [Finding(Place("qmsci.yaml"), "duplicate-id", "M", one) for one in severities]

    assert tiles_of(page_of(surveyed({}), CHECKED._replace(findings=findings)))[-1].tone == tone


def test_the_ids_and_the_day_are_there_to_be_written_down():
    found = facts_of(page_of(surveyed(FILES, DAY), CHECKED))

    assert found == {
        "Commit": COMMIT,
        "Tree": "a" * 40,
        "Committed": "2026-06-30 08:00:00 +00:00",
        "Branch": "main",
        "As of": "2026-06-30",
    }
    unnamed = replace(surveyed({}), stamp=surveyed({}).stamp._replace(branch=""))
    assert facts_of(page_of(unnamed))["Branch"] == "not named"


def test_it_says_what_a_verdict_does_not_say():
    said = text_of(page_of(surveyed({})))

    for words in (
        "does not say that the person understood",
        "nor that nobody else held the key",
        "no tool is compliant",
    ):
        assert words in said


def holder(more: str) -> dict[str, str]:
    """Somebody with one key."""
    return {
        "roles/people/p-0042.yaml": (
            "id: p-0042\nname: Ingrid\nkind: employee\nemployed: {from: 2024-03-01}\nroles: []\n"
            f'keys: [{{key: "{KEY.line}", proof: "badge | <i>", by: p-0003, {more}}}]\n'
        )
    }


@pytest.mark.parametrize(
    ("more", "state", "to", "revoked"),
    [
        pytest.param("from: 2025-01-01", Mark("valid", Tone.GOOD), "has no end", "no", id="valid"),
        pytest.param("from: 2025-01-01, to: 2026-06-30", Mark("valid", Tone.GOOD), "2026-06-30", "no", id="last-day"),
        pytest.param("from: 2025-01-01, to: 2026-06-29", Mark("ended", Tone.QUIET), "2026-06-29", "no", id="ended"),
        pytest.param("from: 2026-07-01", Mark("not valid yet", Tone.QUIET), "has no end", "no", id="to-come"),
        pytest.param(
            "from: 2025-01-01, revoked: {on: 2026-07-01}",
            Mark("valid", Tone.GOOD),
            "has no end",
            "2026-07-01",
            id="later",
        ),
        pytest.param(
            "from: 2025-01-01, revoked: {on: 2026-06-30, compromised-since: 2026-06-01, reason: stolen}",
            Mark("revoked", Tone.BAD),
            "has no end",
            "2026-06-30: compromised since 2026-06-01: stolen",
            id="revoked",
        ),
    ],
)
def test_a_key_is_shown_with_what_it_is_good_for(more: str, state: Mark, to: str, revoked: str):
    page = page_of(surveyed(holder(more), DAY))
    (row,) = rows_of(page, "keys")

    assert table_of(page, "keys").rows[0][1] == state
    assert (row["To"], row["Revoked"], row["Fingerprint"]) == (to, revoked, KEY.fingerprint)
    assert (row["Person"], row["Registered by"], row["Proof of identity"]) == ("p-0042 Ingrid", "p-0003", "badge | <i>")
    assert "<i>" not in body_of(page)


def test_the_reference_system_shows_all_its_keys_and_an_example_that_is_signed():
    page = page_of(reference())
    register = KeyRegister(reference().snapshot)

    assert column(page, "keys", "Fingerprint") == [one.public.fingerprint for one in register]
    assert len(register) > 30
    path = commands_of(page).split("--payload '")[1].split("'")[0]
    (approval,) = reference().snapshot.source.records([path])
    assert approval
    assert f"-I {path.rsplit('/', 1)[1].removesuffix('.yaml')} " in commands_of(page)
    assert "Z < payload" in commands_of(page)
