"""Files that want to cost more than they weigh: each is answered with a finding, soon, and with a few words."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable

import pytest

from qmsci.finding import Finding
from tests.laws import findings_in

ROLE = "id: operator\ntitle: T\npurpose: P.\n"


def many(times: int, part: Callable[[int], str]) -> str:
    """A text of many parts."""
    return "".join(map(part, range(times)))


BOMBS = {
    "brackets": ("roles/operator.yaml", "[" * 10_000 + "]" * 10_000, "nested more than 32 deep"),
    "braces": ("roles/operator.yaml", "{a: " * 10_000 + "}" * 10_000, "nested more than 32 deep"),
    "a line of 20 MB": ("roles/operator.yaml", f"title: {'x' * 20_000_000}", "more than the 4,194,304"),
    "a document of 20 MB": ("controlled-docs/sop/SOP-001.md", f"---\n{ROLE}---\n{'x' * 20_000_000}", "4,194,304"),
    "a value of 4 MB": ("roles/operator.yaml", ROLE.replace("T", "x" * 4_000_000), "longer than 20000 characters"),
    "a number of 4 MB": ("qmsci.yaml", f"revision: {'9' * 4_000_000}\n", "'revision'"),
    "doubled aliases": ("roles/operator.yaml", "a: &a [x]\nb: [*a, *a]\n", "an anchor '&a'"),
    "100,000 keys": ("roles/operator.yaml", ROLE + many(100_000, "k{}: v\n".format), "and 99,900 faults more"),
    "100,000 entries": (
        "training-records/completions/p-1/SOP-001.yaml",
        many(100_000, '- {{"x{}": "y"}}\n'.format),
        "faults more",
    ),
    "wrong ids": ("roles/operator.yaml", f"{ROLE}requires: [{many(100_000, 'x{}, '.format)}]\n", "faults more"),
    "keys of 900 characters": (
        "roles/operator.yaml",
        ROLE + many(3_000, ("k" * 900 + "{}: v\n").format),
        "faults more",
    ),
    "an event of 100,000 keys": (
        "quality-events/DEV-2026-001.yaml",
        "id: DEV-2026-001\n" + many(100_000, "k{}: v\n".format),
        "faults more",
    ),
}


def judged(path: str, text: str) -> tuple[list[Finding], float, int]:
    """What is found in a file, in how many seconds of work, and with how many bytes more than the file has."""
    began = time.process_time()
    found = [finding for finding in findings_in({path: text}) if finding.place.path == path]
    worked = time.process_time() - began
    return found, worked, sum(len(finding.message) for finding in found)


@pytest.mark.parametrize(("path", "text", "says"), BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_is_a_finding(path: str, text: str, says: str):
    """Soon, and in no more words than somebody reads."""
    found, worked, said = judged(path, text)
    assert any(says in finding.message for finding in found), found[:3]
    assert {finding.rule for finding in found} == {"unreadable"}
    assert worked < 15
    assert len(found) <= 101
    assert said < 250_000


def test_what_is_found_in_a_large_file_is_placed_in_one_reading():
    """A thousand faults do not read it a thousand times."""
    people = many(3_000, "  - {{role: operator, from: 2024-03-01}}  # {}\n".format)
    text = f"id: p-1\nname: N\nkind: employee\nemployed: {{from: 2024-01-01}}\nroles:\n{people}"
    found, worked, _ = judged("roles/people/p-1.yaml", text)
    assert len([finding for finding in found if finding.rule == "unknown-reference"]) == 3_000
    assert [finding.place.line for finding in found][-1] == 3_005
    assert worked < 15


def test_a_file_that_is_too_large_is_not_parsed():
    """Memory is not asked for it."""
    text = "[" * 20_000_000
    tracemalloc.start()
    judged("roles/operator.yaml", text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * len(text)
