"""What people write is read as the text they wrote; what is doubtful is refused in plain words."""

from __future__ import annotations

import hashlib
import io
import json
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from qmsci import read
from qmsci.read import MAX_BYTES, MAX_DEPTH, FrontMatter, front_matter, places, plain, text_digest
from qmsci.unreadable import Unreadable

HOSTILE = Path(__file__).parent / "hostile"
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))

PERSON = """\
# who she is
id: p-0042
name: Ingrid Sølberg
employed: {from: 2024-03-01}
roles:
  - {role: aseptic-operator, from: 2024-03-01}
  - role: aseptic-lead
    from: 2025-03-01
keys:
  - key: ssh-ed25519 AAAA
    proof: "badge \\"check\\""
notes: |
  She writes
    indented text.
""".encode()

ENTRIES = (
    b'- {"assessment": {"attempt": 1, "score": 92.50}, "completed": "2026-12-01", "method": ["read"]}\n'
    b'- {"by": "p-0042", "name": "Ingrid S\xc3\xb8lberg", "note": "said \\"yes\\"\\n"}\n'
)

DOCUMENT = b"---\nid: SOP-014\nrevisions:\n  - revision: 3.10\n---\n# Gowning\n\n---\n\nText.\n"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("revision: 3.10", {"revision": "3.10"}, id="a label that looks like a number"),
        pytest.param("site: NO", {"site": "NO"}, id="Norway"),
        pytest.param("[null, ~, true, 0x10]", ["null", "~", "true", "0x10"], id="no guess"),
        pytest.param("a:\nb: ''\nc: \"\"", {"a": None, "b": "", "c": ""}, id="nothing at all and empty text"),
        pytest.param("- \n- a", [None, "a"], id="an empty item"),
        pytest.param("{a: {}, b: [], c: }", {"a": {}, "b": [], "c": None}, id="flow"),
        pytest.param("at: 2026-12-01T09:30:00+01:00", {"at": "2026-12-01T09:30:00+01:00"}, id="a time"),
        pytest.param("{at: 09:30:00, by: p}", {"at": "09:30:00", "by": "p"}, id="a time in flow"),
        pytest.param("\ufeffid: a\r\nname: b\r\n", {"id": "a", "name": "b"}, id="byte order mark and CRLF"),
        pytest.param("a: |\r\n  x\r\n  y\r\n", {"a": "x\ny\n"}, id="CRLF in a block of text"),
        pytest.param("a: |\n  x\n  \ty\n", {"a": "x\n\ty\n"}, id="a tab inside a block of text"),
        pytest.param("a:\tb", {"a": "b"}, id="a tab after a colon"),
        pytest.param("---\na: b\n...\n", {"a": "b"}, id="document markers"),
        pytest.param("'<<': a", {"<<": "a"}, id="a quoted key is only text"),
        pytest.param(r'a: "\/ \x41 \u00e6 \t \P"', {"a": "/ A æ \t \u2029"}, id="escapes of YAML 1.2"),
        pytest.param(r'- {"a": "\u00e6", "b": null}', [{"a": "æ", "b": "null"}], id="JSON that YAML decides"),
        pytest.param("just text", "just text", id="a text alone"),
        pytest.param("[" * MAX_DEPTH + "]" * MAX_DEPTH, None, id="as deep as allowed"),
    ],
)
def test_what_is_written_is_read(text, value):
    assert value is None or value == plain(text.encode())
    assert places(text.encode())


