"""`qmsci new`: a quality event begins with all that the records know, and passes the gate."""

from __future__ import annotations

from datetime import timedelta
from shlex import split

import pytest

from qmsci.cli.kinds import STARTED
from qmsci.load import load
from qmsci.records.event import KINDS
from tests.cli.commands import SOP, Desk

POLICY = "qmsci.yaml"


def started(desk: Desk, name: str) -> str:
    """The text of an event, which the gate's reader takes; without what is left to a person."""
    path = f"quality-events/{name}.yaml"
    text = (desk.checkout.folder / path).read_text()
    assert load(path, text.encode()).faults == ()
    head, left = text.split("# To be added, as far as it applies:\n")
    assert all(line.startswith("# ") for line in left.splitlines())
    return head


def test_every_kind_can_be_started():
    """As many as there are."""
    assert set(STARTED) == set(KINDS)


DEV = """\
id: DEV-2026-001
title: "Glove tear: left hand"
occurred: 2026-11-22T12:00:00+01:00
reported: 2026-11-22
activity: gowning
documents: [SOP-001]
people: [p-2, p-1]
batches: [B18, L1]
"""
CASES = [
    pytest.param(
        "dev --title 'Glove tear: left hand' --person p-2 --person p-1 --person p-2 --batch B18 --batch L1"
        " --activity gowning",
        DEV,
        ["qmsci assess DEV-2026-001 writes what the records say of the training of p-2, p-1"],
        id="deviation",
    ),
    pytest.param(
        "NCR --title Underfilled --occurred 2026-11-20T23:30:00Z --classification major --document SOP-001"
        " --owner p-1 --due 2026-12-22 --id NCR-LINE-2",
        """\
id: NCR-LINE-2
title: Underfilled
occurred: 2026-11-20T23:30:00Z
reported: 2026-11-22
owner: p-1
classification: major
documents: [SOP-001]
due: 2026-12-22
""",
        [],
        id="nonconformance",
    ),
    pytest.param(
        "CMP --title 'Stopper loose'",
        "id: CMP-2026-001\ntitle: Stopper loose\nopened: 2026-11-22\n",
        [],
        id="complaint",
    ),
    pytest.param(
        "AUD --title Log --audit IA-4 --criterion 211.182 --auditor p-2 --classification observation",
        """\
id: AUD-2026-001
title: Log
opened: 2026-11-22
classification: observation
audit: IA-4
criterion: 211.182
auditor: p-2
""",
        [],
        id="audit finding",
    ),
    pytest.param(
        "CAPA --title Gloves --owner p-1 --activity gowning",
        "id: CAPA-2026-001\ntitle: Gloves\nopened: 2026-11-22\nowner: p-1\nactivity: gowning\ndocuments: [SOP-001]\n",
        ["add the actions; qmsci assign then writes the training that they ask for"],
        id="capa",
    ),
    pytest.param(
        "VAL --title 'Filling line 2' --activity gowning --protocol VP-7",
        """\
id: VAL-2026-001
title: Filling line 2
opened: 2026-11-22
protocol: VP-7
activities: [gowning]
documents: [SOP-001]
""",
        [],
        id="validation",
    ),
    pytest.param(
        "MR --period-from 2026-01-01 --person p-1",
        """\
id: MR-2026-001
title: "Management review, 2026-01-01 to 2026-11-22"
held: 2026-11-22
period: {from: 2026-01-01, to: 2026-11-22}
people: [p-1]
# What a review looks at; keep what was reviewed.
# inputs:
#   - feedback
#   - complaints
#   - reports to authorities
#   - audits
#   - how processes perform
#   - whether products conform
#   - corrective actions
#   - preventive actions
#   - actions of earlier reviews
#   - changes that may affect the quality system
#   - proposals for improvement
#   - new and revised regulation
# The figures that it was shown, by the names of their metrics in
# qmsci report management-review --from 2026-01-01 --to 2026-11-22
# presented: {METRIC: "…"}
""",
        ["qmsci report management-review --from 2026-01-01 --to 2026-11-22 has the figures"],
        id="management review",
    ),
    pytest.param(
        "GAP --person p-2 --document SOP-001",
        """\
id: GAP-P-2-SOP-001-20260110
title: p-2 was not qualified on SOP-001@1
opened: 2026-11-22
person: p-2
document: SOP-001
role: operator
from: 2026-01-10
description: "p-2 held operator from 2026-01-10 on: not trained on SOP-001@1, no training on record."
""",
        [],
        id="training gap",
    ),
]


