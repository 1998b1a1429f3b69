"""Trained, qualified, suspended, authorised: the words of the design, line by line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime

import pytest

from qmsci.authorisation import approved, authorised, may_evaluate
from qmsci.completion import lacking
from qmsci.qualification import qualified, suspending, trained
from qmsci.records.canonical import digest_of
from tests.laws import POLICY, snapshot_of
from tests.test_assign import OPERATOR, TEXT, assigned, capa, document, person

Files = Mapping[str, str]
BOTH = "{method: [read, practical]}"


def entry(revision: str, day: str, *method: str, **more: object) -> dict[str, object]:
    """One completion; reading, where no method is named."""
    values = {
        "document": revision,
        "text": TEXT,
        "completed": f"{day}T09:30:00+01:00",
        "method": list(method) or ["read"],
    }
    return values | {key.replace("_", "-"): value for key, value in more.items()}


def rejection(of: object, at: str) -> dict[str, object]:
    """The quality unit's rejection of an entry."""
    return {"rejects": digest_of(of), "reason": "x", "by": "p-3", "at": f"{at}T12:00:00+01:00"}


def history(who: str, name: str, *entries: object) -> dict[str, str]:
    """A person's completions on a document."""
    return {f"training-records/completions/{who}/{name}.yaml": json.dumps(entries)}


def waiver(who: str, revision: str, first: str, last: str, by: str = "p-3") -> dict[str, str]:
    """A waiver."""
    values = {"document": revision, "reason": "x", "evidence": "x", "from": first, "until": last, "by": by}
    return {f"training-records/waivers/{who}/{revision.split('@', maxsplit=1)[0]}.yaml": json.dumps([values])}


def without(waivers: Files, key: str) -> dict[str, str]:
    """Waivers that leave something out."""
    kept = {path: [{k: v for k, v in one.items() if k != key} for one in json.loads(waivers[path])] for path in waivers}
    return {path: json.dumps(entries) for path, entries in kept.items()}


def scored(score: int, mark: int = 80) -> dict[str, int]:
    """An assessment."""
    return {"score": score, "pass-mark": mark, "attempt": 1}


