"""Comparing two texts: the page and its data; and the law of the difference, in a JavaScript engine."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from qmsci.render.site.compare import part
from qmsci.render.site.page import Widget
from qmsci.render.site.summary import DocumentSummary, Summaries
from tests.render.site.shown import body_of, links_in, surveyed

SCRIPT = Path(__file__).parents[3] / "site/assets/compare.js"
#: Runs the script outside of a page, on pairs of texts that it is given, and says what it finds.
HARNESS = """
const { readFileSync } = require("fs");
globalThis.window = { qmsci: {} };
globalThis.document = { querySelector: () => null };
require("vm").runInThisContext(readFileSync(process.argv[1], "utf8"));
const { passages, difference, summed, common } = window.qmsciCompare;
const answers = JSON.parse(readFileSync(0, "utf8")).map(([old, now]) => {
  const parts = difference(old, now);
  return { parts, summed: summed(parts), passages: passages(old).map((one) => one.text), common: common([...old], [...now]) };
});
console.log(JSON.stringify(answers));
"""


def summary(name: str, title: str) -> DocumentSummary:
    """A document of which only the title is known."""
    return DocumentSummary(name, title, "SOP", "o", "qualification", None, None, None)


@pytest.mark.parametrize(
    ("known", "content"),
    [
        pytest.param([], "[]", id="none"),
        pytest.param([summary("SOP-1", "</script>\u2028")], '[["SOP-1","\\u003c/script>\\u2028"]]', id="hostile"),
    ],
)
def test_the_page_and_what_it_offers(known: list[DocumentSummary], content: str):
    found = part(surveyed({}), Summaries({}, {one.document: one for one in known}))
    (page,) = found.pages

    assert (page.path, page.scripts) == ("documents/compare.html", ("compare",))
    assert [block.name for block in page.blocks if isinstance(block, Widget)] == ["compare"]
    assert "documents/index.html" in links_in(page)
    assert "their states are those of 2026-11-22" in body_of(page)
    assert found.data == {"data/compare.js": f'qmsciData("compare", {content});\n'}


# --- the difference -------------------------------------------------------------------------------------------------


def compared(*pairs: tuple[str, str]) -> list[dict[str, Any]]:
    """What the script finds between some texts."""
    node = shutil.which("node")
    if node is None:
        assert os.environ.get("CI") != "true", "node is not here"
        pytest.skip("node is not here")
    ran = subprocess.run(
        [node, "-e", HARNESS, str(SCRIPT)], input=json.dumps(pairs), capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    found: list[dict[str, Any]] = json.loads(ran.stdout)
    return found


def told(parts: list[dict[str, Any]]) -> list[str]:
    """Kinds, with the words that changed in brackets: {-removed-}, {+added+}."""
    sign = {"removed": "-", "added": "+"}
    found = []
    for one in parts:
        words = one.get("words", [])
        said = "".join(
            f"{{{sign[w['kind']]}{w['old'] or w['now']}{sign[w['kind']]}}}" if w["kind"] in sign else w["now"]
            for w in words
        )
        found.append(f"{one['kind']}: {(said or one['now'] or one['old']).strip()}")
    return found


CASES = [
    ("", "", [], "Both texts are the same."),
    ("A b.\n", "A b.\n", ["same: A b."], "Both texts are the same."),
    ("A b.\n\n", "A b.\n", ["same: A b."], "Both texts are the same, but for empty lines."),
    ("", "A.\n", ["added: A."], "1 passage added."),
    ("A.\n\nB.\n", "", ["removed: A.", "removed: B."], "2 passages removed."),
    ("A b\nc d.\n", "A b c\nd.\n", ["spaced: A b c\nd."], "1 passage with other spaces or line breaks only."),
    (
        "Change gloves once a day.\n\nWait.\n",
        "Change both gloves twice a day.\n\nWait.\n\nSign.\n",
        ["changed: Change {+both +}gloves {-once-}{+twice+} a day.", "same: Wait.", "added: Sign."],
        "1 passage changed, 1 added.",
    ),
    (
        "Wash the old hands.\n",
        "Wash a new, clean hand.\n",
        ["removed: Wash the old hands.", "added: Wash a new, clean hand."],
        "1 passage added, 1 removed.",
    ),
    ("One two three four.\n", "One 2 3 four.\n", ["changed: One {-two three-}{+2 3+} four."], "1 passage changed."),
    ("- a b\n- c d\n", "- a b\n- x y\n- c d\n", ["same: - a b", "added: - x y", "same: - c d"], "1 passage added."),
    ("# A\ntext\n", "# B\ntext\n", ["removed: # A", "added: # B", "same: text"], "1 passage added, 1 removed."),
    (
        "| a b | 1 |\n| c d | 2 |\n",
        "| a b | 1 |\n| c d | 3 |\n",
        ["same: | a b | 1 |", "changed: | c d | {-2-}{+3+} |"],
        "1 passage changed.",
    ),
    (
        "~~~\n  a b c\n\nd\n~~~\ne\n",
        "~~~\n a b c\n\nd\n~~~\ne\n",
        ["same: ~~~", "changed: {-  -}{+ +}a b c", "same: ", "same: d", "same: ~~~", "same: e"],
        "1 passage changed.",
    ),
]


def test_a_difference_as_people_read_it():
    found = compared(*[(old, now) for old, now, *_ in CASES])
    for (old, now, parts, summed), one in zip(CASES, found, strict=True):
        assert (told(one["parts"]), one["summed"]) == (parts, summed), (old, now)


BITS = [
    "a",
    "b ",
    "c ",
    "the glove ",
    "ß",
    " ",
    "\n",
    "\n\n",
    "# h\n",
    "- x\n",
    "1. y\n",
    "| a | b |\n",
    "```\n",
    "~~~\n",
    "  ",
    "\t",
    "é",
    "😀",
    "\ud800",
    "word. ",
    "---\n",
    "> q\n",
    "\u2028",
    "\r",
]


def longest(some: str, others: str) -> int:
    """The length of the longest common subsequence, by the book."""
    row = [0] * (len(others) + 1)
    for one in some:
        before = row
        row = [0]
        for at, other in enumerate(others):
            row.append(before[at] + 1 if one == other else max(before[at + 1], row[-1]))
    return row[-1]


@pytest.mark.parametrize("seed", range(4))
def test_a_difference_leads_from_one_text_to_the_other(seed: int):
    """All that was there is the one text, all that is there now the other; words as well; and nothing is made up."""
    chance = random.Random(seed)

    def text() -> str:
        return "".join(chance.choices(BITS, k=chance.randrange(40)))

    pairs = []
    for _ in range(300):
        old = text()
        cut = chance.randrange(len(old) + 1)
        pairs.append((old, text() if chance.random() < 0.3 else old[:cut] + text() + old[cut:]))
    for (old, now), found in zip(pairs, compared(*pairs), strict=True):
        parts = found["parts"]
        assert "".join(found["passages"]) == old
        assert ("".join(one["old"] for one in parts), "".join(one["now"] for one in parts)) == (old, now)
        for one in parts:
            words = one.get("words", [])
            assert not words or ("".join(w["old"] for w in words), "".join(w["now"] for w in words)) == (
                one["old"],
                one["now"],
            )
            for each in [one, *words]:
                assert {"same": True, "spaced": True, "changed": True}.get(
                    each["kind"], not (each["old"] and each["now"])
                )
                if each["kind"] in ("same", "spaced"):
                    assert each["old"].split() == each["now"].split()
        assert ("the same" in found["summed"]) is all(one["kind"] == "same" for one in parts)


def test_as_little_as_can_be_has_changed():
    """What two lists have in common is in order, and as long as can be."""
    chance = random.Random(1)
    pairs = [
        (
            "".join(chance.choices("abcd", k=chance.randrange(30))),
            "".join(chance.choices("abcd", k=chance.randrange(30))),
        )
        for _ in range(300)
    ]
    for (old, now), found in zip(pairs, compared(*pairs), strict=True):
        common = found["common"]
        assert all(old[a] == now[b] for a, b in common)
        assert all(a < c and b < d for (a, b), (c, d) in pairwise(common))
        assert len(common) == longest(old, now)


def test_texts_that_have_nothing_to_do_with_one_another_do_not_keep_the_browser_busy():
    old = "".join(f"{number} old\n\n" for number in range(2_000))
    now = "".join(f"{number} new\n\n" for number in range(5_000, 8_000))
    (found,) = compared((old, now))

    assert found["summed"] == "3000 passages added, 2000 removed."
