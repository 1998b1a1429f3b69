"""The README says what is: its examples run, its numbers are those of benchmarks/, its list of files is the code's."""

from __future__ import annotations

import re
from pathlib import Path

from tests.console import ROOT, differences

README = ROOT / "README.md"
BENCHMARKS = ROOT / "benchmarks" / "README.md"


def test_every_console_example_is_what_a_reader_sees(tmp_path: Path):
    """The commands run in a scratch clone and print what the page shows."""
    assert differences(README, tmp_path) == []


def measured(marker: str) -> str:
    """What benchmarks/README.md holds between two markers."""
    found = re.search(rf"<!-- {marker} -->\n(.*?)<!-- /{marker} -->", BENCHMARKS.read_text(encoding="utf-8"), re.DOTALL)
    assert found, marker
    return found[1].strip()


def test_the_numbers_are_those_that_were_measured():
    """The tables stand in benchmarks/README.md, where `make bench` writes them."""
    import os

    page = README.read_text(encoding="utf-8")
    expected = "\n\n".join(measured(marker) for marker in ("speed", "compare"))
    start, end = "<!-- benchmarks -->\n", "\n<!-- /benchmarks -->"
    before, _, rest = page.partition(start)
    shown, _, after = rest.partition(end)
    if os.environ.get("QMSCI_GOLDEN") == "write":
        README.write_text(f"{before}{start}{expected}{end}{after}", encoding="utf-8")
        return
    assert shown == expected


def test_the_files_that_it_names_are_there():
    """Links and the list of the code's files lead somewhere."""
    page = README.read_text(encoding="utf-8")
    links = [link.partition("#")[0] for link in re.findall(r"\]\((?!https?:)([^)]+)\)", page)]
    listed = re.findall(r"^\| (`[^|]+`) \|", page[page.index("## The code") :], re.MULTILINE)
    named = [f"qmsci/{name}" for cell in listed for name in re.findall(r"`([^`]+)`", cell)]

    assert [path for path in links + named if path and not (ROOT / path).exists()] == []
    assert len(named) > 15


def test_it_claims_no_compliance():
    """A tool is never compliant by itself, and the page does not say that it is."""
    page = README.read_text(encoding="utf-8").lower()

    assert not re.search(r"\b(is|are|makes? you|fully) compliant\b|part 11 compliant|\bensures? compliance", page)