READ, ONE = entry("SOP-014@1", "2026-01-20"), {**document("1 2026-01-01"), **OPERATOR}
PARTS = {**document("1 2026-01-01", training=BOTH), **OPERATOR}
CHAIN = {**document("3 2026-09-01 none", "2 2026-05-01 none", "1 2026-01-01"), **OPERATOR}
READING = {**document("2 2026-05-01 read", "1 2026-01-01", training=BOTH), **OPERATOR}
WORK = {"evaluator": "p-7", "outcome": "competent"}
TRAINED = [
    pytest.param(ONE, "SOP-014@1", "2026-02-01", False, id="no-history"),
    pytest.param({**ONE, **history("p-1", "SOP-014", READ)}, "SOP-014@1", "2026-01-19", False, id="the-day-before"),
    pytest.param(
        {**PARTS, **history("p-1", "SOP-014", READ)}, "SOP-014@1", "2026-02-01", False, id="a-part-is-not-the-whole"
    ),
    pytest.param(
        {**PARTS}
        | history(
            "p-1",
            "SOP-014",
            READ,
            entry("SOP-014@1", "2026-01-21", "practical", practical=WORK | {"outcome": "not-competent"}),
        ),
        "SOP-014@1",
        "2026-02-01",
        False,
        id="not-competent",
    ),
    pytest.param(
        {**ONE, **history("p-1", "SOP-014", entry("SOP-014@1", "2026-01-20", assessment=scored(79)))},
        "SOP-014@1",
        "2026-02-01",
        False,
        id="a-failed-attempt-completes-nothing",
    ),
    pytest.param(
        {**ONE, **history("p-1", "SOP-014", READ, rejection(READ, "2026-03-01"))},
        "SOP-014@1",
        "2026-03-01",
        False,
        id="rejected-that-day",
    ),
    pytest.param(
        {**READING, **history("p-1", "SOP-014", entry("SOP-014@2", "2026-05-02"))},
        "SOP-014@2",
        "2026-06-01",
        False,
        id="a-reading-is-not-enough-for-the-untrained",
    ),
    pytest.param(
        CHAIN | waiver("p-1", "SOP-014@1", "2026-01-01", "2027-01-01"),
        "SOP-014@2",
        "2026-06-01",
        False,
        id="a-waiver-does-not-carry-over",
    ),
    pytest.param(
        ONE | waiver("p-1", "SOP-014@1", "2026-02-02", "2026-03-01"),
        "SOP-014@1",
        "2026-02-01",
        False,
        id="before-the-waiver",
    ),
    pytest.param(
        ONE | waiver("p-1", "SOP-014@1", "2026-01-01", "2026-01-31"),
        "SOP-014@1",
        "2026-02-01",
        False,
        id="after-the-waiver",
    ),
    *(
        pytest.param(
            ONE | without(waiver("p-1", "SOP-014@1", "2026-02-01", "2026-03-01"), key),
            "SOP-014@1",
            "2026-02-01",
            False,
            id=f"a-waiver-without-{key}",
        )
        for key in ("reason", "evidence", "until", "by")
    ),
    pytest.param(
        ONE | waiver("p-1", "SOP-014@1", "2026-02-01", "2026-03-01", by="p-1"),
        "SOP-014@1",
        "2026-02-01",
        False,
        id="waived-by-the-beneficiary",
    ),
    pytest.param(
        ONE | waiver("p-1", "SOP-014@1", "2026-02-01", "2026-02-01"),
        "SOP-014@1",
        "2026-02-01",
        True,
        id="the-only-day-of-the-waiver",
    ),
    pytest.param({**ONE, **history("p-1", "SOP-014", READ)}, "SOP-014@1", "2026-01-20", True, id="on-the-day"),
    pytest.param(
        {**ONE, **history("p-1", "SOP-014", READ, rejection(READ, "2026-03-01"))},
        "SOP-014@1",
        "2026-02-28",
        True,
        id="rejected-only-later",
    ),
    pytest.param(
        {**ONE, **history("p-1", "SOP-014", READ, rejection(READ, "2026-03-01"), entry("SOP-014@1", "2026-03-02"))},
        "SOP-014@1",
        "2026-03-02",
        True,
        id="trained-again-after-the-rejection",
    ),
    pytest.param(
        {**PARTS} | history("p-1", "SOP-014", entry("SOP-014@1", "2026-01-25", "practical", practical=WORK), READ),
        "SOP-014@1",
        "2026-02-01",
        True,
        id="parts-add-up-in-any-order",
    ),
    pytest.param(
        {**PARTS, **assigned("SOP-014@1/operator", "SOP-014@1", "p-1")}
        | history("p-1", "SOP-014", entry("SOP-014@1", "2026-01-20", assignments=["SOP-014@1/operator"])),
        "SOP-014@1",
        "2026-02-01",
        True,
        id="what-was-asked-is-frozen-in-the-item",
    ),
    pytest.param(CHAIN | history("p-1", "SOP-014", READ), "SOP-014@3", "2026-10-01", True, id="carried-over-twice"),
    pytest.param(
        {**READING}
        | history(
            "p-1",
            "SOP-014",
            entry("SOP-014@1", "2026-01-20", "read", "practical", practical=WORK),
            entry("SOP-014@2", "2026-05-02"),
        ),
        "SOP-014@2",
        "2026-06-01",
        True,
        id="a-reading-for-those-trained-on-the-one-before",
    ),
]


@pytest.mark.parametrize(("files", "revision", "day", "yes"), TRAINED)
def test_trained(files: Files, revision: str, day: str, yes: bool):
    """By completion, by carry-over, or for the time of a waiver; every yes has its evidence, every no its reason."""
    snapshot = snapshot_of(files)
    found = snapshot.documents.get("SOP-014")
    assert found
    revised = found.entry(revision.split("@")[1])
    assert revised

    verdict = trained(snapshot, "p-1", found, revised, snapshot.end_of(date.fromisoformat(day)))

    assert yes is bool(verdict)
    assert bool(verdict.evidence) is yes
    assert verdict.reason


SUPERVISED = {
    **document("2 2026-05-01", "1 2026-01-01", training="{method: [read, practical], supervised: 2}"),
    **OPERATOR,
}
TASKS = [{"on": day, "by": "p-7", "task": "Gowned"} for day in ("2026-05-02", "2026-05-03")]


