"""The drawing of a chain: nothing overlaps, nothing is lost, and what people wrote is only ever text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmsci.chain.graph import Chain, Fact, Kind, Link
from qmsci.chain.trace import chain
from qmsci.records.event import KINDS
from qmsci.render.site.diagram import KINDS_OF_EVENT, MOST_BOXES, Box, Layout, Wire, drawn, laid_out, wrapped
from tests.chain.story import FILES, TODAY, crowd
from tests.laws import snapshot_of

SVG = "{http://www.w3.org/2000/svg}"
ENDLESS = "A.very/long-word_without@any.space" * 20


def story(name: str, files: dict[str, str] = FILES) -> Chain:
    snapshot = snapshot_of(files, TODAY)
    return chain(snapshot, name, snapshot.end_of(TODAY))


def chain_of(facts: list[Fact], links: list[tuple[str, str]], start: str = "f0") -> Chain:
    return Chain(
        start,
        TODAY,
        {fact.id: fact for fact in facts},
        tuple(Link(one, other, "is taken up in", "takes up") for one, other in links),
    )


@st.composite
def chains(draw: st.DrawFn) -> Chain:
    """Facts of any kind with any words, linked anyhow: in circles, over many columns, not at all."""
    number = draw(st.integers(1, 24))
    words = st.sampled_from(["", "Gowning", "Second glove change at step 6 of the procedure.", ENDLESS, "手袋" * 40])
    facts = [
        Fact(
            f"f{place}",
            draw(st.sampled_from([kind for kind in Kind if kind is not Kind.EVENT])),
            None,
            draw(words),
            draw(words),
            draw(st.none() | st.just(date(2026, 9, 12))),
            draw(st.none() | st.sampled_from(["not-done", "closed"])),
            faults=draw(st.sampled_from([(), ("closed too soon",)])),
        )
        for place in range(number)
    ]
    pairs = [(f"f{one}", f"f{other}") for one in range(number) for other in range(number) if one != other]
    links = draw(st.lists(st.sampled_from(pairs), max_size=40, unique=True)) if pairs else []
    return chain_of(facts, links)


# --- nothing, and little --------------------------------------------------------------------------------------------


def test_nothing_is_an_empty_drawing():
    """A chain without facts, as on a day before it began."""
    found = drawn(Chain("CAPA-1", TODAY, {}, ()), "events/CAPA-1.html", lambda _: None)

    assert "0 facts and 0 links" in found.words
    assert ET.fromstring(found.svg).findall(f"{SVG}g") == []


def test_a_single_fact_stands_alone():
    layout = laid_out(chain_of([Fact("f0", Kind.CAUSE, None, "training", "Nobody was shown how.")], []))

    (box,) = layout.boxes.values()
    assert box.lines == (("kind", "Root cause"), ("name", "training"), ("said", "Nobody was shown how."))
    assert layout.wires == ()


# --- laws -----------------------------------------------------------------------------------------------------------


def corners(box: Box) -> tuple[float, float, float, float]:
    return box.x, box.y, box.right, box.y + box.height


def segments(wire: Wire) -> Iterator[tuple[float, float, float, float]]:
    """The straight parts of a connector, its rounded corners cut."""
    x = y = 0.0
    for sign, numbers in re.findall(r"([MHVQ])([\d. -]+)", wire.path):
        values = [float(number) for number in numbers.split()]
        last = x, y
        match sign:
            case "H":
                x = values[0]
            case "V":
                y = values[0]
            case _:
                x, y = values[-2:]
        if sign != "M":
            yield min(last[0], x), min(last[1], y), max(last[0], x), max(last[1], y)


def overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] - 0.1 and other[0] < one[2] - 0.1 and one[1] < other[3] - 0.1 and other[1] < one[3] - 0.1


def passes(part: tuple[float, float, float, float], box: Box) -> bool:
    left, top, right, bottom = corners(box)
    inner = left + 0.2, top + 0.2, right - 0.2, bottom - 0.2
    return part[0] < inner[2] and inner[0] < part[2] and part[1] < inner[3] and inner[1] < part[3]


def assert_lawful(layout: Layout, found: Chain) -> None:
    boxes = list(layout.boxes.values())
    assert set(layout.boxes) == set(found.facts)
    assert not [(a.name, b.name) for a, b in combinations(boxes, 2) if overlap(corners(a), corners(b))]
    for box in boxes:
        assert box.x > 0
        assert box.y > 0
        assert box.right < layout.width
        assert box.y + box.height < layout.height
    assert {wire.link for wire in layout.wires} == set(found.links)
    for wire in layout.wires:
        one, other = layout.boxes[wire.link.source], layout.boxes[wire.link.target]
        left, right = sorted((one, other), key=lambda box: box.x)
        x, y = map(float, re.match(r"M(\S+) (\S+)", wire.path).groups())  # type: ignore[union-attr]
        assert abs(x - left.right) < 0.1
        assert left.y <= y <= left.y + left.height
        assert abs(float(wire.path.rsplit("H", 1)[1]) - right.x) < 0.1
        tip = float(re.search(r"L(\S+)", wire.head)[1])  # type: ignore[index]
        assert abs(tip - (other.x if other is right else other.right)) < 0.1
        assert not [box.name for box in boxes for part in segments(wire) if passes(part, box)]


@given(chains())
@settings(max_examples=150, deadline=None)
def test_boxes_never_overlap_and_every_link_is_drawn(found: Chain):
    """All boxes are inside, no connector runs through a box, each begins and ends where it should."""
    assert_lawful(laid_out(found), found)


@pytest.mark.parametrize("name", ["CAPA-2026-003", "DEV-2026-017", "SOP-014@3", "SOP-014", "p-2"])
def test_the_chains_of_a_story_are_lawful(name: str):
    found = story(name)

    assert_lawful(laid_out(found), found)


def test_what_led_to_something_stands_left_of_it():
    """Deviation, CAPA, action, assignment, completion: from left to right."""
    boxes = laid_out(story("CAPA-2026-003")).boxes
    way = ["DEV-2026-017", "CAPA-2026-003", "CAPA-2026-003 action 1", "CAPA-2026-003/1", "p-1/SOP-014#2"]

    assert [boxes[name].x for name in way] == sorted({boxes[name].x for name in way})


def test_a_circle_is_drawn_too():
    found = chain_of(
        [Fact(f"f{n}", Kind.ACTION, None, f"f{n}") for n in range(3)], [("f0", "f1"), ("f1", "f2"), ("f2", "f0")]
    )

    assert_lawful(laid_out(found), found)


# --- what is drawn --------------------------------------------------------------------------------------------------


def test_a_crowd_is_drawn_as_a_group():
    """Never more boxes than somebody can look at."""
    found = drawn(story("SOP-014@3", crowd(60)), "documents/SOP-014.html", lambda _: None)

    assert found.svg.count("<rect") <= MOST_BOXES
    assert "57 people" in found.svg or "people" in found.svg


def test_what_is_left_out_is_counted():
    facts = [Fact(f"f{n}", Kind.ACTION, None, f"f{n}") for n in range(60)]
    found = drawn(chain_of(facts, [(f"f{n // 2}", f"f{n}") for n in range(1, 60)]), "x.html", lambda _: None)

    assert found.svg.count("<rect") == MOST_BOXES
    assert "20 facts farther away are left to the timeline" in found.words
    one_more = drawn(chain_of(facts[:41], [(f"f{n // 2}", f"f{n}") for n in range(1, 41)]), "x.html", lambda _: None)
    assert "1 fact farther away is left to the timeline" in one_more.words


def test_boxes_link_to_pages_as_seen_from_theirs():
    found = drawn(
        story("CAPA-2026-003"),
        "events/CAPA-2026-003.html",
        lambda fact: f"people/{fact.person}.html" if fact.person else None,
    )

    assert 'href="../people/p-1.html"' in found.svg
    assert 'href="None"' not in found.svg


def test_only_a_wide_one_asks_for_a_sheet_on_its_side():
    narrow, wide = (
        drawn(chain, "events/x.html", lambda _: None) for chain in (chain_of([], []), story("CAPA-2026-003"))
    )

    assert ET.fromstring(narrow.svg).get("class") == "q-chain"
    assert ET.fromstring(wide.svg).get("class") == "q-chain q-chain-wide"


def test_it_needs_no_style_and_no_script_and_says_what_it_shows():
    """It stands under a strict policy, is named, and its links can be reached."""
    svg = ET.fromstring(drawn(story("CAPA-2026-003"), "events/x.html", lambda _: "people/p-1.html").svg)

    assert svg.get("role") == "group"
    for name in ("aria-labelledby", "aria-describedby"):
        assert [one for one in svg if one.get("id") == svg.get(name)]
    for element in svg.iter():
        assert "style" not in element.attrib
        assert element.tag.removeprefix(SVG) in {"svg", "g", "a", "rect", "path", "text", "title", "desc"}
        assert not [name for name in element.attrib if name.startswith("on")]


def test_kinds_and_lacks_are_said_in_words():
    """Never by colour alone: a word for the kind, a sign and a dashed line for what is missing."""
    svg = ET.fromstring(drawn(story("CAPA-2026-003"), "events/x.html", lambda _: None).svg)
    kinds = {element.text for element in svg.iter(f"{SVG}text") if element.get("class") == "q-chain-kind"}
    lacking = [one for one in svg.iter(f"{SVG}g") if "q-chain-lacks" in one.get("class", "")]

    assert {"Deviation · 2026-09-12", "CAPA · 2026-09-14", "Root cause", "Revision · 2026-11-22"} <= kinds
    assert lacking
    for one in lacking:
        assert one.find(f"{SVG}text").text.startswith("! ")  # type: ignore[union-attr]
    assert KINDS_OF_EVENT.keys() == KINDS.keys()


def test_what_people_wrote_is_only_ever_text():
    hostile = '</text></svg><script>alert(1)</script> " onload=x \u202e\x07 &amp; {{7*7}}'
    fact = Fact("f0", Kind.ACTION, None, hostile, hostile, notes=(hostile,), faults=(hostile,))
    found = drawn(chain_of([fact], []), "x.html", lambda _: '"><script>')
    svg = ET.fromstring(found.svg)

    assert not list(svg.iter(f"{SVG}script"))
    assert "\u202e" not in found.svg
    assert "\x07" not in found.svg
    assert svg.find(f"{SVG}a") is not None


# --- words in a box -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("   ", []),
        ("Gowning", ["Gowning"]),
        ("Second glove change at step 6", ["Second glove", "change at step 6"]),
        ("SOP-014@3/aseptic-operator", ["SOP-014@3/aseptic-", "operator"]),
        ("one two three four five six seven eight nine ten", ["one two three four", "five six seven eig…"]),
    ],
)
def test_texts_are_wrapped(text: str, lines: list[str]):
    assert wrapped(text, 130, 12.5, 2) == lines


@given(st.text(max_size=200), st.integers(1, 4))
def test_wrapping_keeps_to_its_lines(text: str, most: int):
    """Never more lines than there is room for; where all of it fits, none of it is lost."""
    lines = wrapped(text, 150, 12.5, most)

    assert len(lines) <= most
    assert "…" in "".join(lines) or len("".join(lines)) >= len("".join(text.split()))
