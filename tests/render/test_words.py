"""Text that people wrote does nothing but be read: in a terminal, a log, a page, an answer, a spreadsheet."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.finding import Finding, Place
from qmsci.render.findings import as_github
from qmsci.render.words import in_csv, in_json, in_markdown, visible
from qmsci.unsafe import links_in, markup_in

PLAIN = ["Ingrid Sølberg", "5 µm, 20 °C", "std::vector a:b", "# 5 of C# [x]", "10:30", "", "-"]


@pytest.mark.parametrize("text", PLAIN)
def test_plain_words_stay_as_they_are(text: str):
    """In a terminal, and in an answer."""
    assert visible(text) == text
    assert json.dumps(text, ensure_ascii=False) in in_json({"said": text})


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b]0;b\x07", "a\\x1b]0;b\\x07"),
        ("a\r\nb\tc", "a\\x0d\\x0ab c"),
        ("a\x9b31m", "a\\x9b31m"),
        ("a\u202eb\u200b", "a\\u202eb\\u200b"),
        ("::error::x", "\\x3a:error::x"),
        ("a ::error::x", "a \\x3a:error::x"),
        ("a\n::error::x", "a\\x0a\\x3a:error::x"),
        ("a##[add-mask]b", "a\\x23#[add-mask]b"),
        ("##vso[task.setvariable]b", "\\x23#vso[task.setvariable]b"),
        ("###[group]", "#\\x23#[group]"),
    ],
)
def test_what_does_something_is_spelled_out(text: str, shown: str):
    """Controls, turns of direction, and commands to the log of a continuous-integration service."""
    assert visible(text) == shown
    assert visible(shown) == shown


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        *((text, text) for text in PLAIN if text != "-"),
        ("14", "14"),
        ("-14.5", "-14.5"),
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1+1", "'-1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        (" =1", "' =1"),
        ("\t=1", "' =1"),
        ("\r=1", "'\\x0d=1"),
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
    ],
)
def test_a_cell_is_no_formula(text: str, cell: str):
    """Numbers stay numbers."""
    assert in_csv(text) == cell


@given(st.text())
def test_an_answer_says_the_same(text: str):
    """And has nothing hidden in it."""
    answer = in_json({text: [text]})
    assert json.loads(answer) == {text: [text]}
    assert all(line == visible(line) for line in answer.split("\n"))


@given(st.text(st.sampled_from("<>[]()!`\\:/.jav&;#x6A=on \n\u202e") | st.characters(exclude_categories=["Cs"])))
def test_nothing_in_markdown_is_more_than_words(text: str):
    """No tag, no link."""
    said = in_markdown(f"<script>{text}</script> [a](javascript:b) {text}")
    assert [*markup_in(said), *links_in(said, "")] == []
    assert said == visible(said)


@given(st.text(), st.text())
def test_a_finding_is_one_workflow_command(path: str, message: str):
    """Whatever it is about."""
    printed = as_github([Finding(Place(path), "unsafe-content", message, fix=message)])
    assert printed.count("\n") == 1
    assert printed.startswith("::error file=")
    properties, _, said = printed.removeprefix("::error ").removesuffix("\n").partition("::")
    assert [part.split("=")[0] for part in properties.split(",")] == ["file", "line", "col", "title"]
    assert said.startswith(visible(message).replace("%", "%25"))
