"""What is a heading, and what everybody who reads Markdown takes for code."""

from __future__ import annotations

import pytest

from qmsci.markdown import headings_of, without_code


@pytest.mark.parametrize(
    ("text", "headings"),
    [
        pytest.param("Text.\n#hashtag\n####### seven\n", (), id="none"),
        pytest.param("# Purpose\n\n## Scope ##\r\n###\tProcedure  \n", ("Purpose", "Scope", "Procedure"), id="some"),
        pytest.param("```\n# no\n```\n# yes\n~~~~\n# no\n~~~~~\n", ("yes",), id="in fences"),
        pytest.param("# a\n```\n# b\n", ("a", "b"), id="a fence that never ends is none"),
        pytest.param("``` `x` ```\n# a\n", ("a",), id="a row of backticks with more on its line"),
        pytest.param("# #\n# C#\n", ("#", "C"), id="nothing but marks"),
    ],
)
def test_headings_are_found_outside_of_code(text: str, headings: tuple[str, ...]):
    """With the words that a section is asked for by."""
    assert headings_of(text.encode()) == headings


HIDDEN = [
    pytest.param("Write `XX` here.", id="in backticks"),
    pytest.param("Write ``XX ` XX`` and `XX`.", id="backticks in backticks"),
    pytest.param("```html\nXX\n\nXX\n```\n", id="between fences"),
    pytest.param('~~~~ yaml title="a.yaml"\nXX\n~~~\nXX\n~~~~\n', id="between tildes with a title"),
    pytest.param("1. Do\n\n    ```\n    XX\n    ```\n2. `XX`\n", id="in a list"),
    pytest.param("- ```\n  XX\n  ```\n\nText\n", id="on the line of a list"),
    pytest.param("> Quoted `XX`.\n\n| a | `XX` |\n", id="in a quotation and a table"),
    pytest.param("<!-- note -->\n\n`XX`\n\n```\nXX\n```\n", id="after a comment"),
    pytest.param("Line<br>\n<br>\n\n`XX`\n", id="after an element that says little"),
    pytest.param("```\r\nXX\r\n```\r\n", id="lines end as on Windows"),
]
SHOWN = [
    pytest.param("XX", id="no code"),
    pytest.param("`a\nXX`", id="over two lines"),
    pytest.param("a ` b\n` XX `", id="a pair across lines"),
    pytest.param("- `a\n- XX `b`", id="list items are apart"),
    pytest.param("| `a | XX | b` |", id="table cells are apart"),
    pytest.param("\\`XX`", id="escaped"),
    pytest.param("```a` XX `", id="rows of different length"),
    pytest.param('<a title="`">XX`"', id="begun in a tag"),
    pytest.param('<a title=">`">XX`"', id="begun in a tag after a bracket"),
    pytest.param("<https://a`>XX`", id="begun in an address"),
    pytest.param("<!-- ` --> XX `", id="begun in a comment"),
    pytest.param("<div>\n`XX`\n</div>", id="in HTML"),
    pytest.param("<div>\n\n`XX`\n\n</div>", id="in HTML, after an empty line"),
    pytest.param("<span>\n`XX`\n", id="in inline HTML that begins a line"),
    pytest.param("<pre>\n\n```\nXX\n```\n</pre>", id="fences in HTML"),
    pytest.param("<!--\n```\n-->\nXX\n```", id="a fence in a comment"),
    pytest.param("<?x\n```\n?>\nXX\n```", id="a fence in an instruction"),
    pytest.param("<!X\n```\n>\nXX\n```", id="a fence in a declaration"),
    pytest.param("<div>\n```\n\n```\nXX\n```\n", id="fences of which the first counts for some"),
    pytest.param("```\nXX", id="a fence that never ends"),
    pytest.param("```\na\n````\nXX\n```\n", id="a fence that ends sooner for some"),
    pytest.param("  ```\n  a\n```\nXX\n  ```\n", id="a fence that ends elsewhere"),
    pytest.param("> ```\nXX\n```\n", id="a fence in a quotation"),
    pytest.param("\t```\nXX\n\t```\n", id="a fence behind a tab"),
    pytest.param("``` a b c\nXX\n```\n", id="a fence with words that not all know"),
    pytest.param("```\na\n```\n\n- ~~~\n\nXX\n~~~\n", id="a fence that the end of a list ends"),
    pytest.param("`a`\n" * 250_000 + "`XX`", id="a text longer than any"),
]


@pytest.mark.parametrize("text", HIDDEN)
def test_what_all_take_for_code_is_code(text: str):
    """And everything else stays where it is."""
    shown = without_code(text)

    assert "XX" not in shown
    assert len(shown) == len(text)
    assert [len(line) for line in shown.split("\n")] == [len(line) for line in text.split("\n")]


@pytest.mark.parametrize("text", SHOWN)
def test_in_doubt_it_is_no_code(text: str):
    """Somebody may have written it so that one reader sees code and another one a script."""
    assert "XX" in without_code(text)
