"""The law of the system: every rule that `qmsci check` and `qmsci audit` ask, and what each finds in this commit."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from qmsci.finding import Finding, Severity
from qmsci.render.site.mentions import mentioned
from qmsci.render.site.page import (
    Block,
    Code,
    CodeBlock,
    Facts,
    Heading,
    Link,
    Mark,
    Page,
    Part,
    Prose,
    Said,
    Table,
    Text,
    Tone,
)
from qmsci.render.site.places import to_place
from qmsci.render.site.prose import prose
from qmsci.render.site.summary import Summaries
from qmsci.render.site.survey import Survey
from qmsci.render.words import counted
from qmsci.rule import AREAS, RULES, Rule
from qmsci.rules import load_rules

Findings = Mapping[str, Sequence[Finding]]


def part(survey: Survey, summaries: Summaries) -> Part:  # noqa: ARG001  (every kind of page is asked alike)
    """The pages `rules/index.html` and `rules/<name>.html`."""
    load_rules()
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in survey.checked().findings:
        found[finding.rule].append(finding)
    known = sorted(RULES.values(), key=lambda rule: (list(AREAS).index(rule.area), rule.name))
    return Part((_index(survey, known, found), *(_page(survey, rule, found.get(rule.name, ())) for rule in known)))


def to_rule(name: str) -> Link:
    """A link to the page of a rule."""
    return Link(name, f"rules/{name}.html")


# --- all of them ----------------------------------------------------------------------------------------------------


def _index(survey: Survey, known: Sequence[Rule], found: Findings) -> Page:
    number = sum(map(len, found.values()))
    return Page(
        path="rules/index.html",
        title="Rules",
        blocks=(
            Text(
                f"The {len(known)} rules by which this system is judged. The name of a rule is the fault. An error "
                "keeps a change from being merged, a warning does not. A rule is asked of every tree, of what a "
                "change adds or alters, or of every day as it goes by."
            ),
            Text(
                f"Findings are those of this commit on {survey.when.day}, {counted(number, 'finding')} in all; rules "
                "about changes were asked when each change came to main, and find nothing in a tree."
            ),
            Table(
                name="rules",
                caption="All rules, by area",
                heads=("Rule", "Area", "Severity", "Asked", "What is wrong", "Regulation", "Findings"),
                rows=tuple(_row(rule, len(found.get(rule.name, ()))) for rule in known),
                filters=(1, 2, 3),
                csv=True,
            ),
        ),
        kind="Rules",
        keys=("rules",),
        description="Every rule that qmsci asks, by area, with its regulation.",
    )


def _row(rule: Rule, findings: int) -> tuple[Said, ...]:
    return (
        to_rule(rule.name),
        AREAS[rule.area],
        rule.severity.value,
        rule.when.asked,
        _with_code(rule.summary),
        "; ".join(rule.regulations),
        Mark(str(findings), Tone.BAD) if findings else "0",
    )


# --- one of them ----------------------------------------------------------------------------------------------------


def _page(survey: Survey, rule: Rule, findings: Sequence[Finding]) -> Page:
    path = f"rules/{rule.name}.html"
    return Page(
        path=path,
        title=rule.name,
        blocks=(
            Text(_with_code(rule.summary)),
            Facts(
                (
                    ("Severity", rule.severity.value),
                    ("Area", AREAS[rule.area]),
                    ("Asked", rule.when.asked),
                    ("Regulation", "; ".join(rule.regulations)),
                    ("To mend it", _with_code(rule.fix)),
                    ("Findings", Link(f"{counted(len(findings), 'finding')} on {survey.when.day}", "#findings")),
                    ("All rules", Link("Rules, by area", "rules/index.html")),
                )
            ),
            *_said(rule, path),
            Heading("Findings in this commit", "findings"),
            Text(f"What this rule finds in commit {survey.stamp.commit[:10]} as of {survey.when.day}."),
            findings_table(survey, "findings", f"Findings of {rule.name}", findings, heads=("Place", "What is wrong")),
        ),
        kind="Rule",
        keys=(rule.name,),
        words=f"{rule.summary} {' '.join(rule.regulations)}",
        description=rule.summary.replace("`", ""),
    )


#: A heading, or an example with the path of its file, in the page of a rule.
_PART = re.compile(
    r'^## (?P<heading>[^\n]+)\n|^```\w+ title="(?P<title>[^"]+)"\n(?P<text>.*?)^```(?:\n|\Z)', re.MULTILINE | re.DOTALL
)


def _said(rule: Rule, path: str) -> Iterator[Block]:
    """Why there is the rule, and its examples: what follows the first sentence of its page."""
    page = rule.page.partition("\n\n")[2]
    done = headings = 0
    for found in _PART.finditer(page):
        yield from _prose(page[done : found.start()], path)
        done = found.end()
        if found["heading"]:
            headings += 1
            yield Heading(found["heading"].replace("`", ""), f"example-{headings}")
        else:
            yield CodeBlock(found["text"], found["title"])
    yield from _prose(page[done:], path)


def _prose(text: str, path: str) -> Iterator[Block]:
    if text.strip():
        yield Prose(prose(text, path, lambda _: None))


def _with_code(text: str) -> Said:
    """A sentence in which what stands between backticks is code."""
    return tuple(Code(one) if position % 2 else one for position, one in enumerate(text.split("`")) if one)


# --- what they find -------------------------------------------------------------------------------------------------


_TONES = {Severity.ERROR: Tone.BAD, Severity.WARNING: Tone.WARN}


def findings_table(
    survey: Survey,
    name: str,
    caption: str,
    findings: Iterable[Finding],
    heads: tuple[str, ...] = ("Severity", "Rule", "Place", "What is wrong"),
) -> Table:
    """A table of findings, as far as its heads ask: `Severity`, `Rule`, `Place`, `What is wrong`."""
    cells = [
        {
            "Severity": Mark(finding.severity.value, _TONES[finding.severity]),
            "Rule": to_rule(finding.rule),
            "Place": to_place(survey, f"{finding.place.path}:{finding.place.line}"),
            "What is wrong": mentioned(survey, finding.message),
        }
        for finding in findings
    ]
    return Table(
        name=name,
        caption=caption,
        heads=heads,
        rows=tuple(tuple(row[head] for head in heads) for row in cells),
        filters=tuple(heads.index(head) for head in ("Severity", "Rule") if head in heads),
        csv=True,
        empty="Nothing is found.",
    )
