"""Roles: what their files may say."""

from __future__ import annotations

import pytest

from qmsci.load import load
from qmsci.records.role import Role

ROLE = "id: operator\ntitle: Operator\npurpose: Fills vials.\n"


@pytest.mark.parametrize(
    ("more", "department"),
    [
        pytest.param("", None, id="none"),
        pytest.param("department: Quality assurance\n", "Quality assurance", id="named"),
        pytest.param("department: NO\n", "NO", id="a-text-as-it-is-written"),
    ],
)
def test_a_role_may_name_its_department(more: str, department: str | None):
    """By what people call it; YAML guesses nothing."""
    loaded = load("roles/operator.yaml", (ROLE + more).encode())

    assert loaded.faults == ()
    assert isinstance(loaded.record, Role)
    assert loaded.record.department == department


@pytest.mark.parametrize("more", ["department: ' '\n", "department: [Quality]\n", "departement: Q\n"])
def test_a_department_is_a_text(more: str):
    """Spaces, a list, or a key that is misspelt is a fault with a place."""
    (fault,) = load("roles/operator.yaml", (ROLE + more).encode()).faults

    assert str(fault.at.keys[0]).startswith("depart")
