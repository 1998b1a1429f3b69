"""What a text may not contain is found, and honest texts are left in peace."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmsci.load import content_of
from qmsci.unreadable import Unreadable
from qmsci.unsafe import fault_of_name, is_doubtful, named, unsafe_in

PATH = "controlled-docs/sop/SOP-001.md"
FRONT = "---\nid: SOP-001\ntitle: Gowning\n---\n"
ROLE = "roles/operator.yaml"


def said(text: str) -> list[str]:
    """What is said of a document with a text."""
    data = (FRONT + text).encode()
    content = content_of(PATH, data)
    found = [fault.message for fault in unsafe_in(PATH, data)]
    assert content.doubtful or not found, "what is unsafe is doubtful at first sight"
    return found


def said_of_value(text: str) -> list[str]:
    """What is said of a record with a text."""
    data = f"title: {text}\n".encode()
    content = content_of(ROLE, data)
    found = [fault.message for fault in unsafe_in(ROLE, data)]
    assert content.doubtful or not found, "what is unsafe is doubtful at first sight"
    return found


HONEST = [
    pytest.param("Filters of < 5 µm and > 3 µm at 20 °C ± 2, 5 Ω; pH<7, pKa<pH, a<b>c, x <= y => z.", id="comparisons"),
    pytest.param("See <https://example.org/a?b=c&d=e> or <qa@example.org>, https://example.org.", id="addresses"),
    pytest.param("[a](WI-001.md#step-2 'Title'), [b](../../README.md), [c](#purpose), [d](?q), [e]()", id="links"),
    pytest.param("[a](https://example.org/(x)_y), [b](mailto:qa@example.org), ![c](img/a%20b.png)", id="more links"),
    pytest.param("[a](<a b.md>), [b][c]\n\n[c]: ../wi/WI-001.md 'Title'\n[^1]: ../../../x is a note", id="references"),
    pytest.param("Ingrid Sølberg, Åse Ærø, Jürgen Groß, François, Łukasz, Ελένη, Иван, 山田, 김, يوسف", id="names"),
    pytest.param("5\u00a0µm, 10\u202f000, “quoted” – and — … ½ → ✓ ☐ • ′ ″", id="signs of typesetters"),  # noqa: RUF001
    pytest.param("👩‍🔬 👨‍👩‍👧 ❤️ ☀︎ 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏳️‍🌈 🧑🏽‍🔬 🏴‍☠️", id="emoji"),
    pytest.param("می\u200cخواهم क्\u200dष \u0600١", id="scripts that join"),  # noqa: RUF001
    pytest.param("Note \u2139\ufe0f here.", id="an emoji that is a letter"),
    pytest.param("One.\n\n<hr>\n\nUse `<form>`.", id="code after a rule"),
    pytest.param("葛\U000e0100", id="a variant of a character"),
    pytest.param("| a | b |\n|---|:--|\n| < 5 | `a | b` |\n", id="a table"),
    pytest.param("Write \\[a\\](javascript:x) so.", id="no link"),
    pytest.param("`<script>alert(1)</script>` and `[x](javascript:y)` and `<p onclick=z>`", id="code"),
    pytest.param("```html\n<script>alert(1)</script>\n[x](javascript:y)\n```\n", id="a block of code"),
    pytest.param("H<sub>2</sub>O<br>\n<details><summary>More</summary>\n\nText\n</details>\n", id="harmless HTML"),
    pytest.param('<img src="img/a.png" alt="the hidden part" width=300> <a name="x"></a>', id="a picture"),
    pytest.param('<td style="text-align: right; opacity: 0.5">5</td>', id="style that shows"),
    pytest.param("<!-- markdownlint-disable -->\n<!-- Write here -->", id="comments"),
    pytest.param("Enter <batch number> and <your name>; press <Enter>.", id="placeholders"),
    pytest.param("{: .warning #id title='a' } {once = 1} {x}", id="braces"),
    pytest.param("R&D, AT&amp;T, 5&nbsp;µm, &lt;script&gt;, &shy;, &unknown;", id="entities"),
    pytest.param("The description: data: see annex. Profile: high. ../../../../x", id="words before colons"),
    pytest.param("![x](data:image/png;base64,iVBORw0KGgo=)", id="a picture in the text"),
    pytest.param("Lines end\r\n\r\nas on Windows\r\n", id="CRLF"),
    pytest.param("<p title='x > y'>a</p> if p <alpha we don't\n\nreject; onset = 5 > 3 isn't", id="apostrophes"),
]


@pytest.mark.parametrize("text", HONEST)
def test_an_honest_text_is_left_in_peace(text: str):
    """In a document."""
    assert said(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Fill vials of < 5 µm | R&D",
        "2026-11-22T09:30:00+01:00",
        '"Data: see annex 3"',
        "https://example.org/x",
        '"said \\"yes\\""',
        "//server/share/certificate.pdf",
        "/srv/certificates/4711.pdf",
        "../sop/SOP-001.md",
        '"👩‍🔬 Ω\\tx"',
        "Ingrid Sølberg",
        "|\n  Two\n  lines",
    ],
)
def test_an_honest_value_is_left_in_peace(text: str):
    """In a record."""
    assert said_of_value(text) == []


HTML = [
    ("<script>x</script>", "the HTML element <script>"),
    ("<SCRIPT\nsrc=x>", "the HTML element <script>"),
    ("<script/x>", "the HTML element <script>"),
    ("<script", "the HTML element <script>"),
    ("\\<script>", "the HTML element <script>"),
    ("<a <script>", "the HTML element <script>"),
    ("<iframe src=x>", "the HTML element <iframe>"),
    ("<object>", "the HTML element <object>"),
    ("<embed>", "the HTML element <embed>"),
    ("<form>", "the HTML element <form>"),
    ("<meta charset=x>", "the HTML element <meta>"),
    ("<base href=x>", "the HTML element <base>"),
    ("<link rel=x>", "the HTML element <link>"),
    ("<style>p{}</style>", "the HTML element <style>"),
    ("<svg><g/></svg>", "the HTML element <svg>"),
    ("<title>", "the HTML element <title>"),
    ("<bdo dir=rtl>x</bdo>", "the HTML element <bdo>"),
    ("<!-- <script> -->", "the HTML element <script>"),
    ("<p onclick=x>", "the event handler onclick="),
    ("<img\nsrc=x\nOnError = 'x'>", "the event handler onerror="),
    ("<img/onerror=x>", "the event handler onerror="),
    ("<p title='>' onclick=x>", "the event handler onclick="),
    ('<p title="<b>" onclick=x>', "the event handler onclick="),
    ("<div title='\n\n' onclick=x>", "the event handler onclick="),
    ("[x](y){: onclick='z'}", "the event handler onclick="),
    ("# x { onclick=z }", "the event handler onclick="),
    ("<p style='display : none'>", "the HTML attribute style= hides, moves or loads something"),
    ("<p style=background:url(//x)>", "the HTML attribute style= hides, moves or loads something"),
    ("<p style='opacity:0'>", "the HTML attribute style= hides, moves or loads something"),
    ("<p class=x hidden>", "the HTML attribute hidden"),
    ("<p srcdoc=x>", "the HTML attribute srcdoc="),
    ("<a href=javascript:x>", "href= leads to a javascript: address"),
    ("<a href=' java\tscript:x'>", "href= leads to a javascript: address"),
    ("<a href='&#x6A;avascript&colon;x'>", "href= leads to a javascript: address"),
    ("<img srcset='a.png 1x, javascript:x'>", "srcset= leads to a javascript: address"),
    ("<a href='/x'>", None),
]
LINKS = [
    ("[a](javascript:x)", "a link to a javascript: address"),
    ("![a](JavaScript:x)", "a link to a javascript: address"),
    ("[a]( javascript:x)", "a link to a javascript: address"),
    ("[a](<javascript:x>)", "a link to a javascript: address"),
    ("[a](java\u200bscript:x)", "a link to a javascript: address"),
    ("[a](java\tscript:x)", "a link to a javascript: address"),
    ("[a](java\nscript:x)", "a link to a javascript: address"),
    ("[a](javascript\\:x)", "a link to a javascript: address"),
    ("[a](&#106;avascript&colon;x)", "a link to a javascript: address"),
    ("[a](java&Tab;script:x)", "a link to a javascript: address"),
    ("[a](vbscript:x)", "a link to a vbscript: address"),
    ("[a](data:text/html,x)", "a link to a data: address"),
    ("[a](data:image/svg+xml,x)", "a link to a data: address"),
    ("[a](file:///etc/passwd)", "a link to a file: address"),
    ("[a\\\\](javascript:x)", "a link to a javascript: address"),
    ("[a](b) [c](javascript:x)", "a link to a javascript: address"),
    ("[a][b]\n\n[b]: javascript:x", "a link to a javascript: address"),
    ("> [b]:\n  <javascript:x>", "a link to a javascript: address"),
    ("<javascript:x>", "a link to a javascript: address"),
    ("[a](../../../x)", "a link to '../../../x', which leaves the repository"),
    ("[a](x/../../../../y)", "a link to 'x/../../../../y', which leaves the repository"),
    ("![a](%2e%2e/../%2E./x)", "a link to '%2e%2e/../%2E./x', which leaves the repository"),
    ("[a](<..\\\\..\\\\..\\\\x>)", "a link to '..\\\\\\\\..\\\\\\\\..\\\\\\\\x', which leaves the repository"),
    (f"[a](j{'&Tab;' * 200}avascript:x)", "a link to an address of 1,000 characters or more"),
    ("[a](../../.git/config)", "a link to '../../.git/config', inside git's own folder"),
    ("[a](/etc/passwd)", "a link to the absolute path '/etc/passwd'"),
    ("[a](C:/x)", "a link to the absolute path 'C:/x'"),
    ("[a](//example.org/x)", "a link to '//example.org/x', which names a server and no scheme"),
    ("[a](\\\\server/x)", "a link to the absolute path '\\\\\\\\server/x'"),
]
HIDDEN = [
    ("a\u202eb", "hidden character U+202E RIGHT-TO-LEFT OVERRIDE"),
    ("a\u2066b", "hidden character U+2066 LEFT-TO-RIGHT ISOLATE"),
    ("a\u200bb", "hidden character U+200B ZERO WIDTH SPACE"),
    ("a\u200db", "hidden character U+200D ZERO WIDTH JOINER"),
    ("a\u200cb", "hidden character U+200C ZERO WIDTH NON-JOINER"),
    ("a\u00adb", "hidden character U+00AD SOFT HYPHEN"),
    ("a\u2028b", "hidden character U+2028 LINE SEPARATOR"),
    ("a\U000e0041b", "hidden character U+E0041 TAG LATIN CAPITAL LETTER A"),
    ("🏴󠁡󠁢\U000e007f"[0:3], "hidden character U+E0061 TAG LATIN SMALL LETTER A"),
    ("a\ue000b", "hidden character U+E000 a character for private use"),
    ("a\u3164b", "hidden character U+3164 HANGUL FILLER"),
    ("a\ufe00b", "hidden character U+FE00 VARIATION SELECTOR-1"),
    ("☀\ufe0f\ufe0f", "hidden character U+FE0F VARIATION SELECTOR-16"),
    ("a\U000e0100", "hidden character U+E0100 VARIATION SELECTOR-17"),
    ("a\ufdd0b", "hidden character U+FDD0 which has no name"),
]


@pytest.mark.parametrize(("text", "says"), [*HTML, *LINKS, *HIDDEN])
def test_an_unsafe_text_is_told(text: str, says: str | None):
    """In a document, alone and amid other text."""
    if says is None:
        assert said(text) == []
        return
    assert says in said(text)
    assert says in said(f"# Purpose\n\nText, and\n\n{text}")


@pytest.mark.parametrize(("text", "says"), HIDDEN)
def test_characters_count_in_code_too(text: str, says: str):
    """And in comments: they are what makes code look like other code."""
    assert says in said(f"`{text}`")
    assert says in said(f"```\n{text}\n```\n")
    assert says in said(f"<!-- {text} -->")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('"\\u202ex"', "hidden character U+202E RIGHT-TO-LEFT OVERRIDE"),
        ('"\\Nx"', "hidden character U+0085 a control character"),
        ("a\u2067b", "hidden character U+2067 RIGHT-TO-LEFT ISOLATE"),
        ("x <script>", "the HTML element <script>"),
        ("<b onclick=x>", "the event handler onclick="),
        ("'[x](javascript:y)'", "a link to a javascript: address"),
        ("javascript:x", "a link to a javascript: address"),
        ("JavaScript:x", "a link to a javascript: address"),
        ('"java\\tscript:x"', "a link to a javascript: address"),
        ("file:///etc/passwd", "a link to a file: address"),
        ("../../x", "a link to '../../x', which leaves the repository"),
        ("[a, <script>]", "the HTML element <script>"),
        ("{a: {\u200bb: c}}", "hidden character U+200B ZERO WIDTH SPACE"),
    ],
)
def test_an_unsafe_value_is_told(text: str, says: str):
    """In a record, however it is written."""
    assert said_of_value(text) == [says]


@pytest.mark.parametrize("entity", ["&#x202E;", "&#8238;", "&rlm;", "&ZeroWidthSpace;", "&#x202e"])
def test_characters_that_are_spelled_out_are_told(entity: str):
    """As entities of HTML."""
    assert [message for message in said(f"a {entity} b") if "stands for the hidden character" in message]


def test_the_place_is_that_of_the_text():
    """Line and column of the file, counted in characters; a key, where the text is an escape."""
    text = f"{FRONT}Ærlig\n\nÅ <script>\u202e\n"
    found = unsafe_in(PATH, text.encode())
    assert [fault.line_column for fault in found] == [(7, 11), (7, 3)]

    data = b'entries:\n  - {reason: "\\u202e"}\n'
    assert [fault.keys for fault in unsafe_in(ROLE, data)] == [("entries", 0, "reason")]


def test_a_byte_order_mark_is_none_of_the_text():
    """At the beginning of a file."""
    data = b"\xef\xbb\xbftitle: x\n"
    assert unsafe_in(ROLE, data) == ()


def test_so_much_is_said_and_no_more():
    """A million faults are no more than some."""
    assert 1 <= len(said("\u202e" * 10_000)) <= 30
    assert 1 <= len(said("<script>" * 10_000)) <= 30


def test_a_character_has_a_name():
    """As Unicode gives it."""
    assert named("\x1b") == "U+001B a control character"


BOMBS = {
    "tags": "<a ",
    "tags with quotes": '<a "',
    "tags with both quotes": "<a '\"",
    "angles": "<",
    "scripts": "<script>",
    "links": "[](",
    "open parentheses": "](((",
    "definitions": "[a]: b\n",
    "labels": "[a\n",
    "backticks": "` ",
    "pairs of backticks": "`a` ``b`` ",
    "lines of backticks": "`\n",
    "braces": "{a=",
    "entities": "&#x202e;",
    "attributes": "href = ",
    "addresses": "<https://x>",
    "quotations": "> <a\n",
    "list marks": "- ",
    "joiners": "a\u200d",
    "hashes": "# ",
    "fences": "```\n",
    "open comments": "<!--\n",
}


@pytest.mark.parametrize("part", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_is_answered_in_bounded_time(part: str):
    """Time grows with the size of a text and with nothing else."""
    times = 1_000_000 // len(part.encode())
    began = time.process_time()
    said(part * times)
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    "body",
    [
        "`" * 2_000_000 + "\n" + "x\n" * 500_000,
        "\n".join("`" * length for length in range(2_000, 2, -1)),
        "# " + " " * 3_000_000 + "x",
        "# " + " #" * 1_500_000 + "x",
        "\n".join("~" * length for length in range(2_000, 2, -1)),
    ],
    ids=["a long fence", "shorter and shorter fences", "a wide heading", "a heading of hashes", "tildes"],
)
def test_a_text_that_wants_to_be_searched_again_and_again_is_not(body: str):
    """The headings of a document are found in one pass."""
    began = time.process_time()
    said(body)
    assert time.process_time() - began < 10


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "controlled-docs/sop/SOP-014-aseptic-gowning.md",
        "controlled-docs/sop/SOP-014-påkledning.md",
        "controlled-docs/sop/img/Bilde 1 (ny), 50% & mer's.png",
        "controlled-docs/.gitkeep",
        "roles/people/p-0042.yaml",
        "roles/console.yaml",
        "controlled-docs/approvals/SOP-014@3/p-0003.yaml",
        "controlled-docs/approvals/.github/workflows/check.yaml@0123456789abcdef/p-0003.yaml",
    ],
)
def test_an_honest_name_is_left_in_peace(path: str):
    """Also with spaces and in other alphabets."""
    assert fault_of_name(path) is None


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("controlled-docs/-rf/README.md", "begins with '-', which programs read as an option"),
        ("controlled-docs/sop/--help.png", "begins with '-'"),
        ("controlled-docs/sop/~x.png", "begins with '~'"),
        ("controlled-docs/sop/a\nb.png", "hidden character U+000A"),
        ("controlled-docs/sop/a\x1b[31m.png", "hidden character U+001B"),
        ("controlled-docs/sop/a\u202egnp.md", "hidden character U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("controlled-docs/sop/a\udcff.png", "hidden character U+DCFF"),
        ("controlled-docs/sop /README.md", "ends with a space"),
        ("controlled-docs/sop/x.", "ends with a dot"),
        ("roles/CON.yaml", "stands for a device on Windows"),
        ("roles/people/nul.yaml", "stands for a device on Windows"),
        ("controlled-docs/com1/README.md", "stands for a device on Windows"),
        ("controlled-docs/:(exclude)x", "has ':'"),
        ("controlled-docs/*", "has '*'"),
        ("controlled-docs/a\\b", "has '\\\\'"),
        ("controlled-docs/`x`", "has '`'"),
    ],
)
def test_a_name_that_does_something_is_told(path: str, says: str):
    """And what it does."""
    fault = fault_of_name(path)
    assert fault
    assert says in fault[0]


# --- laws -----------------------------------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(
    st.text(st.sampled_from("`~<>a\n !-/=\"'[](){}:&;#|\\.j") | st.characters(exclude_categories=["Cs"]), max_size=60)
)
def test_what_is_unsafe_is_doubtful_and_nothing_fails(text: str):
    """The quick look never misses what the closer one finds."""
    try:
        said(text)
        said(f"{text}\u202e")
        assert is_doubtful(f"{text}\u202e".encode(), markdown=False)
    except Unreadable:
        pass
