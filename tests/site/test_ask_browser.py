"""Ask, in a browser: thousands of questions are answered as the commands answer them; and the form that asks them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from qmsci.authorisation import authorised, role_for
from qmsci.cli.judged import Judged, asking, matrix_of, sources
from qmsci.cli.logged import Matrices
from qmsci.completion import late_by
from qmsci.evidence import Sources, Verdict
from qmsci.qualification import qualified
from qmsci.timeline import in_force
from tests.site.conftest import DAY, axe, qmsci

Question = dict[str, str]
#: How the page answers some questions: with the data that it would load for each of them.
ANSWER_ALL = """async (questions) => {
  const { load, answer } = window.qmsci;
  const size = Number(document.querySelector("[data-piece]").dataset.piece);
  const [documents, activities] = await Promise.all(["ask-documents", "ask-activities"].map(load));
  const found = [];
  for (const question of questions) {
    const [list, name] = question.document ? ["documents", question.document] : ["activities", question.activity];
    const place = (question.document ? documents : activities).findIndex(([id]) => id === name);
    const piece = await load(`ask-${list}-${Math.floor(place / size)}`);
    found.push(answer(question, await load(`ask/${question.person}`), piece));
  }
  return found;
}"""


# --- the answers ----------------------------------------------------------------------------------------------------


@pytest.fixture
def what(reference: Path, monkeypatch: pytest.MonkeyPatch) -> Judged:
    """What the commands look at in the clone from which the site was built."""
    monkeypatch.chdir(reference)
    return asking()


def questions(what: Judged, number: int) -> Iterator[Question]:
    """Whatever may be asked: of anybody, strangers and newcomers too, about anything, on days long ago and to come."""
    chance = random.Random(2026)
    people = [one.id for one in what.snapshot.people]
    asked = {"document": [one.id for one in what.snapshot.documents], "activity": list(what.snapshot.activities)}
    first, last = date(2023, 1, 1).toordinal(), date(2028, 12, 31).toordinal()
    for _ in range(number):
        kind = chance.choice(["document", "document", "activity"])
        on = date.fromordinal(chance.randint(first, last))
        yield {"person": chance.choice(people), kind: chance.choice(asked[kind]), "on": on.isoformat()}


def direct(what: Judged, asked: Sequence[Question]) -> tuple[list[Verdict], list[str | None]]:
    """What is answered without any site, and the revision or the role."""
    snapshot, matrix_on = what.snapshot, Matrices(what)
    verdicts, of = [], []
    for question in asked:
        when = snapshot.end_of(date.fromisoformat(question["on"]))
        who = snapshot.people.by_id[question["person"]]
        if "document" in question:
            about = snapshot.documents.by_id[question["document"]]
            entry = in_force(about, when.day)
            verdicts.append(qualified(snapshot, who.id, about, when))
            of.append(str(about.named(entry)) if entry else None)
        else:
            matrix = matrix_on(when)
            verdicts.append(authorised(snapshot, who, question["activity"], when, matrix))
            of.append(role_for(snapshot, who, question["activity"], when.day, matrix))
    return verdicts, of


def shown(what: Judged, verdict: Verdict, where: Sources) -> list[dict[str, Any]]:
    """Evidence as `qmsci qualified --format json` has it."""
    found = []
    for proof in verdict.evidence:
        source = where[proof.at]
        says = f"{proof.says}{late_by(what.snapshot, proof.at, source.held_against)}"
        keys = {"path": source.path, "line": source.line, "commit": source.commit, "recorded": source.recorded}
        found.append({**keys, "says": says})
    return found


def of_command(question: Question, answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer, as far as the command of its kind gives it."""
    if "document" not in question:
        return {"authorised": answer["yes"], "role": answer["of"], "reason": answer["reason"]}
    keys = ("path", "line", "commit", "recorded", "says")
    evidence = [{key: proof[key] for key in keys} for proof in answer["evidence"]]
    return {"qualified": answer["yes"], "revision": answer["of"], "reason": answer["reason"], "evidence": evidence}


