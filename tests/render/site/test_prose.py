"""An author's Markdown as HTML: nothing in it runs, nothing is fetched, nothing of it is lost on the way."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser

import markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsci.render.site.prose import anchor, prose, words

AT = "documents/SOP-001.html"
#: The elements, each with the attributes that it may have.
ALLOWED = {
    **dict.fromkeys(
        ["p", "ul", "li", "blockquote", "em", "strong", "s", "thead", "tbody", "tr", "hr", "br", "table"], ()
    ),
    **dict.fromkeys(["h3", "h4", "h5", "h6"], ("id",)),
    "ol": ("start",),
    "code": (),
    "pre": ("class", "tabindex"),
    "span": ("class", "title"),
    "a": ("href", "rel", "title"),
    "img": ("src", "alt", "title"),
    "div": ("class", "tabindex", "role", "aria-label"),
    "th": ("scope", "class"),
    "td": ("class",),
}
EMPTY = {"hr", "br", "img"}
CLASSES = {"q-code", "q-scroll", "q-image", "q-left", "q-center", "q-right"}
#: What has run in some page or other: tags, handlers, schemes, entities, Markdown that breaks out of an attribute.
ATTACKS = [
    "<script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    '<svg/onload="window.hit=1">',
    "<iframe srcdoc='<script>parent.hit=1</script>'></iframe>",
    "<a href=javascript:window.hit=1>x</a>",
    "<style>@import 'javascript:window.hit=1'</style>",
    "<details open ontoggle=window.hit=1>",
    "<math><mtext></mtext><script>window.hit=1</script></math>",
    "<noscript><p title='</noscript><img src=x onerror=window.hit=1>'>",
    "<!--><script>window.hit=1</script>-->",
    "<?php <script>window.hit=1</script> ?>",
    "<![CDATA[<script>window.hit=1</script>]]>",
    "</div><script>window.hit=1</script>",
    "<scr<script>ipt>window.hit=1</scr</script>ipt>",
    "<body onload=window.hit=1>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=javascript:window.hit=1'>",
    "[a](javascript:window.hit=1)",
    "[a](JaVaScRiPt:window.hit=1)",
    "[a](java\tscript:window.hit=1)",
    "[a](<java script:window.hit=1>)",
    "[a](&#106;avascript:window.hit=1)",
    "[a](&#x6A;&#x61;vascript&colon;window.hit=1)",
    "[a](javascript&#58;window.hit=1)",
    "[a](\\javascript:window.hit=1)",
    "[a](%6Aavascript:window.hit=1)",
    "[a](javascript%3Awindow.hit=1)",
    "[a](vbscript:window.hit=1)",
    "[a](data:text/html,<script>window.hit=1</script>)",
    "[a](data:text/html;base64,PHNjcmlwdD53aW5kb3cuaGl0PTE8L3NjcmlwdD4=)",
    "[a](file:///etc/passwd)",
    "[a](//evil.example/x)",
    "[a](\\\\evil.example\\x)",
    "[a](/\\evil.example)",
    "[a](blob:x) [b](filesystem:x) [c](about:blank) [d](view-source:x)",
    "[a][r]\n\n[r]: javascript:window.hit=1",
    '[a](http://x.example/"onmouseover="window.hit=1)',
    '[a](http://x.example/ "t\'><script>window.hit=1</script>")',
    '[a](SOP-002.md "\\" autofocus onfocus=window.hit=1 x=\\"")',
    "<javascript:window.hit=1>",
    "<http://x.example/?<script>window.hit=1</script>>",
    "![x](javascript:window.hit=1)",
    "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
    "![x](http://evil.example/pixel.png)",
    '![" onerror="window.hit=1](figure.png)',
    '![x](figure.png "\\" onerror=\\"window.hit=1")',
    "![<script>window.hit=1</script>](figure.png)",
    "[![x](figure.png)](javascript:window.hit=1)",
    "`<script>window.hit=1</script>`",
    '```"onclick=window.hit=1\n<script>window.hit=1</script>\n```',
    "~~~html class=x\n</code></pre><script>window.hit=1</script>\n~~~",
    "    </code></pre><script>window.hit=1</script>",
    "# <script>window.hit=1</script> {onclick=window.hit=1}",
    "| a |\n|---|\n| <img src=x onerror=window.hit=1> |",
    "| a |\n|:-:|\n| \\| </td><script>window.hit=1</script> |",
    "&lt;script&gt;window.hit=1&lt;/script&gt;",
    "&#60;script&#62;window.hit=1&#60;/script&#62;",
    "a {: onclick=window.hit=1 }\n{: #top .x style='x' }",
    "*[HTML]: <script>window.hit=1</script>\n\nHTML",
    "[^1]\n\n[^1]: <script>window.hit=1</script>",
    "\x02wzxhzdk:0\x03",
    "{{ config.x }} {% raw %} --8<-- 'mkdocs.yml'",
]


class _Checked(HTMLParser):
    """Reads HTML, and notes whatever it may not have."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.open: list[str] = []
        self.ids: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED:
            self.wrong.append(f"<{tag}>")
        if tag not in EMPTY:
            self.open.append(tag)
        for name, value in attrs:
            said = value or ""
            fits = {
                "href": re.match(r"(https?://|mailto:)|(#text-|SOP-002\.html)", said, re.IGNORECASE) is not None,
                "src": said == "../figures/one.png",
                "class": said in CLASSES,
                "id": re.fullmatch(r"text-[a-z0-9-]+", said) is not None,
                "rel": said == "noreferrer noopener",
                "start": said.isdecimal(),
                "tabindex": said == "0",
            }
            if name not in ALLOWED.get(tag, ()) or not fits.get(name, True):
                self.wrong.append(f"<{tag} {name}={said!r}>")
            if name == "id":
                self.ids.append(said)
            if name == "href" and (re.match("http|mailto", said, re.IGNORECASE) and "rel" not in dict(attrs)):
                self.wrong.append(f"no rel on {said}")

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"<!--{data}")

    handle_decl = handle_pi = unknown_decl = handle_comment