@pytest.mark.parametrize(("arguments", "text", "steps"), CASES)
def test_an_event_begins_with_what_is_known(desk: Desk, arguments: str, text: str, steps: list[str]):
    """It says which file it wrote, and what to do next; the gate passes it, written and committed."""
    said = desk.run("new", *split(arguments)).stdout.splitlines()
    name = text.split("\n", 1)[0].removeprefix("id: ")

    assert started(desk, name) == text
    assert said[0] == f"wrote quality-events/{name}.yaml"
    assert [line.removeprefix("next: ") for line in said[1:-1]] == steps
    assert said[-1] == f"next: add what its comments name; qmsci status {name} says what is missing"
    desk.run("check")
    desk.checkout.commit()
    desk.run("check", "--all")
    refused = desk.run("new", *split(arguments), "--id", name, exits=2).stderr
    assert f"{name}.yaml is there already; " in refused or f"is raised already, as {name}" in refused


# --- ids ------------------------------------------------------------------------------------------------------------


def test_the_next_number_is_above_all_that_are_known(desk: Desk):
    """Of this year and this kind, here and on main, also those whose file cannot be read or was deleted here."""
    folder = desk.checkout.folder / "quality-events"
    event = "title: x\nopened: 2026-02-12\n"
    names = ["CMP-2026-004", "CMP-2025-017", "CMP-2026-9X", "CMP-1999"]
    desk.checkout.commit({f"quality-events/{name}.yaml": f"id: {name}\n{event}" for name in names})
    desk.write({"quality-events/AUD-2026-012.yaml": f"id: AUD-2026-012\n{event}"})
    (folder / "CMP-2026-004.yaml").unlink()
    (folder / "CMP-2026-002.yaml").write_text("id: [\n")

    assert "wrote quality-events/CMP-2026-005.yaml" in desk.run("new", "CMP", "--title", "x").stdout
    assert "wrote quality-events/CMP-2026-006.yaml" in desk.run("new", "CMP", "--title", "x").stdout
    assert "wrote quality-events/DEV-2026-001.yaml" in desk.run("new", "DEV", "--title", "x").stdout
    refused = desk.run("new", "CMP", "--title", "x", "--id", "CMP-2026-004", exits=2).stderr
    assert "CMP-2026-004.yaml is there already on main; CMP-2026-007 is free" in refused
    desk.checkout.git("checkout", "--quiet", "-b", "work")
    desk.checkout.git("branch", "--delete", "--force", "main")
    desk.run("new", "CMP", "--title", "x", "--id", "CMP-2026-004")


@pytest.mark.parametrize("name", ["DEV-1", "CMP", "CMP-x", "CMP-1/../../x", "CMP-1\n", "cmp-1"])
def test_an_id_says_which_kind_it_is(desk: Desk, name: str):
    """And names a file in the folder of the events."""
    refused = desk.run("new", "CMP", "--title", "x", "--id", name, exits=2).stderr

    assert f"{name!r} is no id of a CMP; CMP-2026-001 is free" in refused.replace("\\\\", "\\")


# --- what the records say -------------------------------------------------------------------------------------------


def test_a_capa_takes_over_from_its_sources(desk: Desk):
    """Their documents, and their root causes to be considered; the sources are to name it."""
    second = SOP.replace("SOP-001", "SOP-002").replace("governs: [gowning]\n", "")
    desk.write(
        {
            "controlled-docs/sop/SOP-002.md": second,
            "quality-events/DEV-1.yaml": "id: DEV-1\ntitle: x\noccurred: 2026-02-12T09:40:00+01:00\n"
            "reported: 2026-02-12\ndocuments: [SOP-002]\nroot-cause: {category: procedure, summary: No glove change.}\n",
            "quality-events/CMP-1.yaml": "id: CMP-1\ntitle: x\nopened: 2026-02-12\ncapa: CAPA-1\n",
        }
    )
    sources = ["--source", "DEV-1", "--source", "CMP-1", "--source", "DEV-1"]
    said = desk.run("new", "capa", "--title", "Gloves", "--owner", "p-1", "--activity", "gowning", *sources).stdout

    assert started(desk, "CAPA-2026-001") == (
        "id: CAPA-2026-001\ntitle: Gloves\nopened: 2026-11-22\nowner: p-1\nsources: [DEV-1, CMP-1]\nactivity: gowning\n"
        "documents: [SOP-001, SOP-002]\n# To consider, the root cause of\n#   DEV-1: procedure, No glove change.\n"
    )
    assert said.splitlines()[1] == "next: write 'capa: CAPA-2026-001' into quality-events/DEV-1.yaml"
    assert "CMP-1.yaml" not in said


def test_documents_are_those_in_force_at_the_moment(desk: Desk):
    """None, where the activity was governed by none yet; then the person who assesses is asked for them."""
    desk.run("new", "DEV", "--title", "x", "--activity", "gowning", "--occurred", "2026-01-09T12:00:00+01:00")
    assert "documents" not in started(desk, "DEV-2026-001")

    said = desk.run("new", "DEV", "--title", "x", "--person", "p-1").stdout
    assert "next: name the documents that govern it, or its activity\n" in said