@pytest.fixture
def page(built: Path, context: BrowserContext) -> Page:
    """The page, from disc."""
    opened = context.new_page()
    opened.goto(f"{built.as_uri()}/ask.html")
    return opened


@pytest.mark.slow
def test_the_page_answers_as_the_commands_do(what: Judged, reference: Path, page: Page):
    """Yes or no, why, on which revision or in which role, by which evidence; some are asked of the commands themselves."""
    asked = list(questions(what, 4_000))
    answers = page.evaluate(ANSWER_ALL, asked)
    verdicts, of = direct(what, asked)
    where = sources(what, {proof.at for verdict in verdicts for proof in verdict.evidence})

    for question, answer, verdict, named in zip(asked, answers, verdicts, of, strict=True):
        evidence = shown(what, verdict, where)
        late = [f"{one['path']}, {one['late']}" for one in answer["evidence"] if one["late"]]
        extra = [] if "document" in question else list(dict.fromkeys(late))
        expected = {"reason": "; ".join([verdict.reason, *extra]), "of": named, "yes": verdict.yes}
        assert {key: answer[key] for key in expected} == expected, question
        assert of_command({"document": ""}, answer)["evidence"] == evidence, question
    assert len({(answer["yes"], "document" in question) for question, answer in zip(asked, answers, strict=True)}) == 4

    chosen = [n for n, answer in enumerate(answers) if answer["evidence"]][:20]
    for n in [*chosen, *range(20)]:
        question, answer = asked[n], answers[n]
        names = [question["person"], question.get("document") or question["activity"], "--on", question["on"]]
        command = "qualified" if "document" in question else "authorised"
        said = json.loads(qmsci(reference, command, *names, "--format", "json", expect=int(not answer["yes"])))
        said = said if "document" in question else said["people"][0]
        mine = of_command(question, answer)
        assert mine == {key: said[key] for key in mine}


def test_an_answer_says_since_when_it_is_so_and_until_when(what: Judged, page: Page):
    """On the day before, and on the day of the change, it is the other one; in between it is the same."""
    asked = list(questions(what, 400))
    answers = page.evaluate(ANSWER_ALL, asked)
    again: list[tuple[Question, bool]] = []
    for question, answer in zip(asked, answers, strict=True):
        if answer["since"]:
            first = date.fromisoformat(answer["since"])
            before = first - timedelta(days=1)
            again += [
                ({**question, "on": str(first)}, answer["yes"]),
                ({**question, "on": str(before)}, not answer["yes"]),
            ]
        if answer["until"]:
            change = date.fromisoformat(answer["until"])
            last = change - timedelta(days=1)
            again += [
                ({**question, "on": str(change)}, not answer["yes"]),
                ({**question, "on": str(last)}, answer["yes"]),
            ]
    verdicts, _ = direct(what, [question for question, _ in again])

    assert [verdict.yes for verdict in verdicts] == [yes for _, yes in again]
    assert len(again) > 100


def test_the_matrices_of_a_survey_are_those_of_the_command(what: Judged):
    """What main said on a day, by both ways to ask."""
    matrices = Matrices(what)
    for day in (date(2023, 1, 1), DAY, date(2028, 1, 1)):
        when = what.snapshot.end_of(day)
        found, law = matrices(when), matrix_of(what, when)
        assert found.governing == law.governing
        assert found.performers == law.performers


