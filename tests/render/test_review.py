"""The management review in each format; what people wrote is only ever read."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from jsonschema import Draft202012Validator

from qmsci.metrics.review import review
from qmsci.render.charts import charts
from qmsci.render.page import Chart, Page, as_html, as_markdown
from qmsci.render.review import Source, as_json, page_of
from qmsci.timeline import Span
from tests.cli.commands import COMMIT_OR_NOTHING, DAY, FORMAT, TEXT, TEXT_OR_NOTHING, TRUTH, closed, listed, valid
from tests.halden import FILES, event, joined, person
from tests.laws import TODAY, snapshot_of

Golden = Callable[[str, str], None]

DAYS = Span(date(2026, 1, 1), date(2026, 6, 30))
SOURCE = Source("1" * 40, changed=False)
HOSTILE = '"x | <img src=a onerror=b> @everyone #12 [y](https://evil.example) `code` \\u202e\\n| a | b |"'


def undrawn(chart: Chart) -> Chart:
    """A chart with a drawing that is the same with every version of what draws it."""
    return replace(chart, svg='<svg xmlns="http://www.w3.org/2000/svg"></svg>' if chart.svg else None)


def page(files: dict[str, str], days: Span = DAYS, source: Source = SOURCE, drawn: bool = False) -> Page:
    found = review(snapshot_of(files, TODAY), days)
    return page_of(found, source, [undrawn(chart) for chart in charts(found)] if drawn else [])


def shown(files: dict[str, str], days: Span = DAYS, source: Source = SOURCE) -> str:
    return as_markdown(page(files, days, source))


def plain(files: dict[str, str], days: Span = DAYS) -> str:
    return as_json(review(snapshot_of(files, TODAY), days), SOURCE)


def test_the_markdown_is_for_reading(golden: Golden):
    golden("review/half-year.md", as_markdown(page(FILES, drawn=True)))


def test_the_html_stands_alone(golden: Golden):
    golden("review/half-year.html", as_html(page(FILES, drawn=True)))


def test_the_json_is_for_programs(golden: Golden):
    golden("review/half-year.json", plain(FILES))


def test_a_system_without_records_has_a_review_too(golden: Golden):
    golden("review/nothing.md", as_markdown(page({}, drawn=True)))


# --- what it says of itself -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "said"),
    [
        pytest.param(Source("a" * 40, changed=False), f"commit {'a' * 40}, clean", id="clean"),
        pytest.param(Source("a" * 40, changed=True), f"commit {'a' * 40}, with uncommitted changes", id="changed"),
        pytest.param(Source(None, changed=True), "a tree without a commit", id="no-commit"),
        pytest.param(
            Source("a" * 40, changed=False, unreadable=("quality-events/DEV-1.yaml",)),
            "| Left out | files that cannot be read (qmsci check --all): quality-events/DEV-1.yaml |",
            id="unreadable",
        ),
    ],
)
def test_it_says_what_it_was_computed_from(source: Source, said: str):
    assert said in shown(FILES, source=source)


def test_a_period_that_is_not_over_is_called_so():
    text = shown(FILES, Span(date(2026, 1, 1), date(2026, 12, 31)))

    assert "| Figures as of | the end of 2026-11-22, the period is not over |" in text


def test_long_lists_are_cut_on_a_page_and_not_in_json():
    people = joined(*(person(f"p-1{n:03}", "operator") for n in range(150)))
    text, found = shown(joined(FILES, people)), json.loads(plain(joined(FILES, people)))

    assert "and 101 more" in text
    (currency,) = [one for one in found["metrics"] if one["name"] == "training-currency"]
    assert len(currency["now"]["items"]) == 307


# --- verdicts -------------------------------------------------------------------------------------------------------


def test_a_record_that_presents_nothing_is_no_disagreement():
    path = "quality-events/MR-2026-002.yaml"

    assert "Its record names no figure that was presented." in shown(
        {**FILES, path: FILES[path].split("presented:")[0]}
    )


def test_a_record_that_agrees_is_said_to_agree():
    path = "quality-events/MR-2026-002.yaml"
    agreed = FILES[path].split("presented:")[0] + "presented: {overdue: '1'}\n"

    assert "What it was shown agrees with the records." in shown({**FILES, path: agreed})


def test_a_check_that_the_events_contradict_is_said():
    path = "quality-events/CAPA-2025-001.yaml"
    checked = FILES[path].rstrip() + "\n    - {on: 2026-06-29, outcome: effective, summary: S.}\n"

    assert "| yes |" in shown(FILES)
    assert "no: the check says effective, and it came back within the period" in shown({**FILES, path: checked})


def test_a_failed_check_though_nothing_came_back_is_said():
    path, event_path = "quality-events/CAPA-2025-001.yaml", "quality-events/DEV-2026-001.yaml"
    files = {name: text for name, text in FILES.items() if name != event_path}

    assert "no: the check says not-effective, and nothing came back within the period" in shown(
        {**files, path: files[path]}
    )


def test_a_capa_without_a_plan_is_not_watched():
    capa = event(
        "CAPA-2026-009",
        "opened: 2026-02-01\nowner: p-0001\nactions: [{id: 1, kind: other, due: 2026-03-01, done: 2026-02-20}]\n",
    )

    assert "| CAPA-2026-009 | 2026-02-20 | no plan says how long | – | none yet | – |" in shown(joined(FILES, capa))


def test_actions_that_nobody_named_are_shown_with_what_they_have():
    text = """\