def shown(revision: str, day: str, *tasks: object, **more: object) -> dict[str, object]:
    """A reading with a practical demonstration, and the supervised work before it."""
    return entry(revision, day, "read", "practical", practical={**WORK, "supervised": list(tasks)}, **more)


def asking(revision: str, supervised: int = 0) -> dict[str, str]:
    """An assignment of reading and a demonstration, with or without supervised work."""
    more = f"supervised: {supervised}, " if supervised else ""
    return {
        path: text.replace("method: [read], ", f"method: [read, practical], {more}")
        for path, text in assigned(f"{revision}/operator", revision, "p-1").items()
    }


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        pytest.param(history("p-1", "SOP-014", shown("SOP-014@2", "2026-05-04", *TASKS)), "", id="as-often-as-asked"),
        pytest.param(
            history("p-1", "SOP-014", shown("SOP-014@1", "2026-02-01", *TASKS), shown("SOP-014@2", "2026-05-04")),
            "",
            id="none-of-those-trained-on-an-earlier-revision",
        ),
        pytest.param(
            asking("SOP-014@2")
            | history("p-1", "SOP-014", shown("SOP-014@2", "2026-05-04", assignments=["SOP-014@2/operator"])),
            "",
            id="none-where-the-item-asks-for-none",
        ),
        pytest.param(
            history("p-1", "SOP-014", shown("SOP-014@2", "2026-05-04", origin={"system": "moodle", "reference": "1"})),
            "",
            id="migrated",
        ),
        pytest.param(
            history("p-1", "SOP-014", entry("SOP-014@2", "2026-05-04"), shown("SOP-014@2", "2026-05-05", *TASKS)),
            "",
            id="the-reading-alone-needs-none",
        ),
        pytest.param(
            history("p-1", "SOP-014", shown("SOP-014@2", "2026-05-04", TASKS[0])),
            "training on SOP-014@2 is not complete: read, practical is missing (1 of 2 supervised tasks)",
            id="too-few",
        ),
        pytest.param(
            history(
                "p-1",
                "SOP-014",
                entry("SOP-014@2", "2026-05-02"),
                shown("SOP-014@2", "2026-05-04", TASKS[0]),
                shown("SOP-014@2", "2026-05-05", TASKS[1]),
            ),
            "training on SOP-014@2 is not complete: practical is missing (1 of 2 supervised tasks)",
            id="one-demonstration-has-them-all",
        ),
        pytest.param(
            asking("SOP-014@2", 3)
            | history("p-1", "SOP-014", shown("SOP-014@2", "2026-05-04", *TASKS, assignments=["SOP-014@2/operator"])),
            "training on SOP-014@2 is not complete: read, practical is missing (2 of 3 supervised tasks)",
            id="frozen-in-the-item",
        ),
        pytest.param(
            history("p-1", "SOP-014", shown("SOP-014@1", "2026-02-01", TASKS[0]), shown("SOP-014@2", "2026-05-04")),
            "training on SOP-014@2 is not complete: read, practical is missing (0 of 2 supervised tasks)",
            id="not-trained-on-the-earlier-one-either",
        ),
        pytest.param(
            history(
                "p-1",
                "SOP-014",
                shown("SOP-014@2", "2026-05-04", *TASKS)
                | {"practical": {**WORK, "outcome": "not-competent", "supervised": TASKS}},
            ),
            "training on SOP-014@2 was not passed (1 attempt)",
            id="not-competent-all-the-same",
        ),
    ],
)
def test_work_under_supervision_comes_before_work_alone(files: Files, reason: str):
    """A demonstration counts with as much supervised work behind it as is asked of somebody new to the document."""
    snapshot = snapshot_of({**SUPERVISED, **files})
    found = snapshot.documents.get("SOP-014")
    assert found

    verdict = trained(snapshot, "p-1", found, found.newest, snapshot.end_of(date(2026, 6, 1)))

    assert reason == ("" if verdict else verdict.reason)