UNKNOWN = """() => {
  const book = { verdicts: [[0, "no", 0, []]], proofs: [], commits: [] };
  const steps = [["0001-01-01", 0, null]];
  const person = { ...book, presence: steps, documents: {}, activities: {}, unread: { "": ["b.yaml"], "D-1": ["a.yaml"] } };
  const piece = { ...book, about: { "D-1": [steps, null], "D-2": [steps, null],
    constructor: [steps, [["2026-01-01", 0], ["2026-02-01", 1]]] } };
  const readable = { ...person, unread: {} };
  const ask = (question, who = person) => { const { yes, reason } = qmsci.answer(question, who, piece); return [yes, reason]; };
  return [
    ask({ document: "D-1", on: "2026-01-01" }),
    ask({ document: "D-2", on: "2026-01-01" }),
    ask({ document: "D-2", on: "2026-01-01" }, readable),
    ask({ activity: "constructor", on: "2025-12-31" }, readable),
    ask({ activity: "constructor", on: "2026-01-31" }, readable),
    ask({ activity: "constructor", on: "2026-02-01" }, readable),
    ask({ activity: "constructor", on: "2026-02-01" }),
  ];
}"""


def test_where_nobody_can_say_it_is_neither_yes_nor_no(page: Page):
    """Files that cannot be read, an activity that was not defined, days before a shallow clone begins."""
    end = "cannot be read, and may decide the answer: qmsci check --all"

    assert page.evaluate(UNKNOWN) == [
        [None, f"a.yaml, b.yaml {end}"],
        [None, f"b.yaml {end}"],
        [False, "no"],
        [None, "what main said on 2025-12-31 is not in the clone that this site was built from"],
        [None, "there was no activity constructor in roles/activities.yaml on 2026-01-31"],
        [False, "no"],
        [None, f"a.yaml, b.yaml {end}"],
    ]


# --- one question --------------------------------------------------------------------------------------------------


def opened(context: BrowserContext, address: str, question: str = "") -> tuple[Page, list[str]]:
    """The page with a question in its address, and what the browser has to complain of."""
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{address}/ask.html{question}")
    return page, said


def test_a_link_is_a_question(context: BrowserContext, address: str):
    """Word, sentence, revision, evidence, the days of change, and the command that answers the same."""
    page, said = opened(context, address, "?person=p-0042&document=SOP-014&on=2026-05-01")
    answer, proof = page.locator(".q-answer"), page.locator(".q-answer-proof")

    expect(answer.locator(".q-answer-word")).to_have_text("Yes")
    expect(answer).to_contain_text("Ingrid Solberg (p-0042) was qualified on SOP-014@2 Aseptic gowning on 2026-05-01")
    expect(proof).to_contain_text("SOP-014@2, in force from 2025-01-10 until 2026-12-14")
    expect(proof).to_contain_text("qmsci qualified p-0042 SOP-014 --on 2026-05-01")
    expect(proof.locator(".q-evidence li").first).to_contain_text("training-records/completions/p-0042/SOP-014.yaml:")
    assert len(page.locator(".q-evidence code[title]").first.get_attribute("title") or "") == 40
    assert page.locator(".q-answer a").first.get_attribute("href") == "./people/p-0042.html"
    assert page.locator("#ask-person").input_value() == "p-0042 Ingrid Solberg"
    assert said == []