opened: 2026-05-01
owner: p-0099
actions:
  - {id: 1, kind: document, document: SOP-014@3, due: 2026-06-29}
  - {id: 2, kind: training, documents: [SOP-014@2], people: [p-0043], opened: 2026-05-01, due: 2026-06-15,
     extensions: [{to: 2026-06-20, on: 2026-06-14, by: p-0001, reason: Leave.}]}
"""
    found = shown(joined(FILES, event("CAPA-2026-009", text)))

    assert (
        "| CAPA-2026-009 | 1. document SOP-014@3 | p-0099 | 2026-06-29 | **overdue by 1 day: it is not done** |"
        in found
    )
    assert "2. training SOP-014@2 | p-0099 | 2026-06-20, extended 1 time |" in found
    assert "**overdue by 10 days: SOP-014@2 was not assigned to p-0043**" in found


def test_a_review_that_decided_nothing_says_so():
    path = "quality-events/MR-2026-001.yaml"

    assert "Its record names no decision." in shown({**FILES, path: FILES[path].split("decisions:")[0]})


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        pytest.param("Stay (action 1).", "decided, see action 1", id="its-own"),
        pytest.param("Stay (action 9).", "decided, without an action on record", id="no-such-action"),
        pytest.param("Stay (action 1 of CAPA-1).", "decided, without an action on record", id="of-another-event"),
    ],
)
def test_a_decision_that_cites_an_action_of_its_review_leads_to_it(decision: str, said: str):
    path = "quality-events/MR-2026-001.yaml"
    text = shown({**FILES, path: FILES[path].replace("Objectives stay as they are.", decision)})

    assert f"| {decision} | – | – | {said} |" in text


def test_a_decision_that_was_dropped_was_not_done():
    path = "quality-events/MR-2026-001.yaml"
    dropped = "due: 2026-05-31, dropped: {on: 2026-04-02, by: p-0001, reason: The room has one.}"
    files = {**FILES, path: FILES[path].replace("due: 2026-05-31", dropped)}

    assert "| 2026-05-31 | dropped 2026-04-02: The room has one. |" in shown(files)
    assert [one["dropped"] for one in json.loads(plain(files))["follow_up"][0]["actions"]] == [False, True]


def test_an_association_that_can_be_computed_is_said_with_its_interval():
    """All events lie in the quarters of low currency: the ratio has no upper end, which JSON has as null."""
    assert "Odds ratio infinite, exact 95 % interval 0.22 to infinite" in shown(FILES)
    assert json.loads(plain(FILES))["long_term"]["association"]["high"] is None


def test_where_nothing_can_be_compared_no_ratio_is_given():
    quiet = {path: text for path, text in FILES.items() if "DEV-" not in path}

    assert "No odds ratio can be given: one side of this table is empty." in shown(quiet)


# --- what people wrote ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [as_markdown, as_html])
def test_nothing_that_people_wrote_gets_out_of_its_place(form: Callable[[Page], str]):
    """Titles, names, reasons, decisions, presented figures: words on the page."""
    files = {
        path: text.replace("Title of", "x").replace("Mount the mirror", "HOSTILE").replace("HOSTILE", HOSTILE)
        for path, text in FILES.items()
    }
    path = "quality-events/MR-2026-001.yaml"
    files[path] = (
        files[path]
        .replace("[Objectives stay as they are.]", f"[{HOSTILE}]")
        .replace("title: x MR-2026-001", f"title: {HOSTILE}")
    )
    files["quality-events/MR-2026-002.yaml"] = files["quality-events/MR-2026-002.yaml"].replace('"85.7 %"', HOSTILE)
    files["roles/people/p-0043.yaml"] = files["roles/people/p-0043.yaml"].replace(
        "name: Person p-0043", f"name: {HOSTILE}"
    )
    text = form(page(files))

    assert text.count("onerror") >= 4
    for harm in ("<img src=a", "\u202e", "\n| a "):
        assert harm not in text, harm
    if form is as_markdown:
        for harm in ("@everyone", " #12", "[y](", "https://", " `code"):
            assert harm not in text, harm


# --- the published form ---------------------------------------------------------------------------------------------

NUMBER_OR_NOTHING = {"type": ["number", "null"]}
INTEGER, INTEGER_OR_NOTHING = {"type": "integer"}, {"type": ["integer", "null"]}
DAY_OR_NOTHING = {"type": ["string", "null"], "pattern": DAY["pattern"]}
SPAN = closed(**{"from": DAY, "to": DAY})
FIGURE = {
    "text": TEXT,
    "unit": {"enum": ["percent", "days", "count"]},
    "value": NUMBER_OR_NOTHING,
    "numerator": INTEGER_OR_NOTHING,
    "denominator": INTEGER_OR_NOTHING,
}
ITEM = closed(
    name=TEXT,
    path=TEXT,
    keys={"type": "array", "items": {"type": ["string", "integer"]}},
    says=TEXT,
    counted=TRUTH,
    rule=TEXT_OR_NOTHING,
)
READING = closed(**FIGURE, parts=listed(closed(label=TEXT, **FIGURE)), items=listed(ITEM))
COUNTS = closed(
    **dict.fromkeys(
        ("entries", "assessments", "passed", "first_attempts", "first_passed", "practicals", "competent", "supervised"),
        INTEGER,
    ),
    mean_score=NUMBER_OR_NOTHING,
)
QUARTER = closed(
    role=TEXT_OR_NOTHING,
    quarter={"type": "string", "pattern": r"^\d{4}-Q[1-4]$"},
    **{"from": DAY, "to": DAY},
    qualified=INTEGER,
    required=INTEGER,
    currency=NUMBER_OR_NOTHING,
    person_days=INTEGER,
    events=listed(TEXT),
    rate=NUMBER_OR_NOTHING,
    low=NUMBER_OR_NOTHING,
    high=NUMBER_OR_NOTHING,
)
ASSOCIATION = closed(
    median=NUMBER_OR_NOTHING,
    below=listed(INTEGER),
    rest=listed(INTEGER),
    odds_ratio=NUMBER_OR_NOTHING,
    low=NUMBER_OR_NOTHING,
    high=NUMBER_OR_NOTHING,
    p=NUMBER_OR_NOTHING,
    small=TRUTH,
)
SCHEMA = closed(
    format=FORMAT,
    organization=TEXT,
    period=SPAN,
    earlier=SPAN,
    as_of=DAY,
    commit=COMMIT_OR_NOTHING,
    known_at=TEXT_OR_NOTHING,
    changed=TRUTH,
    unreadable=listed(TEXT),
    metrics=listed(
        closed(
            name=TEXT,
            title=TEXT,
            definition=TEXT,
            better={"enum": ["more", "less", None]},
            trend={"enum": ["up", "down", "same", "unknown"]},
            trend_is_better={"type": ["boolean", "null"]},
            few=TRUTH,
            now=READING,
            before=READING,
        )
    ),
    immediate=closed(all=COUNTS, documents={"type": "object", "additionalProperties": COUNTS}),
    intermediate=listed(
        closed(
            event=TEXT,
            round=INTEGER,
            trained=DAY_OR_NOTHING,
            complete=TRUTH,
            **{"from": DAY_OR_NOTHING, "to": DAY_OR_NOTHING},
            over=TRUTH,
            recurrences=listed(closed(event=TEXT, day=DAY)),
            check={"anyOf": [{"type": "null"}, closed(on=DAY, outcome=TEXT)]},
            agrees={"type": ["boolean", "null"]},
        )
    ),
    long_term=closed(quarters=listed(QUARTER), roles=listed(QUARTER), association=ASSOCIATION),
    months=listed(
        closed(
            month=TEXT, events={"type": "object", "additionalProperties": INTEGER}, overdue=INTEGER, gap_days=INTEGER
        )
    ),
    open_actions=listed(
        closed(
            event=TEXT,
            action=INTEGER,
            kind=TEXT,
            title=TEXT_OR_NOTHING,
            owner=TEXT_OR_NOTHING,
            due=DAY,
            extensions=INTEGER,
            missing=TEXT_OR_NOTHING,
            overdue=TEXT_OR_NOTHING,
        )
    ),
    follow_up=listed(
        closed(
            review=TEXT,
            actions=listed(
                closed(
                    action=INTEGER,
                    title=TEXT_OR_NOTHING,
                    owner=TEXT_OR_NOTHING,
                    due=DAY,
                    done=DAY_OR_NOTHING,
                    dropped=TRUTH,
                    overdue=TRUTH,
                )
            ),
            decisions=listed(TEXT),
        )
    ),
    presented=listed(
        closed(
            review=TEXT,
            agrees=TRUTH,
            metrics=listed(
                closed(
                    name=TEXT,
                    presented=TEXT_OR_NOTHING,
                    computed=TEXT_OR_NOTHING,
                    agreement={"enum": ["equal", "differs", "not presented", "unknown metric"]},
                    meant=TEXT_OR_NOTHING,
                )
            ),
        )
    ),
)


@pytest.mark.parametrize("files", [pytest.param(FILES, id="half-a-year"), pytest.param({}, id="nothing")])
def test_the_json_keeps_to_its_form(files: dict[str, str]):
    Draft202012Validator.check_schema(SCHEMA)
    valid(SCHEMA, json.loads(plain(files)))
