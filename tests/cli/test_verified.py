"""Approvals of whole files: of what the file holds, or once held; and of an event as it is closed."""

from __future__ import annotations

import hashlib
import re

import pytest

from qmsci.verification import Version, version_of
from tests.cli.commands import Desk

EVENT = "quality-events/CMP-2026-004.yaml"
OPEN = "id: CMP-2026-004\ntitle: A leaking vial\nopened: 2026-01-05\n"
CLOSED = f"{OPEN}closed: 2026-01-10\nclosed-by: p-3\n"
AGAIN = "reopened: [{on: 2026-01-12, by: p-3, summary: S., closed: 2026-01-10, closed-by: p-3}]\n"
CORRECTED = "corrected: [{on: 2026-01-11, by: p-3, reason: The title was another's.}]\n"


def digest(text: str) -> str:
    """The digest of a file."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def closing(number: int, text: str) -> dict[str, str]:
    """The approval of an event as it was closed for some time."""
    return {f"controlled-docs/approvals/CMP-2026-004@closed-{number}/p-3.yaml": approval(EVENT, text)}


def whole(path: str, text: str) -> dict[str, str]:
    """The approval of a file as it is."""
    return {f"controlled-docs/approvals/{path}@{digest(text)[7:23]}/p-3.yaml": approval(path, text)}


def approval(path: str, text: str) -> str:
    """An approval in words of a file."""
    return (
        f"file: {path}\ndigest: {digest(text)}\nby: p-3\nname: Quality\nmeaning: quality-approval\n"
        "at: 2026-01-10T09:00:00+01:00\n"
    )


def said(desk: Desk) -> list[str]:
    """What is wrong."""
    return [fault["message"] for fault in desk.answer("verify", exits=None)["faults"]]


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([{EVENT: CLOSED, **closing(1, CLOSED)}], id="closed"),
        pytest.param([{EVENT: CLOSED, **closing(1, CLOSED)}, {EVENT: OPEN + AGAIN}], id="reopened"),
        pytest.param(
            [{EVENT: CLOSED, **closing(1, CLOSED)}, {EVENT: CLOSED + AGAIN, **closing(2, CLOSED + AGAIN)}],
            id="closed-again",
        ),
        pytest.param([{EVENT: CLOSED, **closing(1, CLOSED)}, {EVENT: CLOSED + CORRECTED}], id="corrected"),
        pytest.param([{"CODEOWNERS": "* @qa\n", **whole("CODEOWNERS", "* @qa\n")}], id="a-protected-file"),
        pytest.param(
            [{"CODEOWNERS": "* @qa\n", **whole("CODEOWNERS", "* @qa\n")}, {"CODEOWNERS": "* @other\n"}], id="as-it-was"
        ),
        pytest.param([{"CODEOWNERS": "* @qa\n"}, {"CODEOWNERS": None, **whole("CODEOWNERS", "")}], id="removed"),
    ],
)
def test_what_was_approved_is_there_or_was(desk: Desk, steps: list[dict[str, str | None]]):
    for number, files in enumerate(steps, 1):
        desk.write(files)
        assert said(desk) == []
        desk.checkout.commit(at=f"2026-02-{number:02}T12:00:00+01:00")
    answer = desk.answer("verify")

    assert answer["faults"] == []
    assert answer["checked"]["files"] == sum("approvals" in path for files in steps for path in files)
    assert re.search(r"(?m)^(1 approval of a whole file|\d+ approvals of whole files)$", desk.run("verify").stdout)


@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        pytest.param(
            [{EVENT: CLOSED, **closing(1, CLOSED.replace("leaking", "broken"))}],
            f"{EVENT} never was what this approves at its closing 1: {digest(CLOSED.replace('leaking', 'broken'))}",
            id="another-text",
        ),
        pytest.param(
            [{EVENT: OPEN, **closing(1, OPEN)}],
            f"{EVENT} never was what this approves at its closing 1: {digest(OPEN)}",
            id="an-open-event",
        ),
        pytest.param(
            [{EVENT: CLOSED, **closing(2, CLOSED)}],
            f"{EVENT} never was what this approves at its closing 2: {digest(CLOSED)}",
            id="another-closing",
        ),
        pytest.param(
            [{EVENT: CLOSED, **closing(1, CLOSED)}, {EVENT: CLOSED.replace("leaking", "broken")}],
            f"{EVENT} is not what this approves; it was altered after it was closed",
            id="altered-since",
        ),
        pytest.param(
            [{"CODEOWNERS": "* @qa\n", **whole("CODEOWNERS", "* @other\n")}],
            f"CODEOWNERS never was what this approves: {digest(chr(42) + ' @other' + chr(10))}",
            id="a-protected-file",
        ),
        pytest.param(
            [whole("CODEOWNERS", "* @qa\n")],
            f"CODEOWNERS never was what this approves: {digest('* @qa' + chr(10))}",
            id="no-such-file",
        ),
    ],
)
def test_what_was_never_there_was_not_approved(desk: Desk, steps: list[dict[str, str | None]], fault: str):
    for number, files in enumerate(steps, 1):
        desk.checkout.commit(files, at=f"2026-02-{number:02}T12:00:00+01:00")

    assert said(desk) == [fault]


def test_a_shallow_clone_does_not_say_that_something_never_was(desk: Desk, tmp_path_factory: pytest.TempPathFactory):
    desk.checkout.commit({"CODEOWNERS": "* @qa\n", **whole("CODEOWNERS", "* @qa\n")}, at="2026-02-01T12:00:00+01:00")
    desk.checkout.commit({"CODEOWNERS": "* @other\n"}, at="2026-02-02T12:00:00+01:00")
    desk.clone_shallowly(tmp_path_factory.mktemp("shallow") / "clone")
    answer = desk.answer("verify")

    assert (answer["faults"], answer["checked"]["files"], answer["checked"]["files_unknown"]) == ([], 0, 1)
    assert "0 approvals of whole files; 1 more of what is not in this clone\n" in desk.run("verify").stdout


@pytest.mark.parametrize(
    ("path", "text", "closing", "corrections"),
    [
        (EVENT, CLOSED, 1, 0),
        (EVENT, CLOSED + AGAIN + CORRECTED, 2, 1),
        (EVENT, OPEN + AGAIN, None, 0),
        (EVENT, f"{OPEN}voided: {{on: 2026-01-10, by: p-3, reason: R.}}\n", 1, 0),
        (EVENT, "- 1\n", None, 0),
        (EVENT, "{", None, 0),
        (EVENT, None, None, 0),
        ("CODEOWNERS", "closed: 2026-01-10\n", None, 0),
    ],
)
def test_what_a_file_shows_of_its_closing(path: str, text: str | None, closing: int | None, corrections: int):
    data = None if text is None else text.encode()

    assert version_of(path, data, "d") == Version("d", closing, corrections)
