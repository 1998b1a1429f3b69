"""Names that are taken for one another are found; names that only belong together are not."""

from __future__ import annotations

import pytest

from qmsci.finding import Finding
from qmsci.look_alike import look_alikes
from tests.laws import findings_in, findings_in_scope, snapshot_of

PERSON = "id: {0}\nname: N\nkind: employee\nemployed: {{from: 2024-03-01}}\n"


def of_the_rule(found: list[Finding]) -> list[Finding]:
    """What `look-alike-id` says."""
    return [finding for finding in found if finding.rule == "look-alike-id"]


def alike(*paths: str, **more: str) -> list[tuple[str, tuple[str, ...]]]:
    """The names in some files that look alike."""
    found = look_alikes(snapshot_of({**dict.fromkeys(paths, ""), **more}))
    return [(one.name, tuple(name for name, _ in one.others)) for one in found]


@pytest.mark.parametrize(
    "paths",
    [
        pytest.param((), id="nothing"),
        pytest.param(("roles/people/p-0042.yaml", "roles/people/p-0043.yaml"), id="two people"),
        pytest.param(("roles/p-1.yaml", "roles/people/p-1.yaml", "quality-events/P-1.yaml"), id="three kinds"),
        pytest.param(("controlled-docs/sop/SOP-001-a.md", "controlled-docs/wi/SOP-001-b.md"), id="one id twice"),
        pytest.param(("controlled-docs/sop/SOP-001.md", "controlled-docs/sop/SOP-010.md"), id="two documents"),
        pytest.param(("controlled-docs/sop/a.png", "controlled-docs/wi/A.png"), id="two folders"),
        pytest.param(
            ("controlled-docs/approvals/SOP-001@a/p-1.yaml", "controlled-docs/approvals/SOP-001@A/p-1.yaml"),
            id="labels in approvals",
        ),
    ],
)
def test_names_that_nobody_mistakes(paths: tuple[str, ...]):
    """Each kind by itself."""
    assert alike(*paths) == []


@pytest.mark.parametrize(
    ("one", "other", "names"),
    [
        ("roles/people/p-0042.yaml", "roles/people/p-OO42.yaml", ("p-0042", "p-OO42")),
        ("roles/people/p-0042.yaml", "roles/people/P-0042.yaml", ("p-0042", "P-0042")),
        ("roles/oi.yaml", "roles/0l.yaml", ("oi", "0l")),
        ("quality-events/CAPA-2026-OO1.yaml", "quality-events/CAPA-2026-001.yaml", ("CAPA-2026-OO1", "CAPA-2026-001")),
        ("controlled-docs/sop/SOP-0I4-gowning.md", "controlled-docs/wi/SOP-014.md", ("SOP-0I4", "SOP-014")),
    ],
)
def test_ids_that_look_alike(one: str, other: str, names: tuple[str, str]):
    """Each is named with the other."""
    assert sorted(alike(one, other)) == sorted([(names[0], (names[1],)), (names[1], (names[0],))])


@pytest.mark.parametrize(
    ("one", "other", "names"),
    [
        ("controlled-docs/sop/Å.png", "controlled-docs/sop/A\u030a.png", None),
        ("controlled-docs/sop/Ø.png", "controlled-docs/sop/ø.png", None),
        ("controlled-docs/sop/SOP-001.md", "controlled-docs/sop/sop-001.md", None),
        (
            "controlled-docs/SOP/SOP-001.md",
            "controlled-docs/sop/SOP-002.md",
            ("controlled-docs/SOP", "controlled-docs/sop"),
        ),
    ],
)
def test_paths_for_which_some_systems_have_one_place(one: str, other: str, names: tuple[str, str] | None):
    """Letter case, and the form of an accent."""
    first, second = names or (one, other)
    assert sorted(alike(one, other)) == sorted([(first, (second,)), (second, (first,))])


def test_the_rule_looks_at_what_a_change_touches():
    """The name that is new is told, with the one that it looks like."""
    old = {"roles/people/p-0042.yaml": PERSON.format("p-0042")}
    new = {**old, "roles/people/p-OO42.yaml": PERSON.format("p-OO42")}
    assert of_the_rule(findings_in(old)) == []
    ((finding,), both) = of_the_rule(findings_in_scope(old, new)), of_the_rule(findings_in(new))
    assert finding.message == "p-OO42 looks like p-0042"
    assert [(place.path, place.line) for place in finding.also] == [("roles/people/p-0042.yaml", 1)]
    assert len(both) == 2
    assert of_the_rule(findings_in_scope(new, {**new, "roles/people/p-7.yaml": PERSON.format("p-7")})) == []
    assert of_the_rule(findings_in_scope(new, {**new, "training-records/README.md": "x"})) == []


def test_a_file_that_cannot_be_read_is_reported_alone():
    """Whatever its name looks like."""
    files = {"roles/people/p-0042.yaml": PERSON.format("p-0042"), "roles/people/p-OO42.yaml": "id: [\n"}
    assert of_the_rule(findings_in(files)) == []
    assert of_the_rule(findings_in_scope({}, files)) == []