def test_what_cannot_be_read_may_govern_as_well(desk: Desk):
    """It says so, and goes on."""
    desk.write({"controlled-docs/sop/SOP-002.md": "x"})
    result = desk.run("new", "DEV", "--title", "x", "--activity", "gowning")

    assert "some files cannot be read, and may govern gowning: qmsci check --all" in result.stderr
    assert "documents: [SOP-001]" in started(desk, "DEV-2026-001")


REVIEW = """\
id: MR-2025-001
title: Management review
held: 2026-01-15
period: {from: 2025-01-01, to: 2025-12-31}
actions:
  - {id: 1, kind: other, summary: Hire a trainer., due: 2026-03-01, done: 2026-02-01}
  - {id: 2, kind: other, title: "Second line \\u202e", due: 2026-12-01, extensions: [EXTENSION]}
  - {id: 3, kind: document, document: SOP-009@1, due: 2026-12-01}
""".replace("EXTENSION", "{to: 2027-01-31, on: 2026-11-01, by: p-1, reason: Late.}")


def test_a_review_goes_on_where_the_last_one_ended(desk: Desk):
    """With what earlier ones decided and is not done."""
    desk.write({"quality-events/MR-2025-001.yaml": REVIEW})
    desk.run("new", "MR", "--title", "Year 2026", "--period-to", "2026-10-31")
    text = started(desk, "MR-2026-001")

    assert text.startswith("id: MR-2026-001\ntitle: Year 2026\nheld: 2026-11-22\nperiod: {from: 2026-01-01, to: 2026-")
    assert (
        "# Open from earlier reviews:\n"
        "#   MR-2025-001 action 2, due 2027-01-31: Second line \\u202e\n"
        "#   MR-2025-001 action 3, due 2026-12-01: document\n# What a review looks at; keep what was reviewed.\n"
    ) in text
    refused = desk.run("new", "MR", "--period-to", "2026-10-30", exits=2).stderr
    assert "MR-2026-001 reaches to 2026-10-31: the period would end on 2026-10-30, before it begins on" in refused


def test_the_first_review_looks_at_all_since_the_founding(desk: Desk):
    """Where the policy names the day; otherwise somebody has to."""
    assert "there is no earlier review, nor a day of founding: name" in desk.run("new", "MR", exits=2).stderr
    desk.write({POLICY: (desk.checkout.folder / POLICY).read_text() + "founded: 2026-01-05\n"})
    desk.run("new", "MR")
    assert "period: {from: 2026-01-05, to: 2026-11-22}\n" in started(desk, "MR-2026-001")
    desk.write({"quality-events/MR-2026-001.yaml": "x"})
    assert "an earlier review cannot be read: name the first day" in desk.run("new", "MR", exits=2).stderr
    desk.run("new", "MR", "--period-from", "2026-02-01")


# --- training gaps --------------------------------------------------------------------------------------------------


def test_a_gap_is_the_one_that_gaps_would_raise(desk: Desk):
    """The same facts under the same id; and only once."""
    name = "GAP-P-2-SOP-001-20260110"
    desk.run("new", "GAP", "--person", "p-2", "--document", "SOP-001", "--owner", "p-1", "--title", "Marte untrained")
    text = started(desk, name)
    assert "nothing to raise: each gap has its quality event" in desk.run("gaps", "--raise").stdout
    again = desk.run("new", "GAP", "--person", "p-2", "--document", "SOP-001", exits=2).stderr
    assert f"the training gap of p-2 on SOP-001 is raised already, as {name}" in again

    (desk.checkout.folder / f"quality-events/{name}.yaml").unlink()
    desk.run("gaps", "--raise")
    raised = (desk.checkout.folder / f"quality-events/{name}.yaml").read_text()
    for line in text.splitlines():
        assert line in raised or line in {"title: Marte untrained", "owner: p-1"}


def test_a_gap_that_the_records_do_not_show_has_days(desk: Desk):
    """As where somebody worked in a role that they never held."""
    asked = ["new", "GAP", "--person", "p-1", "--document", "SOP-001"]
    assert "the records show no training gap of p-1 on SOP-001 (qmsci gaps)" in desk.run(*asked, exits=2).stderr
    desk.run(*asked, "--period-from", "2026-03-01", "--period-to", "2026-03-02")

    assert started(desk, "GAP-P-1-SOP-001-20260301") == (
        "id: GAP-P-1-SOP-001-20260301\ntitle: p-1 was not qualified on SOP-001\nopened: 2026-11-22\nperson: p-1\n"
        "document: SOP-001\nfrom: 2026-03-01\nto: 2026-03-02\n"
    )


