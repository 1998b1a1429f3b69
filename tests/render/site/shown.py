"""What pages show, for the tests: the rows of their tables as texts, their links; and whole systems to look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from pathlib import Path

from qmsci.gaps import gaps
from qmsci.render.site import person
from qmsci.render.site.page import (
    Block,
    Facts,
    Folded,
    Link,
    Notice,
    Page,
    Said,
    Table,
    Text,
    Tiles,
    Timeline,
)
from qmsci.render.site.summary import PersonSummary, Summaries
from qmsci.render.site.survey import Survey
from qmsci.render.site.written import plain, written
from tests.laws import POLICY, TODAY, Files
from tests.render.site.surveys import survey_of

ROOT = Path(__file__).parents[3]
_FOLDERS = ("controlled-docs", "quality-events", "roles", "training-records")
#: The day on which the reference system is looked at.
REFERENCE_DAY = date(2026, 11, 23)


def surveyed(files: Files, day: date = TODAY) -> Survey:
    """A survey of some files, with the usual policy where they bring none."""
    return survey_of({"qmsci.yaml": POLICY, **files}, day)


@cache
def reference() -> Survey:
    """The reference quality system, as it lies on disc."""
    paths = [path for folder in _FOLDERS for path in sorted((ROOT / folder).rglob("*")) if path.is_file()]
    files = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    return survey_of({**files, "qmsci.yaml": (ROOT / "qmsci.yaml").read_text(encoding="utf-8")}, REFERENCE_DAY)


def person_page(survey: Survey, name: str) -> tuple[Page, PersonSummary]:
    """Somebody's page, and what the lists know of them."""
    who = survey.snapshot.people.get(name)
    assert who
    part, summary = person.part(survey, who)
    (page,) = part.pages
    return page, summary


def everybody(survey: Survey) -> dict[str, tuple[Page, PersonSummary]]:
    """The page of each person, and what the lists know of them; gaps are looked for once."""
    found = defaultdict(list)
    for gap in gaps(survey.snapshot):
        found[gap.person.id].append(gap)
    made = {who.id: person.part(survey, who, found[who.id]) for who in survey.snapshot.people}
    return {name: (part.pages[0], summary) for name, (part, summary) in made.items()}


def summaries_of(survey: Survey) -> Summaries:
    """What the lists know of everybody."""
    return Summaries({name: summary for name, (_, summary) in everybody(survey).items()}, {})


@cache
def reference_people() -> dict[str, tuple[Page, PersonSummary]]:
    """The page of each person of the reference system, and what the lists know of them."""
    return everybody(reference())


def reference_summaries() -> Summaries:
    """What the lists know of everybody in the reference system."""
    return Summaries({name: summary for name, (_, summary) in reference_people().items()}, {})


def table_of(page: Page, name: str) -> Table:
    """The table of a name on a page."""
    return next(block for block in _blocks(page.blocks) if isinstance(block, Table) and block.name == name)


def rows_of(page: Page, name: str) -> list[dict[str, str]]:
    """The rows of a table, by the heads of its columns, as texts."""
    table = table_of(page, name)
    return [dict(zip(table.heads, map(plain, row), strict=True)) for row in table.rows]


def column(page: Page, name: str, head: str) -> list[str]:
    """One column of a table."""
    return [row[head] for row in rows_of(page, name)]


def facts_of(page: Page) -> dict[str, str]:
    """The facts on a page, as texts."""
    return {name: plain(said) for block in page.blocks if isinstance(block, Facts) for name, said in block.rows}


def notices_of(page: Page) -> dict[str, str]:
    """The banners of a page: titles with what they say."""
    return {block.title: plain(block.said) for block in page.blocks if isinstance(block, Notice)}


def links_in(page: Page) -> set[str]:
    """The pages that a page links to, without places and questions."""
    said = [one for block in _blocks(page.blocks) for one in _said_in(block)]
    return {link.to.partition("#")[0].partition("?")[0] for one in said for link in _links(one)}


def text_of(page: Page) -> str:
    """All files of a page, one after the other."""
    return "".join(written(page).values())


def body_of(page: Page) -> str:
    """The Markdown of a page, without its front matter."""
    return written(page)[page.path.removesuffix(".html") + ".md"].split("\n---\n", 1)[1]


def _blocks(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, Folded):
            yield from _blocks(block.blocks)


def _said_in(block: Block) -> Iterator[Said]:
    match block:
        case Facts():
            yield from (said for _, said in block.rows)
        case Table():
            yield from (cell for row in block.rows for cell in row)
        case Text() | Notice():
            yield block.said
        case Timeline():
            yield from (one.said for one in block.happenings)
        case Tiles():
            yield from (Link(one.label, one.to) for one in block.tiles)


def _links(said: Said) -> Iterator[Link]:
    if isinstance(said, Link):
        yield said
    elif isinstance(said, tuple):
        for one in said:
            yield from _links(one)
