"""What an approval says is held against the document, and gives way to a later approval of the whole file."""

from __future__ import annotations

import pytest

from qmsci.approval import file_digest
from qmsci.read import text_digest
from tests.laws import findings_in

PATH = "controlled-docs/sop/SOP-014-gowning.md"
ENTRY = "  - {revision: 1, effective: 2026-12-15, summary: S, impact: retrain, authors: [p-0007]}\n"
DOCUMENT = f"---\nid: SOP-014\ntitle: Gowning\nowner: lead\ngoverns: [a, b]\nrevisions:\n{ENTRY}---\nGown.\n"
EMERGENCY = DOCUMENT.replace("[p-0007]}", "[p-0007], emergency: true, reason: DEV-2026-001}")
TRAINING = DOCUMENT.replace("owner:", "training: {method: [read, practical], every: 12 months}\nowner:")
AT = "2026-11-22T10:00:00Z"
TEXT = text_digest(b"Gown.\n")
APPROVAL = (
    f"document: SOP-014@1\ntext: {TEXT}\neffective: 2026-12-15\nimpact: retrain\n"
    f"by: p-0003\nname: A\nmeaning: quality-approval\nat: {AT}\n"
)


def messages(document: str, more: str, others: dict[str, str] | None = None) -> list[str]:
    """What the rule says of a document with an approval that says some more."""
    files = {PATH: document, "controlled-docs/approvals/SOP-014@1/p-0003.yaml": APPROVAL + more}
    found = findings_in({**files, **(others or {})})
    return [finding.message for finding in found if finding.rule == "approval-of-other-text"]


def whole(path: str, at: str, meaning: str = "quality-approval") -> dict[str, str]:
    """An approval of a whole file, as it was then."""
    digest = file_digest(b"as it was then")
    return {
        f"controlled-docs/approvals/{path}@{digest[7:23]}/p-0003.yaml": f"file: {path}\ndigest: {digest}\nby: p-0003\n"
        f"name: A\nmeaning: {meaning}\nat: {at}\n"
    }


SAME = "governs: [b, a]\n"


@pytest.mark.parametrize(
    ("document", "more", "said"),
    [
        pytest.param(DOCUMENT, SAME, [], id="the order of activities"),
        pytest.param(DOCUMENT, SAME + "purpose: qualification\ntraining: {}\nemergency: false\n", [], id="all of it"),
        pytest.param(EMERGENCY, SAME + "emergency: true\n", [], id="an emergency"),
        pytest.param(TRAINING, SAME, [], id="training that it does not speak of"),
        pytest.param(
            EMERGENCY, SAME, ["the approval is for the emergency false, SOP-014@1 has true"], id="declared afterwards"
        ),
        pytest.param(
            TRAINING,
            SAME + "training: {}\n",
            ["the approval is for the training of the type, SOP-014@1 has method read, practical, every 12 months"],
            id="other training",
        ),
        pytest.param(DOCUMENT, "", ["the approval is for the governs nothing, SOP-014@1 has a, b"], id="activities"),
        pytest.param(
            DOCUMENT,
            SAME + "purpose: awareness\n",
            ["the approval is for the purpose awareness, SOP-014@1 has qualification"],
            id="another purpose",
        ),
    ],
)
def test_what_was_approved_is_what_stands_there(document: str, more: str, said: list[str]):
    """An approval covers more than the text."""
    assert messages(document, more) == said


@pytest.mark.parametrize(
    ("others", "replaced"),
    [
        pytest.param(whole(PATH, "2026-11-23T10:00:00Z"), True, id="later"),
        pytest.param(whole("controlled-docs/sop/SOP-014.md", "2026-11-23T10:00:00Z"), True, id="under another name"),
        pytest.param(whole(PATH, "2026-11-21T10:00:00Z"), False, id="earlier"),
        pytest.param(whole(PATH, "2026-11-23T10:00:00Z", "reviewed"), False, id="a review"),
        pytest.param(whole("controlled-docs/sop/SOP-0145.md", "2026-11-23T10:00:00Z"), False, id="of another document"),
        pytest.param(whole("qmsci.yaml", "2026-11-23T10:00:00Z"), False, id="of another file"),
    ],
)
def test_a_later_approval_of_the_whole_file_replaces_it(others: dict[str, str], replaced: bool):
    """For what may change without a new revision; never for the text."""
    assert (messages(DOCUMENT, "", others) == []) is replaced
    assert len(messages(DOCUMENT.replace("Gown.", "Gown twice."), SAME, others)) == 1
