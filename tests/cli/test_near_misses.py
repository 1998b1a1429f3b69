"""What was probably meant: a command that was mistyped, a name with other capitals."""

from __future__ import annotations

import pytest

from tests.cli.commands import Desk


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["chek"], "no such command 'chek'; did you mean 'check'?", id="a command"),
        pytest.param(["CHECK"], "no such command 'CHECK'; did you mean 'check'?", id="a command in capitals"),
        pytest.param(["zzzz"], "no such command 'zzzz'\n", id="nothing like it"),
        pytest.param(["status", "sop-001"], "did you mean 'SOP-001'?", id="a document"),
        pytest.param(["text", "sop-001"], "did you mean 'SOP-001'?", id="its text"),
        pytest.param(["qualified", "P-1", "SOP-001"], "did you mean 'p-1'?", id="a person"),
        pytest.param(["rules", "Approval-Missing"], "did you mean 'approval-missing'?", id="a rule"),
    ],
)
def test_what_was_meant_is_said(desk: Desk, arguments: list[str], says: str):
    assert says in desk.run(*arguments, exits=2).stderr