def to_page(path: str) -> str | None:
    return "documents/SOP-002.html" if path.rsplit("/", 1)[-1] in {"SOP-002.md", "SOP-002"} else None


def to_figure(path: str) -> str | None:
    return "figures/one.png" if path == "figure.png" else None


def shown(text: str) -> str:
    """The HTML of a text, which is checked on the way."""
    html = prose(text, AT, to_page, to_figure)
    checked = _Checked()
    checked.feed(html)
    checked.close()
    assert checked.wrong == [], html
    assert checked.open == []
    assert len(checked.ids) == len(set(checked.ids))
    hidden = {sign for sign in html if sign != "\n" and unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}
    assert not hidden, html
    assert within(html) == html
    return html


def within(html: str) -> str:
    """The HTML as a builder with the usual extensions gives it back, from a block in a page of Markdown."""
    page = f'# T\n\n<div class="q-prose">\n{html}</div>\n\nafter\n'
    extensions = [
        "tables",
        "attr_list",
        "fenced_code",
        "footnotes",
        "abbr",
        "admonition",
        "def_list",
        "toc",
        "md_in_html",
    ]
    found = markdown.Markdown(extensions=extensions).convert(page)
    assert found.startswith('<h1 id="t">T</h1>\n<div class="q-prose">\n'), found
    assert found.endswith("</div>\n\n<p>after</p>"), found
    return found[found.index('prose">\n') + 8 : -len("</div>\n\n<p>after</p>")]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param(" \n\n", "", id="blank"),
        pytest.param("Gown.\n", "<p>Gown.</p>\n", id="words"),
        pytest.param(
            "# A\n## B\n##### C\n",
            '<h3 id="text-a">A</h3>\n<h4 id="text-b">B</h4>\n<h6 id="text-c">C</h6>\n',
            id="headings",
        ),
        pytest.param(
            "A\n=\n# A\n# a 2\n# A\n",
            '<h3 id="text-a">A</h3>\n<h3 id="text-a-2">A</h3>\n<h3 id="text-a-2-2">a 2</h3>\n<h3 id="text-a-3">A</h3>\n',
            id="names-of-their-own",
        ),
        pytest.param(
            "*Øl* `x`\n[y](z)\n===\n",
            '<h3 id="text-l-x-y"><em>Øl</em> <code>x</code>\n<span>y (<code>z</code>)</span></h3>\n',
            id="names-of-words",
        ),
        pytest.param("3. a\n4. b\n", '<ol start="3"><li>a</li>\n<li>b</li>\n</ol>\n', id="numbers-go-on"),
        pytest.param(
            "- a\n  - b\n\n    c\n", "<ul><li>a<ul><li><p>b</p>\n<p>c</p>\n</li>\n</ul>\n</li>\n</ul>\n", id="lists"
        ),
        pytest.param("> a\\\n> b\n\n---\n", "<blockquote><p>a<br />\nb</p>\n</blockquote>\n<hr />\n", id="quotation"),
        pytest.param(
            "*a* **b** ~~c~~ `d`\n", "<p><em>a</em> <strong>b</strong> <s>c</s> <code>d</code></p>\n", id="marks"
        ),
        pytest.param(
            "```py\na\tb\n  \n```\n", '<pre class="q-code" tabindex="0"><code>a   b\n\n</code></pre>\n', id="code"
        ),
        pytest.param("<b>x</b>\n<!-- y -->\n", "<p>&lt;b&gt;x&lt;/b&gt;\n&lt;!-- y --&gt;</p>\n", id="tags-are-text"),
        pytest.param(
            "[a](SOP-002.md) [b](../sop/SOP-002.md#Å%20gå) [c](SOP-002)",
            '<p><a href="SOP-002.html">a</a> <a href="SOP-002.html#text-a-ga">b</a> <a href="SOP-002.html">c</a></p>\n',
            id="to-documents",
        ),
        pytest.param(
            "[a](../../roles/a%20b.yaml 'T')",
            '<p><span title="T">a (<code>../../roles/a b.yaml</code>)</span></p>\n',
            id="to-other-files",
        ),
        pytest.param(
            "[a](#to-do) [b](#gone)\n# To do\n",
            '<p><a href="#text-to-do">a</a> <span>b (<code>#gone</code>)</span></p>\n<h3 id="text-to-do">To do</h3>\n',
            id="to-its-headings",
        ),
        pytest.param(
            "[a](HTTPS://x.example/?a&b 'T') <a@b.example>",
            '<p><a href="HTTPS://x.example/?a&amp;b" rel="noreferrer noopener" title="T">a</a> <a href="mailto:a@b.example" rel="noreferrer noopener">a@b.example</a></p>\n',
            id="to-elsewhere",
        ),
        pytest.param(
            "[a](ftp://x.example) [b](//x.example)",
            "<p><span>a (<code>ftp://x.example</code>)</span> <span>b (<code>//x.example</code>)</span></p>\n",
            id="not-to-elsewhere",
        ),
        pytest.param(
            "![*A* `b`\nc](figure.png 'T')",
            '<p><img src="../figures/one.png" alt="A b c" title="T" /></p>\n',
            id="figure",
        ),
        pytest.param(
            "![A](http://x.example/%E2%80%AE.png)",
            '<p><span class="q-image">A [<code>http://x.example/\\u202e.png</code>]</span></p>\n',
            id="figure-from-elsewhere",
        ),
        pytest.param(
            "a\u202eb\x1b[0m &#x2066;c &#8203; `\u200b` d\u00a0e",
            "<p>a\\u202eb\\x1b[0m \\u2066c \\u200b <code>\\u200b</code> d\u00a0e</p>\n",
            id="hidden",
        ),
        pytest.param("a::b ::error::c ##[d]", "<p>a::b ::error::c ##[d]</p>\n", id="what-only-a-log-would-take"),
    ],
)
def test_what_is_written(text: str, html: str):
    assert shown(text) == html