@pytest.mark.parametrize(
    ("question", "word", "sentence"),
    [
        pytest.param(
            "?person=p-0001&activity=aseptic-filling&on=2026-05-01", "No", "holds no role that performs", id="no"
        ),
        pytest.param(
            "?person=p-0042&document=SOP-014&on=1999-05-01", "No", "no revision of SOP-014 is in force", id="old"
        ),
        pytest.param(
            "?person=p-0042&document=SOP-014&on=2027-05-01", "No", "will not be, by what is known now", id="to-come"
        ),
        pytest.param(f"?person=p-0042&document=SOP-014&on={DAY}", "Yes", "is qualified on", id="today"),
        pytest.param("?person=p-0042&document=SOP-014", "Yes", f"on {DAY}", id="no-day-is-today"),
        pytest.param("?person=ingrid+solberg&document=sop-014", "Yes", "Ingrid Solberg (p-0042)", id="by-name"),
    ],
)
def test_the_answer_in_a_word_and_a_sentence(
    built: Path, context: BrowserContext, question: str, word: str, sentence: str
):
    """In the tense of its day."""
    page, said = opened(context, built.as_uri(), question)

    expect(page.locator(".q-answer-word")).to_have_text(word)
    expect(page.locator(".q-answer")).to_contain_text(sentence)
    assert said == []


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        pytest.param("", "Choose a person, a document or an activity, and a day.", id="nothing-asked"),
        pytest.param("?person=p-0042", "Choose a person, a document or an activity, and a day.", id="half-a-question"),
        pytest.param("?person=p-9999&document=SOP-014", "There is no person “p-9999” in roles/people/.", id="person"),
        pytest.param(
            "?person=p-0042&document=SOP-99", "There is no document “SOP-99” in controlled-docs/.", id="document"
        ),
        pytest.param("?person=p-0042&activity=brewing", "There is no activity “brewing” in roles", id="activity"),
        pytest.param("?person=p-0042&document=SOP-014&on=2026-02-31", "“2026-02-31” is no day of the form", id="day"),
        pytest.param(
            "?person=p-0042&document=SOP-99@1", "There is no document “SOP-99@1” in controlled-docs/.", id="no-revision"
        ),
        pytest.param("?activity=brewing", "There is no activity “brewing” in roles", id="activity-of-all"),
        pytest.param("?document=SOP-014", "Choose a person, a document or an activity", id="document-of-all"),
        pytest.param("?person=<img src=x onerror=alert(1)>&document=SOP-014", "“<img src=x onerror", id="markup"),
    ],
)
def test_a_question_that_names_nothing_is_no_no(built: Path, context: BrowserContext, question: str, sentence: str):
    """It is said in a sentence what is wrong with it."""
    page, said = opened(context, built.as_uri(), question)

    expect(page.locator(".q-answer")).to_contain_text(sentence)
    expect(page.locator(".q-answer-word")).to_have_count(0)
    expect(page.locator(".q-answer-proof")).to_be_empty()
    assert said == []


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        pytest.param("SOP-014@1&on=2026-05-01", "on 2026-05-01, that was SOP-014@2. About SOP-014@1: ", id="before"),
        pytest.param("SOP-014@2&on=2026-05-01", "on 2026-05-01, that was SOP-014@2. About SOP-014@2: ", id="the-same"),
        pytest.param(f"sop-014@1&on={DAY}", f"on {DAY}, that is SOP-014@2. About SOP-014@1: ", id="in-small-letters"),
        pytest.param("SOP-014@1&on=1999-05-01", "on 1999-05-01, that was none. About SOP-014@1: ", id="none-in-force"),
        pytest.param("SOP-014@77&on=2026-05-01", "There is no revision SOP-014@77. The answer is about", id="unknown"),
        pytest.param("SOP-014@<b>&on=2026-05-01", "There is no revision SOP-014@<b>.", id="markup"),
    ],
)
def test_a_revision_that_is_named_is_answered_by_the_one_in_force(
    built: Path, context: BrowserContext, question: str, sentence: str
):
    """It is said which that is, and how the other one is asked of; address and field keep what was asked."""
    page, said = opened(context, built.as_uri(), f"?person=p-0042&document={question}")
    answer, named = page.locator(".q-answer"), question.split("&", maxsplit=1)[0].upper().replace("<B>", "<b>")

    expect(answer).to_contain_text(sentence)
    expect(page.locator(".q-answer-word")).to_have_text("No" if "1999" in question else "Yes")
    command = answer.locator("code")
    expect(command).to_have_count(0 if "There is no" in sentence else 1)
    if "There is no" not in sentence:
        expect(command).to_have_text(f"qmsci qualified p-0042 {named} --on {question[-10:]}")
    assert unquote(page.url).endswith(f"?person=p-0042&document={named}&on={question[-10:]}")
    expect(page.locator("#ask-document")).to_have_value(question.split("&", maxsplit=1)[0])
    page.locator("#ask-document").fill("SOP-014@1")
    expect(page.get_by_role("option").first).to_contain_text("SOP-014")
    assert said == []