def test_what_lacks_the_least_is_said():
    """Where two assignments asked for it differently, the nearer one; in the order in which one learns."""
    lead = {
        path.replace("operator", "lead"): text.replace("operator", "lead") for path, text in asking("SOP-014@2").items()
    }
    files = {**SUPERVISED, **asking("SOP-014@2", 3), **lead}
    both = ["SOP-014@2/operator", "SOP-014@2/lead"]
    snapshot = snapshot_of(files | history("p-1", "SOP-014", entry("SOP-014@2", "2026-05-02", assignments=both)))
    found = snapshot.documents.get("SOP-014")
    assert found
    when = snapshot.end_of(date(2026, 6, 1))

    assert str(lacking(snapshot, "p-1", found, found.newest, when)) == "practical"
    assert str(lacking(snapshot, "p-2", found, found.newest, when)) == "read, practical; 0 of 2 supervised tasks"
    items = [item for name in both for item in getattr(snapshot.assignment(name), "items", ())]
    assert str(lacking(snapshot, "p-2", found, found.newest, when, items)) == "read, practical"


YEARLY = {
    **document("1 2025-01-01", training="{method: [read], every: 12 months}"),
    **OPERATOR,
    **person("p-1", "operator"),
}
LEAP = {**document("1 2023-01-01", training="{method: [read], every: 12 months}"), **OPERATOR}


@pytest.mark.parametrize(
    ("files", "day", "reason"),
    [
        pytest.param(
            {**YEARLY, **history("p-1", "SOP-014", entry("SOP-014@1", "2025-03-31"))},
            "2026-03-31",
            "",
            id="its-last-day",
        ),
        pytest.param(
            LEAP | history("p-1", "SOP-014", entry("SOP-014@1", "2024-02-29")),
            "2025-02-28",
            "",
            id="the-month's-last-day",
        ),
        pytest.param(
            {**YEARLY, **document("2 2025-06-01 none", "1 2025-01-01", training="{every: 12 months}")}
            | history("p-1", "SOP-014", entry("SOP-014@1", "2025-03-31")),
            "2026-04-01",
            "the refresher of SOP-014 lapsed after 2026-03-31",
            id="carry-over-does-not-restart-it",
        ),
        pytest.param(
            {**YEARLY} | history("p-1", "SOP-014", entry("SOP-014@1", "2025-03-31"), entry("SOP-014@1", "2026-03-15")),
            "2027-03-15",
            "",
            id="restarted-by-the-full-method",
        ),
        pytest.param(
            {**document("2 2025-06-01 read", "1 2025-01-01", training="{method: [read, practical], every: 12 months}")}
            | history(
                "p-1",
                "SOP-014",
                entry("SOP-014@1", "2025-03-31", "read", "practical", practical=WORK),
                entry("SOP-014@2", "2025-07-01"),
            ),
            "2026-04-01",
            "the refresher of SOP-014 lapsed after 2026-03-31",
            id="a-reading-does-not-restart-it",
        ),
        pytest.param(
            {**YEARLY, **history("p-1", "SOP-014", entry("SOP-014@1", "2025-03-31"))},
            "2026-04-01",
            "the refresher of SOP-014 lapsed after 2026-03-31",
            id="the-day-after",
        ),
        pytest.param(
            LEAP | history("p-1", "SOP-014", entry("SOP-014@1", "2024-02-29")),
            "2025-03-01",
            "the refresher of SOP-014 lapsed after 2025-02-28",
            id="after-the-month's-last-day",
        ),
        pytest.param(YEARLY, "2024-12-31", "no revision of SOP-014 is in force on 2024-12-31", id="nothing-in-force"),
    ],
)
def test_qualified_until_the_refresher_lapses(files: Files, day: str, reason: str):
    """Valid through the same day `every` later, counted from the latest completion of the full method."""
    snapshot = snapshot_of(files)
    found = snapshot.documents.get("SOP-014")
    assert found

    verdict = qualified(snapshot, "p-1", found, snapshot.end_of(date.fromisoformat(day)))

    assert reason == ("" if verdict else verdict.reason)


ABLE = {**ONE, **person("p-1", "operator"), **history("p-1", "SOP-014", READ)}
RETRAIN = capa("documents: [SOP-014@1], people: [p-1]")
AGAIN = assigned("CAPA-2026-003/1", "SOP-014@1", "p-1")
ANSWER = entry("SOP-014@1", "2026-11-10", assignments=["CAPA-2026-003/1"])