def test_a_table():
    """Columns are set by classes: the page allows no styles."""
    html = shown("| a | b | c | d |\n|---|:--|:-:|--:|\n| 1 | `2` | **3** | \\| |\n")

    assert html == (
        '<div class="q-scroll" tabindex="0" role="region" aria-label="Table 1 of the text"><table>\n'
        '<thead><tr><th scope="col">a</th><th scope="col" class="q-left">b</th><th scope="col" class="q-center">c</th>'
        '<th scope="col" class="q-right">d</th></tr>\n</thead>\n'
        '<tbody><tr><td>1</td><td class="q-left"><code>2</code></td><td class="q-center"><strong>3</strong></td>'
        '<td class="q-right">|</td></tr>\n</tbody>\n</table></div>\n'
    )
    assert "Table 2 of the text" in shown("|a|\n|-|\n\n|b|\n|-|\n")


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_words(attack: str):
    """`shown` holds every element and attribute to what is allowed; of the rest, no tag is left."""
    html = shown(attack)
    assert html
    assert not re.search(r"<(?:script|img src=x|svg|iframe|style|body|meta|base)", html)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("> " * 200 + "deep", id="quotations"),
        pytest.param("".join(f"{'  ' * depth}- x\n" for depth in range(70)) + "deep", id="lists"),
        pytest.param("[" * 6000 + "deep", id="brackets"),
        pytest.param("a\n" * 500_001 + "deep", id="long"),
        pytest.param("# a\n" * 20_000 + "deep", id="headings-alike"),
    ],
)
def test_what_would_take_for_ever_is_shown_as_it_is_written(text: str):
    html = prose(text, AT, to_page)
    assert "deep" in html
    assert html.startswith('<pre class="q-code" tabindex="0"><code>') is not text.startswith("#")