# --- refused --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["XYZ"], "no kind of quality event 'XYZ'; there are DEV, NCR, CMP, AUD, GAP, CAPA, VAL, MR"),
        (["DEV"], "a DEV needs --title"),
        (["CAPA", "--title", "x"], "a CAPA needs --owner"),
        (["VAL", "--title", "x", "--protocol", "x"], "a VAL needs --activity"),
        (["VAL", "--title", "x", "--activity", "gowning"], "a VAL needs --protocol"),
        (["GAP", "--document", "SOP-001"], "a GAP needs --person"),
        (["CAPA", "--title", "x", "--owner", "p-1", "--audit", "x"], "--audit says nothing about a CAPA"),
        (["MR", "--document", "SOP-001"], "--document says nothing about an MR"),
        (["AUD", "--title", "x", "--period-to", "2026-01-01"], "--period-to says nothing about an AUD"),
        (["DEV", "--title", "x", "--activity", "a", "--activity", "b"], "a DEV has one activity: give --activity once"),
        (["GAP", "--document", "SOP-001", "--person", "p-1", "--person", "p-2"], "a GAP has one person"),
        (["DEV", "--title", "x", "--person", "p-11"], "no person 'p-11' in roles/people/; did you mean 'p-1'?"),
        (["DEV", "--title", "x", "--owner", "p-11"], "no person 'p-11'"),
        (["DEV", "--title", "x", "--activity", "gownin"], "no activity 'gownin' in roles/activities.yaml; did you"),
        (["DEV", "--title", "x", "--document", "SOP-0001"], "no document 'SOP-0001'"),
        (["DEV", "--title", "x", "--document", "SOP-001@1"], "names a revision: name the document, SOP-001"),
        (["DEV", "--title", "x", "--source", "CMP-1"], "no event 'CMP-1' in quality-events/"),
        (["DEV", "--title", "x", "--occurred", "2026-11-22"], "--occurred '2026-11-22' is not a time with an offset"),
        (["DEV", "--title", "x", "--occurred", "2026-11-22T12:00:01+01:00"], "2026-11-22T12:00:01+01:00 lies ahead"),
        (["DEV", "--title", "x", "--due", "soon"], "--due: 'soon' is not a date"),
        (["DEV", "--title", "x", "--due", "2026-11-21"], "--due 2026-11-21 has passed already"),
        (["DEV", "--title", "x", "--classification", "sever"], "could not be read: "),
        (["DEV", "--title", " "], "--title is empty: write what it is to say"),
        (["MR", "--period-from", "2026-01-01", "--title", ""], "--title is empty: write what it is to say"),
        (["DEV", "--title", "x", "--batch", "B1", "--batch", ""], "--batch is empty: write what it is to say"),
        (
            ["DEV", "--title", "x", "--person", "p-1", "--occurred", "2024-02-29T23:59:00+01:00"],
            "p-1 was not employed on 2024-02-29\n",
        ),
        (
            ["GAP", "--person", "p-1", "--document", "SOP-001", "--period-from", "2026-11-23"],
            "--period-from 2026-11-23 lies ahead",
        ),
        (
            ["GAP", "--person", "p-1", "--document", "SOP-001", "--period-from", "2026-11-2", "--period-to", "soon"],
            "--period-from: '2026-11-2' is not a date",
        ),
        (
            split("GAP --person p-1 --document SOP-001 --period-from 2026-03-02 --period-to 2026-03-01"),
            "the gap would end on 2026-03-01, before it begins on 2026-03-02",
        ),
        (["DEV", "--title", "a\x1b[31mb"], r"control character U+001B in 'a\x1b[31mb': no file can hold it"),
        (["MR", "--period-from", "2026-01-01", "--period-to", "2026-11-23"], "--period-to 2026-11-23 lies ahead"),
        (["MR", "--period-from", "2026-12-01"], "the period would end on 2026-11-22, before it begins on 2026-12-01"),
    ],
)
def test_what_is_not_known_or_not_meant_is_exit_code_2(desk: Desk, arguments: list[str], said: str):
    """And nothing is written."""
    result = desk.run("new", *arguments, exits=2)

    assert said in result.stderr
    assert "\x1b" not in result.stderr
    assert not (desk.checkout.folder / "quality-events").exists()


def test_now_is_the_moment_in_the_policys_time_zone(desk: Desk):
    """With its offset, to the minute; and so is today."""
    desk.now += timedelta(hours=11, minutes=30, seconds=59)
    desk.run("new", "DEV", "--title", "x")
    assert "occurred: 2026-11-22T23:30:00+01:00\nreported: 2026-11-22\n" in started(desk, "DEV-2026-001")
    desk.now += timedelta(days=200)
    desk.run("new", "NCR", "--title", "x")
    assert "occurred: 2027-06-11T00:30:00+02:00\nreported: 2027-06-11\n" in started(desk, "NCR-2027-001")
