"""Whom an assignment asks for which revision."""

from __future__ import annotations

import pytest

from tests.laws import Files, findings_of_change
from tests.test_assign import OPERATOR, assigned, document, person
from tests.test_qualification import entry, history

MINE, THEIRS = "SOP-014@1/operator", "SOP-014@1/lead"
FILE = f"training-records/assignments/{MINE}.yaml"
BASE = {
    **document("2 2027-01-01", "1 2026-01-01"),
    **OPERATOR,
    **person("p-1", "operator"),
    **person("p-2", "lead"),
    **assigned(MINE, "SOP-014@1", "p-1", "p-3"),
    **assigned(THEIRS, "SOP-014@1", "p-2", role="lead"),
}


def naming(*assignments: str, revision: str = "SOP-014@1") -> dict[str, str]:
    """A completion of p-1 that names some assignments."""
    return history("p-1", "SOP-014", entry(revision, "2026-11-22", assignments=assignments))


@pytest.mark.parametrize(
    ("added", "said"),
    [
        pytest.param(naming(), [], id="names none"),
        pytest.param(naming(MINE), [], id="names its own"),
        pytest.param(naming("SOP-014@1/gone"), [], id="names one that is not there, which unknown-reference says"),
        pytest.param({**naming(THEIRS), FILE.replace("operator", "lead"): "x: ["}, [], id="names an unreadable one"),
        pytest.param(naming(THEIRS), [f"{THEIRS} asks p-1 for no SOP-014@1"], id="names a colleague's"),
        pytest.param(naming(MINE, revision="SOP-014@2"), [f"{MINE} asks p-1 for no SOP-014@2"], id="another revision"),
        pytest.param(naming(MINE, THEIRS), [f"{THEIRS} asks p-1 for no SOP-014@1"], id="one of two is its own"),
    ],
)
def test_a_completion_names_what_asked_for_it(added: Files, said: list[str]):
    """The person and the revision, both in one item."""
    found = findings_of_change(BASE, {**BASE, **added})

    assert [f.message for f in found if f.rule == "completion-of-other-assignment"] == said


def test_what_is_on_record_already_is_not_asked():
    """A completion that the base has is not the change's."""
    base = {**BASE, **naming(THEIRS)}
    found = findings_of_change(base, {**base, "roles/people/p-3.yaml": "x: ["})

    assert "completion-of-other-assignment" not in {f.rule for f in found}