def test_where_no_image_is_given_each_is_its_words():
    html = prose("![A](figure.png)", AT, to_page)
    assert html == '<p><span class="q-image">A [<code>figure.png</code>]</span></p>\n'


def test_the_words_of_a_text():
    text = "# Gown *well*\n\n- a\n- b <c> &\n\n|x|y|\n|-|-|\n|1|`2`|\n\n**b**old [e](f.md)"
    assert words(shown(text)) == "Gown well a b <c> & x y 1 2 bold e (f.md)"
    assert words("") == ""


def test_the_name_of_a_heading_without_letters():
    assert anchor("Ærlig") == "text-rlig"
    assert anchor("漢") == anchor("…") == "text-heading"


MARKUP = st.sampled_from(
    [
        *ATTACKS,
        "\n",
        "\n\n",
        "  \n",
        "\t",
        "    ",
        "- ",
        "1. ",
        "> ",
        "# ",
        "```",
        "~~~",
        "`",
        "*",
        "_",
        "~~",
        "|",
        "|-|-|\n",
        "[",
        "](",
        ")",
        "![",
        "<",
        ">",
        "&",
        '"',
        "\\",
        "\r",
        "\u202e",
        "\x00",
        "</div>",
        "---\n",
        ": ",
        "!!! note\n    ",
        "a",
        "b c",
    ]
)


@given(st.lists(MARKUP | st.text(max_size=8), max_size=12).map("".join))
def test_nothing_but_what_is_allowed(text: str):
    """Whatever is written: known elements and attributes, balanced, nothing hidden, and the same in a page."""
    shown(text)


@given(st.text(st.characters(categories=["L", "N"]), min_size=1))
def test_no_word_is_lost(text: str):
    assert words(shown(text)) == text