def test_the_command_for_another_revision_is_one(reference: Path):
    """As the page writes it."""
    assert "SOP-014@2" in qmsci(reference, "qualified", "p-0042", "SOP-014@2", "--on", "2026-05-01")


def test_an_answer_shows_the_digest_of_the_text_and_who_signed(what: Judged, context: BrowserContext, address: str):
    """Of the revision in force (D1); printed name, meaning and time of each signature, and the way to the history."""
    page, said = opened(context, address, "?person=p-0042&document=SOP-014&on=2026-05-01")
    document = what.snapshot.documents.by_id["SOP-014"]
    entry = in_force(document, date(2026, 5, 1))
    assert entry
    digest = what.snapshot.text_of(document, entry)
    first = page.locator(".q-evidence li").first

    expect(page.locator(".q-facts code").first).to_have_text(str(digest))
    expect(first).to_contain_text(
        "Signed by Ingrid Solberg (p-0042), read-and-understood, 2025-01-07T09:32:00+01:00; "
        "Marit Aune (p-0011), evaluated, 2025-01-07T09:36:00+01:00"
    )
    history = first.get_by_role("link", name="training history of p-0042")
    assert history.get_attribute("href") == "./people/p-0042.html#history"
    history.click()
    expect(page.locator("#history")).to_be_in_viewport()
    assert said == []


def test_where_no_record_names_the_text_its_digest_is_not_made_up(built: Path, context: BrowserContext):
    """A revision that was in force before the system was founded here, and of which nothing is assigned."""
    page, _ = opened(context, built.as_uri(), "?person=p-0042&document=SOP-014&on=2024-06-01")

    expect(page.locator(".q-facts")).to_contain_text("no approval or assignment of SOP-014@1 names it")


# --- everybody ------------------------------------------------------------------------------------------------------


def listed(page: Page) -> list[list[str]]:
    """The rows of the list of who might do it."""
    script = "rows => rows.map(row => [...row.cells].slice(0, 4).map(cell => cell.textContent))"
    found: list[list[str]] = page.locator("[data-table=who] tbody tr").evaluate_all(script)
    return found


@pytest.mark.parametrize("activity", ["aseptic-filling", "visual-inspection"])
@pytest.mark.parametrize("day", ["2023-06-01", "2026-05-01", str(DAY), "2027-03-01"])
def test_who_might_do_some_work_on_a_day_and_why_not_the_others(
    reference: Path, built: Path, context: BrowserContext, activity: str, day: str
):
    """As the command lists it (D2), and below it those who hold such a role on other days only."""
    page, said = opened(context, built.as_uri(), f"?activity={activity}&on={day}")
    expect(page.locator(".q-answer-word")).to_be_visible()
    rows = listed(page)
    answers = [row[1] for row in rows]
    authorised_on = answers.count("yes")
    told = json.loads(
        qmsci(reference, "authorised", activity, "--on", day, "--format", "json", expect=int(not authorised_on))
    )["people"]
    lines = [
        [f"{one['name']} ({one['person']})", ("no", "yes")[one["authorised"]], one["role"], one["reason"]]
        for one in sorted(told, key=lambda one: not one["authorised"])
    ]

    assert rows[: len(lines)] == lines
    assert {(answer, role) for _, answer, role, _ in rows[len(lines) :]} <= {("no", "–")}
    some = {0: "Nobody", 1: "1 person"}.get(authorised_on, f"{authorised_on} people")
    expect(page.locator(".q-answer-word")).to_have_text(some)
    expect(page.locator(".q-answer")).to_contain_text(
        f"of {len(rows)} people who hold, held or will hold a role for it"
    )
    expect(page.locator(".q-answer-proof")).to_contain_text(f"qmsci authorised {activity} --on {day}")
    assert said == []