REFUSED = [
    ("alias-bomb.yaml", "an anchor '&a'", 1, 4),
    ("alias.yaml", "an alias '*quality-lead'", 1, 8),
    ("apostrophe.yaml", "not a further key of the mapping", 1, 12),
    ("at-sign.yaml", "a value cannot begin with '@'", 1, 5),
    ("bare-ampersand.yaml", "a value that begins with '&', an anchor or alias", 1, 8),
    ("blank.yaml", "empty, nothing is written here", 1, 1),
    ("bom-inside.yaml", "a byte order mark (U+FEFF) amid the text", 2, 7),
    ("colon-in-value.yaml", "a ':' where no key can end", 1, 15),
    ("comments-only.yaml", "nothing but comments", 1, 1),
    ("complex-key.yaml", "a key that is a list or a mapping", 1, 3),
    ("directive.yaml", "a YAML directive", 1, 1),
    ("duplicate-in-json.yaml", "key 'by' is written twice, first on this line", 1, 20),
    ("duplicate-key.yaml", "key 'id' is written twice, first 2 lines above", 3, 1),
    ("empty-key.yaml", "not a further key of the mapping", 2, 1),
    ("empty.yaml", "empty, nothing is written here", 1, 1),
    ("escape-sequence.yaml", "control character U+001B", 1, 7),
    ("escaped-nul.yaml", "stands for a control character", 1, 7),
    ("front-matter-late.md", "line 1 is not '---'", 1, 1),
    ("front-matter-none.md", "line 1 is not '---'", 1, 1),
    ("front-matter-nul.md", "control character U+0000", 4, 6),
    ("front-matter-unended.md", "front matter that this line opens never ends", 1, 1),
    ("latin-1.yaml", "byte 0xE5 is not UTF-8", 2, 8),
    ("line-separator.yaml", "U+2028 is a line break to some programs", 1, 8),
    ("list-on-key-line.yaml", "a list item '-' cannot begin here", 1, 8),
    ("lone-cr.yaml", "a carriage return without a line feed", 1, 6),
    ("many-tag-directives.yaml", "a YAML directive", 3, 1),
    ("marker-only.yaml", "nothing but comments", 1, 1),
    ("merge-key.yaml", "a merge key '<<'", 1, 1),
    ("missing-colon.yaml", "no ':' after this key", 2, 1),
    ("nel.yaml", "U+0085 is a line break to some programs", 1, 8),
    ("no-space-after-colon.yaml", "a ':' where no key can end", 2, 6),
    ("non-specific-tag.yaml", "a tag '!'", 1, 5),
    ("nul.yaml", "control character U+0000", 2, 8),
    ("out-of-line.yaml", "not a further key of the mapping begun 2 lines above", 3, 2),
    ("python-tag.yaml", "a tag 'tag:yaml.org,2002:python/object/apply:os.system'", 1, 1),
    ("surrogate-pair-escape.yaml", "no such escape", 1, 15),
    ("surrogate.yaml", "byte 0xED is not UTF-8", 2, 7),
    ("tab-in-braces.yaml", "a tab is used as indentation", 2, 2),
    ("tab-indentation.yaml", "a tab is used as indentation", 2, 1),
    ("tag-no-text.yaml", "stands for no text", 1, 1),
    ("tag.yaml", "a tag '!x'", 1, 5),
    ("text-after-end.yaml", "more text after the end of the document", 3, 1),
    ("two-documents.yaml", "a second document begins here", 2, 1),
    ("unclosed-brace.yaml", "no ',' or '}' where the mapping", 2, 1),
    ("unclosed-bracket.yaml", "no ',' or ']' where the list, begun on the line above", 2, 5),
    ("unclosed-quote.yaml", "a quote that is never closed", 1, 8),
    ("unknown-escape.yaml", "no such escape in double quotes", 1, 10),
    ("utf-16.yaml", "saved as UTF-16 or UTF-32", 1, 1),
]


@pytest.mark.parametrize(("name", "says", "line", "column"), REFUSED, ids=[row[0] for row in REFUSED])
def test_a_hostile_file_is_refused_in_plain_words(name, says, line, column):
    data = (HOSTILE / name).read_bytes()
    with pytest.raises(Unreadable) as refusal:
        front_matter(data) if name.endswith(".md") else plain(data)
    assert says in refusal.value.message
    assert (line, column) == (refusal.value.line, refusal.value.column)
    assert () in places(data)


def test_every_hostile_file_is_in_the_table():
    files = {path.name for path in HOSTILE.iterdir() if not path.name.startswith(".")}
    assert {row[0] for row in REFUSED} == files