@pytest.mark.parametrize(
    ("files", "day", "reason"),
    [
        pytest.param(ABLE, "2026-11-10", "", id="able"),
        pytest.param({**ABLE, **RETRAIN}, "2026-11-01", "", id="before-the-action-opens"),
        pytest.param(
            {**ABLE, **capa("documents: [SOP-014@1], roles: [operator]")},
            "2026-11-10",
            "",
            id="roles-alone-do-not-suspend",
        ),
        pytest.param(
            {**ABLE, **RETRAIN, **AGAIN, **history("p-1", "SOP-014", READ, ANSWER)}, "2026-11-10", "", id="retrained"
        ),
        pytest.param({**ABLE, **RETRAIN}, "2026-11-02", "suspended", id="from-the-day-it-opens"),
        pytest.param(
            {**ABLE, **RETRAIN, **AGAIN, **history("p-1", "SOP-014", READ, ANSWER)},
            "2026-11-09",
            "suspended",
            id="until-retrained",
        ),
        pytest.param(
            {**ABLE, **capa("documents: [SOP-014@1], roles: [operator], suspend: true")},
            "2026-11-10",
            "suspended",
            id="roles-that-suspend",
        ),
        pytest.param(
            {**ABLE, **RETRAIN} | waiver("p-1", "SOP-014@1", "2026-01-01", "2027-01-01"),
            "2026-11-10",
            "suspended",
            id="a-waiver-does-not-help",
        ),
        pytest.param(
            {**ABLE, **capa("documents: [SOP-014@9], people: [p-1]")},
            "2026-11-10",
            "suspended",
            id="for-a-revision-to-come",
        ),
        pytest.param(
            ABLE | person("p-1", "operator", employed="2026-11-11"), "2026-11-10", "not employed", id="not-employed-yet"
        ),
        pytest.param(
            ABLE | person("p-1", "operator", leave="{from: 2026-11-10, to: 2026-11-10}"),
            "2026-11-10",
            "on leave",
            id="on-leave",
        ),
        pytest.param(ABLE | person("p-1", "cleaner"), "2026-11-10", "holds no role", id="no-role"),
        pytest.param(
            {**ABLE, **document("1 2026-11-11")},
            "2026-11-10",
            "nothing in force governs gowning",
            id="nothing-in-force",
        ),
    ],
)
def test_authorised(files: Files, day: str, reason: str):
    """Employed, here, in a role that performs it, qualified on what governs it, not suspended."""
    snapshot = snapshot_of(files)
    who = snapshot.people.get("p-1")
    assert who

    verdict = authorised(snapshot, who, "gowning", snapshot.end_of(date.fromisoformat(day)))

    assert bool(verdict) is not bool(reason)
    assert verdict.reason.startswith(reason)


def test_what_suspends_is_named():
    """Each training action that is not completed, whatever it touches; none before it opens, and none of others."""
    files = {**ABLE, **RETRAIN}
    other = {
        path.replace("003", "004"): text.replace("003", "004").replace("SOP-014@1", "SOP-099")
        for path, text in RETRAIN.items()
    }

    def named(found: Files, day: str, who: str = "p-1") -> list[str]:
        snapshot = snapshot_of(found)
        pairs = suspending(snapshot, who, snapshot.end_of(date.fromisoformat(day)))
        return [f"{event.id}/{action.id}" for event, action in pairs]

    assert named(files, "2026-11-01") == named(files, "2026-11-10", "p-2") == []
    assert named({**files, **AGAIN, **history("p-1", "SOP-014", READ, ANSWER)}, "2026-11-10") == []
    assert named({**files, **other}, "2026-11-10") == ["CAPA-2026-003/1", "CAPA-2026-004/1"]


QUALITY = person("p-3", "quality-assurance")