def test_each_in_the_list_has_an_answer_of_their_own(context: BrowserContext, address: str):
    """It is a link away, with its evidence."""
    page, said = opened(context, address, "?activity=aseptic-filling&on=2026-05-01")
    row = page.locator("[data-table=who] tr", has_text="Ingrid Solberg")
    expect(row).to_contain_text("on leave on 2026-05-01")
    assert page.url.endswith("?activity=aseptic-filling&on=2026-05-01")
    row.get_by_role("link", name="Show that of p-0042").click()

    expect(page.locator(".q-answer-word")).to_have_text("No")
    expect(page.locator(".q-answer")).to_contain_text("Ingrid Solberg (p-0042) was not authorised for aseptic-filling")
    page.locator("#ask-person").fill("")
    page.locator("#ask-person").press("Enter")
    expect(page.locator(".q-answer-word")).to_have_text("8 people")
    page.get_by_role("searchbox").last.fill("solberg")
    expect(page.locator("[data-table=who] tbody tr")).to_have_count(1)
    assert said == []


#: What a site of many people hands over, in the place of what the reference system does; ids are those of nobody there.
MANY = """([count, broken]) => {
  const steps = (day, of) => [["0001-01-01", 0, null], [day, 1, of]];
  const verdicts = [[0, "holds no role that performs filling", 0, []], [1, "holds filler", 0, []]];
  const defined = [["0001-01-01", 0], ["2020-01-01", 1]];
  const name = (place) => `q-${String(place).padStart(4, "0")}`;
  qmsciData("ask-people", [...Array(count).keys()].map((place) => [name(place), `Person ${place}`]));
  qmsciData("ask-activities", [["filling", "Fill"], ["resting", ""]]);
  qmsciData("ask-holders", { filler: [...Array(count).keys()], rester: [] });
  qmsciData("ask-activities-0", { verdicts, about: {
    filling: [steps("9999-01-01", null), defined, ["filler"]], resting: [steps("9999-01-01", null), defined, ["rester"]] } });
  for (let place = 0; place < count; place += 1) {
    const unread = broken && place === 1 ? { "": ["b.yaml"] } : {};
    const day = place % 2 ? "2020-01-01" : "2030-01-01";
    const one = { presence: steps("2020-01-01", null), documents: {}, activities: { filling: steps(day, "filler") },
      unread, verdicts, proofs: [], commits: [] };
    if (place !== 99) qmsciData(`ask/${name(place)}`, one);
  }
}"""


def of_many(context: BrowserContext, built: Path, count: int, question: str, *, broken: bool = False) -> Page:
    """The page of a site of so many people, all of whom have a role for filling, and every second might do it."""
    page = context.new_page()
    page.route("**/data/ask-*.js", lambda route: route.abort())
    page.add_init_script(
        "document.addEventListener('readystatechange', () => "
        f"({MANY})([{count}, {str(broken).lower()}]), {{ once: true }});"
    )
    page.goto(f"{built.as_uri()}/ask.html{question}")
    return page


def test_the_data_of_many_is_loaded_where_somebody_says_so(built: Path, context: BrowserContext):
    """Sixty at most without asking; a list of more says how many there are, and a button loads them."""
    page = of_many(context, built, 60, "?activity=filling&on=2026-05-01")
    expect(page.locator(".q-answer-word")).to_have_text("30 people")
    page.close()
    page = of_many(context, built, 99, "?activity=filling&on=2026-05-01")
    expect(page.locator(".q-answer")).to_have_text(
        "99 people hold, held or will hold a role that performs filling. The answer needs the data of each of them."
    )
    assert page.locator("[data-table=who]").count() == 0
    page.get_by_role("button", name="Load 99 people").press("Enter")

    expect(page.locator(".q-answer-word")).to_have_text("49 people")
    assert [row[1] for row in listed(page)] == 49 * ["yes"] + 50 * ["no"]
    expect(page.get_by_role("button", name="Load 99 people")).to_have_count(0)
    expect(page.locator(".q-answer")).to_be_focused()


