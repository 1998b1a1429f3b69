"""An approval of a whole file is of its bytes, and of nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.approval import WholeFile, file_digest, is_protected, whole_files
from qmsci.change import Change
from qmsci.library import library_of
from qmsci.snapshot import Snapshot
from tests.laws import POLICY, TODAY, Bytes

SIGNED = POLICY.replace("approvals: forge", "approvals: signed")
QA = """\
id: p-0003
name: Astrid Lie
kind: employee
employed: {from: 2024-01-01}
roles: [{role: quality-assurance, from: 2024-01-01}]
"""
WORKFLOW = ".github/workflows/gate.yml"
Brought = dict[str, bytes | None]


@pytest.mark.parametrize(
    ("path", "protected"),
    [
        ("README.md", False),
        ("sub/qmsci.yaml", False),
        (".github/workflows", False),
        (".github/actions/x/action.yml", False),
        ("x/.github/workflows/gate.yml", False),
        ("qmsci.yaml", True),
        ("CODEOWNERS", True),
        (".github/CODEOWNERS", True),
        ("docs/CODEOWNERS", True),
        (WORKFLOW, True),
        (".github/workflows/a\nb/c.yml", True),
    ],
)
def test_which_files_are_protected_by_their_path(path: str, protected: bool):
    """Where the forge looks for them."""
    assert is_protected(path) is protected


def change_to(after: bytes | None, brought: Brought) -> Change:
    """The change of a workflow, with what comes beside it."""
    base = {"qmsci.yaml": SIGNED.encode(), "roles/people/p-0003.yaml": QA.encode(), WORKFLOW: b"on: pull_request\n"}
    head = {path: data for path, data in {**base, WORKFLOW: after, **brought}.items() if data is not None}
    paths = [path for path in {**base, **head} if base.get(path) != head.get(path)]
    files = {path: Bytes(base.get(path), head.get(path)) for path in paths}
    return Change(Snapshot(library_of(base), TODAY), Snapshot(library_of(head), TODAY), files)


def approval(data: bytes | None, path: str = WORKFLOW) -> Brought:
    """The approval of some bytes as a whole file."""
    digest = file_digest(data)
    record = (
        f"file: {path}\ndigest: {digest}\nby: p-0003\nname: A\nmeaning: quality-approval\nat: 2026-11-22T10:00:00Z\n"
    )
    return {f"controlled-docs/approvals/{path}@{digest[7:23]}/p-0003.yaml": record.encode()}


def open_in(change: Change) -> list[WholeFile]:
    """What still waits for an approval in a change."""
    return [file for file in whole_files(change) if file.missing]


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_an_approval_is_of_the_bytes_that_it_was_given_to(approved: bytes, brought: bytes):
    """Any other content of the file needs another one; and so does any other file of the same content."""
    same = brought in (approved, b"on: pull_request\n")

    assert open_in(change_to(approved, approval(approved))) == []
    assert (open_in(change_to(brought, approval(approved))) == []) is same
    other = open_in(change_to(brought, approval(brought, ".github/workflows/other.yml")))
    assert (other == []) is (brought == b"on: pull_request\n")


ALTERED: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("by", lambda data: data.replace(b"by: p-0003", b"by: p-0004")),
    ("meaning", lambda data: data.replace(b"quality-approval", b"reviewed")),
    ("at", lambda data: data.replace(b"2026-11-22T", b"2023-11-22T")),
    ("at, ahead", lambda data: data.replace(b"2026-11-22T", b"2026-11-24T")),
    ("file", lambda data: data.replace(b"gate.yml", b"date.yml")),
    ("digest", lambda data: data.replace(b"sha256:", b"sha256:0", 1)),
]


@pytest.mark.parametrize("alter", [pytest.param(alter, id=name) for name, alter in ALTERED])
def test_an_approval_that_says_something_else_does_not_count(alter: Callable[[bytes], bytes]):
    """Whatever of it is altered: it does not count, or cannot be read, and that is reported."""
    [(path, data)] = approval(b"on: push\n").items()
    assert data is not None
    change = change_to(b"on: push\n", {path: alter(data)})

    assert open_in(change) or path in change.head.source.faults


def test_what_is_asked_for():
    """By its id where it has one, by its path elsewhere, quoted for a shell."""
    path = ".github/workflows/the gate; rm.yml"
    [file] = open_in(change_to(b"on: pull_request\n", {path: b"on: push\n"}))

    assert file.subject == f"'{path}'"
    assert file.digest == file_digest(b"on: push\n")
