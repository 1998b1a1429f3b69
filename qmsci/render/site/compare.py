"""The page that compares two texts of a document, in the reader's browser."""

from __future__ import annotations

from qmsci.render.site.document import COMPARE
from qmsci.render.site.page import Link, Page, Part, Text, Widget
from qmsci.render.site.summary import Summaries
from qmsci.render.site.survey import Survey
from qmsci.render.site.written import data


def part(survey: Survey, summaries: Summaries) -> Part:
    """The page, and the data of the documents that it offers."""
    intro = (
        "What changed from one text of a document to another, word by word, as main had them. The texts are shown as "
        f"they are written, in Markdown; their states are those of {survey.when.day}. Who was trained on a document is "
        "on its own page, in "
    )
    otherwise = (
        "Texts are compared in the browser, by a script of this site. Where it does not run, git shows the same: "
        "git log -p, with the path of the document."
    )
    page = Page(
        path=COMPARE,
        title="Compare texts",
        blocks=(
            Text((intro, Link("the list of documents", "documents/index.html"), ".")),
            Widget("compare", otherwise=otherwise),
        ),
        kind="Tool",
        keys=("Compare texts", "Difference"),
        description="The difference between any two texts of a document",
        scripts=("compare",),
    )
    documents = [[one.document, one.title] for one in summaries.documents.values()]
    return Part((page,), {"data/compare.js": data("compare", documents)})
