"""A chain for the terminal, for programs, for a page; what people wrote is only ever read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date

import pytest
from click import unstyle

from qmsci.chain.graph import Chain, Fact, Kind, Link
from qmsci.chain.trace import chain
from qmsci.evidence import Source, Sources
from qmsci.finding import At
from qmsci.render.chain import as_json, as_mermaid, as_text, shown
from tests.chain.story import FILES, TODAY, crowd
from tests.laws import Files, snapshot_of

Golden = Callable[[str, str], None]
#: When which file came to main, and by which commit; the others are not committed.
COMMITS = {
    "quality-events/DEV-2026": ("d" * 40, date(2026, 9, 13)),
    "quality-events/CAPA": ("c" * 40, date(2026, 9, 14)),
    "training-records/": ("7" * 40, date(2026, 12, 20)),
    "controlled-docs/": ("0" * 40, date(2026, 11, 22)),
}


def told(name: str, files: Files = FILES, day: date = TODAY) -> tuple[Chain, Sources]:
    """The chain of a name, and made-up commits for it."""
    snapshot = snapshot_of(files, day)
    found = chain(snapshot, name, snapshot.end_of(day))
    sources = {}
    for at in {fact.at for fact in found.facts.values() if fact.at}:
        place = snapshot.source.placed(at)
        known = next((COMMITS[start] for start in COMMITS if place.path.startswith(start)), None)
        commit, on = known or (None, None)
        sources[at] = Source(place.path, place.line, commit, on and f"{on}T12:00:00+00:00", on)
    return found, sources


def text(name: str, files: Files = FILES, day: date = TODAY, *, everybody: bool = False, plain: bool = False) -> str:
    """A chain as text without colours."""
    found, sources = told(name, files, day)
    return unstyle(as_text(shown(found, everybody=everybody), sources, plain=plain))


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("CAPA-2026-003", "capa"),
        ("DEV-2026-017", "deviation"),
        ("SOP-014@3", "revision"),
        ("SOP-014", "document"),
        ("SOP-014@3/operator", "assignment"),
        ("CAPA-2026-003/1", "assignment-of-capa"),
        ("people/p-6/operator-2027-03-15", "assignment-of-newcomer"),
        ("p-2", "person"),
        ("p-4", "evaluator"),
    ],
)
def test_the_text_is_for_a_terminal(golden: Golden, name: str, file: str):
    golden(f"trace/{file}.txt", text(name))


def test_the_text_of_a_day_in_the_past(golden: Golden):
    """Closed then, with what was done by then; what came later is not in it."""
    golden("trace/capa-2027-04-01.txt", text("CAPA-2026-003", day=date(2027, 4, 1)))
    golden("trace/capa-2026-10-05.txt", text("CAPA-2026-003", day=date(2026, 10, 5)))


def test_the_json_is_for_programs(golden: Golden):
    golden("trace/capa.json", as_json(*told("CAPA-2026-003")))


def test_the_flowchart_is_for_a_page(golden: Golden):
    golden("trace/capa.mmd", as_mermaid(told("CAPA-2026-003")[0]))


def test_what_many_people_did_is_said_once(golden: Golden):
    """Who did nothing is named."""
    golden("trace/crowd.txt", text("SOP-014@3", crowd(60)))
    golden("trace/crowd.mmd", as_mermaid(told("SOP-014@3", crowd(60))[0]))


def test_everybody_is_named_where_that_is_asked_for():
    everybody = text("SOP-014@3", crowd(60), everybody=True)

    assert len(re.findall(r"was completed (late )?by p-1\d\d\d Person", everybody)) == 57
    assert len(json.loads(as_json(*told("SOP-014@3", crowd(60))))["nodes"]) > 60


def test_nothing_yet():
    """A day before anything of it was there is answered with a sentence, or with nothing."""
    day = date(2026, 9, 1)

    assert text("CAPA-2026-003", day=day) == "on 2026-09-01 there was nothing of CAPA-2026-003 yet\n"
    answer = json.loads(as_json(*told("CAPA-2026-003", day=day)))
    assert (answer["id"], answer["kind"], answer["nodes"], answer["edges"]) == ("CAPA-2026-003", None, [], [])
    assert as_mermaid(told("CAPA-2026-003", day=day)[0]).startswith("flowchart TD\n    classDef")


def test_a_terminal_without_lines_to_draw_with():
    """The tree is drawn with ASCII."""
    plain = text("CAPA-2026-003", plain=True)

    assert plain.isascii()
    assert plain == text("CAPA-2026-003").translate(str.maketrans("├└│─", "|`|-"))


def test_where_it_is_recorded_is_said_where_it_changes():
    """The file and commit of a fact are those of the one above it, where nothing else is said."""
    lines = text("CAPA-2026-003").splitlines()

    assert lines[0].endswith("(quality-events/DEV-2026-017.yaml:1, recorded 2026-09-13 in dddddddddd)")
    assert any(re.search(r"was closed by p-3 Astrid Halvorsen  \(line 13\)$", line) for line in lines)
    found, sources = told("CAPA-2026-003")
    missing = {at: Source(one.path, one.line, unknown="too long ago") for at, one in sources.items()}
    assert "(quality-events/DEV-2026-017.yaml:1, too long ago)" in unstyle(as_text(found, missing))
    assert "  (" not in unstyle(as_text(found, {})).replace("(done", "").split("\n")[0]


def test_what_the_law_finds_stands_below_what_it_is_about():
    """With the name of the rule."""
    path = "quality-events/CAPA-2026-003.yaml"
    closed = {**FILES, path: FILES[path].replace("reopened:", "closed: 2027-05-19\nclosed-by: p-3\nreopened:")}
    lines = text("CAPA-2026-003", closed).splitlines()
    at = next(n for n, line in enumerate(lines) if "training action 1" in line)

    assert re.search(
        r"│  ! closed on 2027-05-19, and SOP-014@3 was not .* \[capa-closed-without-training\]$", lines[at + 1]
    )


HOSTILE = (
    r"\"quoted\" <img src=a onerror=b> #quot; [a](https://evil.example) `c` {d} |e| %%{init: {}}%% ; --> end"
    r"\n\u202e\u200b %% no --- style n1 fill:#f9f"
)


@pytest.mark.parametrize("name", ["CAPA-2026-003", "SOP-014", "p-1"])
def test_nothing_that_people_wrote_does_anything(name: str):
    """Escapes, markup, HTML, directives and new lines are words in the text and in the flowchart."""
    wrote = f'"{HOSTILE}"'
    replaced = (
        "Gloves intact and clean under the outer gloves",
        "Gowning\n",
        "Ingrid Solberg",
        "No tear in 214 gownings.",
    )
    files = FILES
    for old in replaced:
        new = f": {wrote}" + "\n" * old.endswith("\n")
        files = {path: content.replace(f": {old}", new) for path, content in files.items()}
    found, sources = told(name, files)
    drawn, said = as_mermaid(found), as_text(shown(found, everybody=False), sources)

    assert '\x1b[31m"' not in said
    for harm in ("\u202e", "\u200b"):
        assert harm not in said
        assert harm not in drawn
    for line in drawn.splitlines():
        assert re.fullmatch(_LINE, line), line
    assert json.loads(as_json(found, sources))["id"] == name


_WORDS = r"(?:[^!-~]|[\w.,/@+()-]|#\d+;|<br/>)*"
_LINE = (
    rf'flowchart TD|    (?:n\d+|more)\["{_WORDS}"\]:::\w+|    n\d+ -->\|"{_WORDS}"\| n\d+'
    r"|    classDef \w+ [\w:#,; -]+|    style n\d+ stroke-width:4px"
)


def test_a_flowchart_stays_small():
    """What is farthest from the start is left out, with a word about it."""
    facts = {f"f{n}": Fact(f"f{n}", Kind.ACTION, At("a.yaml"), f"f{n}") for n in range(200)}
    links = tuple(Link(f"f{n // 2}", f"f{n}", "asks for", "belongs to") for n in range(1, 200))
    drawn = as_mermaid(Chain("f0", TODAY, facts, links))

    assert drawn.count('["') == 61
    assert 'more["and 140 facts more, which the text shows"]' in drawn
    assert "f0" in drawn
    assert "f199" not in drawn
