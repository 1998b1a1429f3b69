"""What may happen to a list of revisions, and what may not."""

from __future__ import annotations

import pytest

from tests.laws import findings_of_change

ONE = "{revision: 1, effective: 2026-01-10, summary: First, impact: retrain, authors: [p-0007]}"
TWO = "{revision: 2, effective: 2026-12-15, summary: Second, impact: retrain, authors: [p-0007]}"
THREE = "{revision: 3, effective: 2026-12-20, summary: Third, impact: retrain, authors: [p-0007]}"


def document(*entries: str) -> str:
    """SOP-014 with some revisions."""
    listed = "".join(f"  - {entry}\n" for entry in entries)
    return f"---\nid: SOP-014\ntitle: Gowning\nowner: operator\nrevisions:\n{listed}---\nGown.\n"


def withdrawn(entry: str, day: str) -> str:
    """An entry, withdrawn on a day."""
    return entry.replace("}", f", withdrawn: {day}}}")


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        pytest.param([TWO, ONE], [], id="nothing"),
        pytest.param([THREE, TWO, ONE], [], id="a new one"),
        pytest.param([TWO.replace("{revision: 2", "{revision: '2'"), ONE], [], id="other quotes"),
        pytest.param([withdrawn(TWO, "2026-11-22"), ONE], [], id="withdrawn today"),
        pytest.param([withdrawn(TWO, "2026-11-19"), ONE], [], id="withdrawn within the late-entry window"),
        pytest.param([withdrawn(TWO, "2026-11-18"), ONE], ["more than 3 days before"], id="withdrawn long ago"),
        pytest.param(
            [withdrawn(TWO, "2026-12-16"), ONE], ["after the effective date"], id="withdrawn too late to help"
        ),
        pytest.param([TWO, withdrawn(ONE, "2026-11-22")], ["took effect on 2026-01-10"], id="in force, not withdrawn"),
        pytest.param([TWO], ["revision 1 is gone"], id="removed"),
        pytest.param([ONE, TWO], ["revision 1 stood below 2"], id="reordered"),
        pytest.param(
            [TWO.replace("12-15", "12-31"), ONE], ["'effective' of revision 2 was 2026-12-15"], id="postponed"
        ),
        pytest.param([TWO.replace("p-0007", "p-0003"), ONE], ["'authors' of revision 2 was p-0007"], id="other author"),
        pytest.param(
            [TWO.replace("}", ", reason: CAPA-2026-003}"), ONE],
            ["'reason' of revision 2 was absent"],
            id="reason added",
        ),
    ],
)
def test_entries_are_only_ever_added(entries: list[str], said: list[str]):
    """An entry of the base stays as it is; it may be withdrawn before it takes effect."""
    path = "controlled-docs/sop/SOP-014.md"

    found = findings_of_change({path: document(TWO, ONE)}, {path: document(*entries)})
    messages = [finding.message for finding in found if finding.rule == "revision-history-rewritten"]

    assert len(messages) == len(said), messages
    assert all(words in message for words, message in zip(said, messages, strict=True))


def test_a_file_that_takes_another_name_keeps_its_history():
    """A document is known by its id, so renaming its file is no way to a new past or another text."""
    before = {"controlled-docs/sop/SOP-014.md": document(TWO, ONE)}
    after = {"controlled-docs/sop/SOP-014-gowning.md": document(TWO).replace("Gown.", "Undress.")}

    rules = {finding.rule for finding in findings_of_change(before, after)}

    assert {"revision-history-rewritten", "text-changed-without-revision"} <= rules
    assert "record-removed" not in rules