HUGE = {
    "10 MB": (b"a: b\n" * 2_000_000, "more than the 4,194,304"),
    "deep brackets": (b"[" * MAX_BYTES, "nested more than 32 deep"),
    "deep JSON": (b'- {"a":' + b"[" * 100_000, "nested more than 32 deep"),
    "deep dashes": (b"- " * 2_000_000, "nested more than 32 deep"),
    "deep keys": (b"? " * 2_000_000, "a key that is a list or a mapping"),
    "many empty lists": (b"[" + b"[]," * 1_300_000, "more than 500,000 keys and values"),
    "many JSON numbers": (b'- {"a":[' + b"1," * 2_000_000 + b"1]}", "more than 500,000 keys and values"),
    "many TAG directives": (b"".join(b"%%TAG !a%d! a\n" % n for n in range(200_000)), "directive"),
    "many keys, one twice": (
        b"".join(b"k%d: \n" % n for n in range(99_999)) + b"k9:",
        "first 99990 lines above",
    ),
    "one enormous key": (b"k" * 4_000_000 + b": v", "a ':' where no key can end"),
    "latin-1 at the very end": (b"a" * 4_000_000 + b"\xe6", "byte 0xE6 is not UTF-8"),
    "one enormous line": (b"a: " + b"x" * 4_000_000, None),
    "one enormous quote": (b'"' + b"\\n \n" * 1_000_000 + b'"', None),
}


@pytest.mark.parametrize(("data", "says"), HUGE.values(), ids=HUGE.keys())
def test_huge_files_are_read_or_refused_in_bounded_time(data, says):
    began = time.process_time()
    if says is None:
        plain(data)
    else:
        with pytest.raises(Unreadable, match=says):
            plain(data)
    assert time.process_time() - began < 10


def test_front_matter_is_split_from_its_body():
    assert front_matter(DOCUMENT) == FrontMatter(
        yaml=b"id: SOP-014\nrevisions:\n  - revision: 3.10\n",
        line=2,
        body=b"# Gowning\n\n---\n\nText.\n",
        body_line=6,
    )


@pytest.mark.parametrize(
    ("data", "yaml", "body", "body_line"),
    [
        pytest.param(
            b"\xef\xbb\xbf---  \r\nid: a\r\n---\r\nText\r\n", b"id: a\r\n", b"Text\r\n", 4, id="CRLF and mark"
        ),
        pytest.param(b"---\nid: a\n---", b"id: a\n", b"", 4, id="no body"),
        pytest.param(b"---\n---\n", b"", b"", 3, id="no keys"),
        pytest.param(
            b"---\na: ---b\n----\n--- \nT\n",
            b"a: ---b\n----\n",
            b"T\n",
            5,
            id="what closes",
        ),
        pytest.param(
            "---\na: b\n---\nx\u2028y".encode(), b"a: b\n", "x\u2028y".encode(), 4, id="prose may hold U+2028"
        ),
    ],
)
def test_front_matter_of_all_shapes(data, yaml, body, body_line):
    assert front_matter(data) == FrontMatter(yaml, 2, body, body_line)


def test_a_text_digest_reads_crlf_as_lf_and_strips_nothing():
    assert text_digest(b"a\r\nb \n") == text_digest(b"a\nb \n") == "sha256:" + hashlib.sha256(b"a\nb \n").hexdigest()
    assert text_digest(b"a\n") != text_digest(b"a")


def test_places_name_keys_and_items():
    found = places(PERSON)
    assert {
        (): (2, 1),
        ("employed", "from"): (4, 12),
        ("roles", 1): (7, 5),
        ("roles", 1, "from"): (8, 5),
    }.items() <= (found.items())


def test_places_of_an_unreadable_file_reach_to_its_fault():
    assert places(b"a: b\nc: @d\ne: f\n") == {(): (1, 1), ("a",): (1, 1), ("c",): (2, 1)}
    assert places(b"\xff") == {(): (1, 1)}


def test_what_qmsci_writes_takes_the_fast_path():
    assert read._one_line_entries(ENTRIES) == plain(ENTRIES) == slow(ENTRIES)


# --- properties --------------------------------------------------------------------------------------------