def test_where_the_data_of_one_of_many_is_missing_nothing_is_answered(built: Path, context: BrowserContext):
    """Not by those who are left: somebody who might do it may be missing."""
    page = of_many(context, built, 100, "?activity=filling&on=2026-05-01")
    page.get_by_role("button", name="Load 100 people").click()

    expect(page.locator(".q-answer")).to_contain_text("could not be loaded")
    expect(page.locator(".q-answer-proof")).to_be_empty()


@pytest.mark.parametrize(
    ("question", "word", "sentence"),
    [
        pytest.param(
            "?activity=filling&on=2019-12-31", "Not answered", "there was no activity filling", id="undefined"
        ),
        pytest.param(
            "?activity=resting&on=2026-05-01", "Nobody", "Nobody holds, held or will hold a role that", id="nobody"
        ),
        pytest.param("?activity=filling&on=2026-05-01", "1 person", "1 of 3 people", id="one"),
        pytest.param(
            "?activity=filling&on=2031-05-01", "3 people", "will be, by what is known now, auth", id="to-come"
        ),
        pytest.param("?activity=filling&on=2020-05-01", "1 person", "was authorised for filling", id="one-was"),
    ],
)
def test_what_is_said_of_few_and_of_none(built: Path, context: BrowserContext, question: str, word: str, sentence: str):
    """In the tense of the day; of whom nobody can say it is neither yes nor no, and that comes before the noes."""
    page = of_many(context, built, 4 if "2031" in question else 3, question, broken="2031" in question)

    expect(page.locator(".q-answer-word")).to_have_text(word)
    expect(page.locator(".q-answer")).to_contain_text(sentence)
    rows = [row[1] for row in listed(page)]
    if "2031" in question:
        assert rows == ["yes", "yes", "yes", "not answered"]
    elif word == "1 person":
        assert rows == ["yes", "no", "no"]
    else:
        assert rows == []


# --- the form ------------------------------------------------------------------------------------------------------


def test_asking_by_keys_alone(context: BrowserContext, address: str):
    """Type, go down, take, go on; the address holds what is asked."""
    page, said = opened(context, address)
    person = page.get_by_role("combobox", name="Person")
    person.press_sequentially("solb")
    options = page.get_by_role("option")
    expect(options).to_have_count(1)
    expect(person).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(person).to_have_attribute("aria-activedescendant", "ask-person-0")
    page.keyboard.press("Enter")
    expect(person).to_have_value("p-0042 Ingrid Solberg")
    expect(person).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")  # from a document to an activity
    expect(page.get_by_role("combobox", name="Document")).to_be_hidden()
    page.keyboard.press("Tab")
    page.keyboard.type("fill vials aseptically")
    expect(options).to_have_count(1)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator(".q-answer-word")).to_be_visible()
    page.locator("#ask-on").fill("2026-05-01")

    expect(page.locator(".q-answer")).to_contain_text(
        "authorised for aseptic-filling Fill vials aseptically on 2026-05-01"
    )
    assert page.url.endswith("ask.html?person=p-0042&activity=aseptic-filling&on=2026-05-01")
    assert said == []


def test_the_list_shows_what_fits(built: Path, context: BrowserContext):
    """A few of them, those whose ids begin so first; a click takes one; Escape and leaving close it."""
    page, said = opened(context, built.as_uri())
    document = page.get_by_role("combobox", name="Document")
    options = page.get_by_role("option")
    document.fill("sop")
    expect(options).to_have_count(12)
    expect(page.locator(".q-choice-list:visible .q-count")).to_have_text(
        "12 of 21 are shown; type more to find others."
    )
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    page.keyboard.press("ArrowUp")
    expect(options).to_have_count(12)
    expect(options.last).to_have_attribute("aria-selected", "true")
    document.fill("nothing of that name")
    expect(page.locator(".q-choice-list:visible")).to_have_text("Nothing fits.")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    document.fill("gowning")
    page.get_by_text("SOP-014", exact=True).click()
    expect(document).to_have_value("SOP-014 Aseptic gowning")
    expect(document).to_be_focused()
    document.fill("sop-01")
    page.locator("h1").click()
    expect(options).to_have_count(0)
    assert said == []