@pytest.mark.parametrize(
    ("who", "files", "yes"),
    [
        pytest.param("p-2", ONE, False, id="untrained"),
        pytest.param(
            "p-2",
            {**ONE, **waiver("p-2", "SOP-014@1", "2026-01-01", "2027-01-01", by="p-5")},
            False,
            id="waived-by-somebody",
        ),
        pytest.param("p-1", {**ABLE, **RETRAIN}, False, id="suspended"),
        pytest.param("p-9", ONE, True, id="the-author"),
        pytest.param("p-1", ABLE, True, id="trained-on-the-one-in-force"),
        pytest.param(
            "p-1",
            {**document("2 2026-12-15", "1 2026-01-01"), **OPERATOR}
            | history("p-1", "SOP-014", entry("SOP-014@2", "2026-11-01")),
            True,
            id="trained-on-the-coming-one",
        ),
        pytest.param(
            "p-2",
            {**ONE, **QUALITY, **waiver("p-2", "SOP-014@1", "2026-01-01", "2027-01-01")},
            True,
            id="waived-by-the-quality-unit",
        ),
        pytest.param(
            "p-4",
            {**ONE, **person("p-4", employed="2026-11-10"), "qmsci.yaml": POLICY + "founded: 2026-11-10\n"},
            True,
            id="a-founder-on-the-founding-day",
        ),
        pytest.param(
            "p-4",
            {**ONE, **person("p-4", employed="2026-11-09"), "qmsci.yaml": POLICY + "founded: 2026-11-10\n"},
            False,
            id="no-founder",
        ),
    ],
)
def test_who_may_evaluate(who: str, files: Files, yes: bool):
    """Qualified on the revision in force or a coming one, an author, or waived for it by the quality unit."""
    snapshot = snapshot_of(files)
    found = snapshot.documents.get("SOP-014")
    assert found

    when = snapshot.end_of(date(2026, 11, 10))
    assert yes is bool(may_evaluate(snapshot, snapshot, who, found, "1", when, with_founders=True))


def test_the_author_of_another_revision_may_not_evaluate():
    """Who wrote the text knows it; who wrote the one before it does not know this one by that."""
    snapshot = snapshot_of(ONE)
    found = snapshot.documents.get("SOP-014")
    assert found

    assert not may_evaluate(snapshot, snapshot, "p-9", found, "2", snapshot.end_of(date(2026, 11, 10)))


def approval(who: str, meaning: str, at: str) -> dict[str, str]:
    """An approval of SOP-014@1."""
    values = {
        "document": "SOP-014@1",
        "text": TEXT,
        "effective": "2026-01-01",
        "impact": "retrain",
        "by": who,
        "name": who,
    }
    return {f"controlled-docs/approvals/SOP-014@1/{who}.yaml": json.dumps(values | {"meaning": meaning, "at": at})}


SIGNED = {**ONE, **QUALITY, "qmsci.yaml": POLICY.replace("forge", "signed")}
STRICT = {
    **SIGNED,
    "qmsci.yaml": SIGNED["qmsci.yaml"].replace("method: [read]}", "method: [read], approvers: [owner]}"),
}
FIRST, SECOND = "2025-12-01T10:00:00+01:00", "2025-12-02T10:00:00+01:00"


@pytest.mark.parametrize(
    ("files", "at"),
    [
        pytest.param(ONE, None, id="forge-nothing-assigned"),
        pytest.param(SIGNED, None, id="signed-by-nobody"),
        pytest.param({**SIGNED, **approval("p-1", "quality-approval", FIRST)}, None, id="signed-by-somebody-else"),
        pytest.param({**STRICT, **approval("p-3", "quality-approval", FIRST)}, None, id="the-owner-is-missing"),
        pytest.param(
            {**ONE, **assigned("SOP-014@1/a", "SOP-014@1", day="2025-12-05")}
            | assigned("SOP-014@1/b", "SOP-014@1", day="2025-12-03"),
            "2025-12-03T00:00:00+01:00",
            id="forge-the-earliest-assigned",
        ),
        pytest.param({**SIGNED, **approval("p-3", "quality-approval", FIRST)}, FIRST, id="signed-by-the-quality-unit"),
        pytest.param(
            {**SIGNED, **approval("p-3", "quality-approval", FIRST), **approval("p-4", "reviewed", SECOND)},
            FIRST,
            id="one-more-that-is-not-required",
        ),
        pytest.param(
            {**STRICT, **person("p-5", "lead")}
            | {**approval("p-3", "quality-approval", FIRST), **approval("p-5", "approved", SECOND)},
            SECOND,
            id="the-latest-of-those-required",
        ),
    ],
)
def test_when_a_revision_was_approved(files: Files, at: str | None):
    """With the last of its required approvals; under forge on the day its training was first assigned."""
    snapshot = snapshot_of(files)
    found = snapshot.documents.get("SOP-014")
    assert found

    moment = approved(snapshot, snapshot, found, found.newest)

    assert moment == (datetime.fromisoformat(at) if at else None)