characters = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\ufeff\ufffe\uffff")
# libyaml refuses an unquoted text that begins with ':' inside [ ] or { }, which YAML 1.2 allows
texts = st.text(characters, max_size=12).filter(lambda text: not text.startswith(":")) | st.sampled_from(
    ["NO", "3.10", "null", "~", "a: b", "- a", "#", "true", "  "]
)
values = st.recursive(
    texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=10,
)
json_files = st.builds(
    lambda entries, ascii_only: "".join(
        f"- {json.dumps(entry, ensure_ascii=ascii_only)}\n" for entry in entries
    ).encode("utf-8", "replace"),
    st.lists(st.dictionaries(texts, json_values, max_size=4), min_size=1, max_size=4),
    st.booleans(),
)


def slow(data: bytes):
    return read._value(read._text(data), None)


def outcome(reader, data: bytes):
    try:
        return reader(data)
    except Unreadable:
        return Unreadable


def all_text():
    """Give a ruamel.yaml that leaves every scalar as text and has no anchors to write."""
    yaml = YAML(typ="safe", pure=True)
    yaml.representer.ignore_aliases = lambda _: True
    return yaml


@QUICK
@given(values, st.booleans())
def test_values_written_by_ruamel_come_back(value, flow):
    yaml = all_text()
    yaml.default_flow_style, yaml.allow_unicode, yaml.width = flow, True, 4096
    out = io.BytesIO()
    yaml.dump(value, out)
    assert plain(out.getvalue()) == value
    base = YAML(typ="base", pure=True)
    assert base.load(out.getvalue()) == value


@QUICK
@given(json_files)
@example(b'- {"a": [{}\n- {}]},{}\n')
@example(b'- {"a"  : 1}\n- {"b": NaN}\n')
@example(b'- {"' + b"k" * 1100 + b'": 1}\n')
def test_the_fast_path_agrees_with_the_slow(data):
    fast = read._one_line_entries(data)
    assert fast is None or fast == slow(data)


def mutated(data: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    for where, removed, added in edits:
        at = int(where * len(data))
        data = data[:at] + added + data[at + removed :]
    return data


edits = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.integers(0, 3),
        st.sampled_from(
            [
                b"",
                b"\n",
                b"\t",
                b"\r",
                b": ",
                b"- ",
                b"- {",
                b"}",
                b"[",
                b"]",
                b",",
                b'"',
                b"'",
                b"\\",
                b"&a",
                b"*a",
                b"!",
                b"#",
                b"%",
                b"---\n",
                b"\n...\n",
                b"<<: ",
                b"? ",
                b"|",
                b">",
                b"\x00",
                b"\xff",
                b"\xc2\x85",
                b" " * 9,
            ]
        )
        | st.binary(max_size=3),
    ),
    min_size=1,
    max_size=4,
)


@settings(QUICK, max_examples=400)
@given(json_files | st.just(ENTRIES), edits)
def test_the_fast_path_agrees_on_mutated_files(data, edits):
    data = mutated(data, edits)
    fast = read._one_line_entries(data)
    assert fast is None or fast == outcome(slow, data)


@settings(QUICK, max_examples=500)
@given(st.sampled_from([PERSON, ENTRIES, DOCUMENT, DOCUMENT.replace(b"---", b"")]), edits)
def test_any_bytes_are_read_or_refused(data, edits):
    data = mutated(data, edits)
    for reader in (plain, front_matter):
        outcome(reader, data)
    assert places(data)[()] >= (1, 1)


@QUICK
@given(st.binary(max_size=60))
def test_noise_is_read_or_refused(data):
    for reader in (plain, front_matter, places):
        outcome(reader, data)


@settings(QUICK, max_examples=300)
@given(st.sampled_from([PERSON, ENTRIES]), edits)
@example(PERSON, [])
@example(ENTRIES, [])
def test_a_place_is_where_the_key_stands(data, edits):
    data = mutated(data, edits)
    value = outcome(plain, data)
    if value is Unreadable:
        return
    lines = data.decode().removeprefix("\ufeff").split("\n")
    for path, (line, column) in places(data).items():
        rest = lines[line - 1][column - 1 :]
        if path and isinstance(path[-1], str):
            assert rest.startswith((path[-1][:1], '"', "'"))
        elif path and isinstance(item := at(value, path), str) and item:
            assert rest.startswith((item[:1], '"', "'", "|", ">"))


def at(value, path):
    for step in path:
        value = value[step]
    return value