def test_the_last_question_is_the_one_that_is_answered(built: Path, context: BrowserContext):
    """And an answer that is no longer asked for is taken away."""
    page, _ = opened(context, built.as_uri(), "?person=p-0042&document=SOP-014&on=2026-05-01")
    expect(page.locator(".q-answer-word")).to_have_text("Yes")
    page.locator("#ask-person").fill("p-9999")
    page.get_by_role("button", name="Answer").click()
    expect(page.locator(".q-answer")).to_have_text("There is no person “p-9999” in roles/people/.")
    page.locator("#ask-person").fill("p-0042")
    page.locator("#ask-on").fill("")
    expect(page.locator(".q-answer")).to_have_text("Choose a person, a document or an activity, and a day.")
    page.locator("#ask-on").fill("2023-05-01")
    expect(page.locator(".q-answer-word")).to_have_text("No")
    expect(page.locator(".q-answer-proof")).to_contain_text("Nothing is on record that says otherwise.")


def test_what_keeps_somebody_from_work_is_shown_with_its_event(what: Judged, built: Path, context: BrowserContext):
    """A suspension links to the event that asks for retraining."""
    found = next(
        (question, verdict)
        for question in questions(what, 20_000)
        if (verdict := direct(what, [question])[0][0]).reason.startswith("suspended")
    )
    question, verdict = found
    event = verdict.evidence[0].at.path.removeprefix("quality-events/").removesuffix(".yaml")
    page, _ = opened(context, built.as_uri(), "?" + "&".join(f"{key}={value}" for key, value in question.items()))

    expect(page.locator(".q-answer-word")).to_have_text("No")
    expect(page.locator(".q-evidence a")).to_have_attribute("href", f"./events/{event}.html")


def test_where_data_is_missing_it_says_so(context: BrowserContext, server: str):
    """As on a copy of which some files were left out; and again when somebody asks again."""
    context.route("**/data/ask/p-0042.js", lambda route: route.abort())
    page, _ = opened(context, server, "?person=p-0042&document=SOP-014")
    expect(page.locator(".q-answer")).to_contain_text("could not be loaded")
    context.unroute("**/data/ask/p-0042.js")
    page.get_by_role("button", name="Answer").click()

    expect(page.locator(".q-answer-word")).to_have_text("Yes")


def test_without_scripts_it_says_how_else_to_ask(browser: Browser, built: Path):
    """The commands, and the training files."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{built.as_uri()}/ask.html")

    expect(page.locator("[data-widget=ask]")).to_contain_text("qmsci qualified PERSON DOCUMENT --on DATE")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize(
    "question",
    [
        "?person=p-0047&activity=aseptic-filling&on=2026-02-01",
        "?activity=aseptic-filling&on=2026-02-01",
        "?person=p-0042&document=SOP-014@1&on=2026-05-01",
    ],
)
def test_nobody_is_kept_out(browser: Browser, built: Path, scheme: Any, width: int, question: str):
    """axe finds nothing in the form, an open list, and an answer; a narrow screen scrolls in one direction only."""
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page, _ = opened(context, built.as_uri(), question)
    expect(page.locator(".q-answer-word")).to_be_visible()
    page.get_by_role("combobox", name="Person").fill("p-00")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").first).to_be_visible()
    page.evaluate(axe())
    wrong = page.evaluate("axe.run().then(found => found.violations.map(one => `${one.id}: ${one.nodes[0].html}`))")

    assert wrong == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
