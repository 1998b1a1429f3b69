"""What is worked out once for all moments is what each moment by itself says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from qmsci.completion import Done, _asked, _entries_of, _first_done, completed
from qmsci.qualification import action_items, done_for_good, is_qualified, is_trained, item_done, qualified_on, trained
from qmsci.records.document import Document, RevisionEntry
from qmsci.snapshot import Snapshot, When
from tests.keys import security_keys
from tests.laws import snapshot_of
from tests.strategies import systems, texts
from tests.test_assign import OPERATOR, assigned, document, person
from tests.test_gaps import EVERY_DAY, lives
from tests.test_qualification import entry, history, rejection, scored

KEY = next(iter(security_keys().values())).key
FINGERPRINT = KEY.fingerprint
DAYS = st.integers(0, 9).map(lambda number: date(2026, 3, 1) + timedelta(days=number))
ASKING = ("SOP-014@1/operator", "people/p-1/operator-2026-01-10", "people/p-1/lead-2026-01-10", "nowhere")


@st.composite
def histories(draw: st.DrawFn) -> dict[str, str]:
    """A few days of somebody who is asked for different things, and does them in pieces; signed, rejected, stolen."""
    impact = draw(st.sampled_from(["retrain", "read", "none"]))
    files = {**document(f"2 2026-03-05 {impact}", "1 2026-01-01"), **OPERATOR}
    for name, method in zip(ASKING[:-1], ("[read]", "[read, practical]", "[assessment], pass-mark: 90"), strict=True):
        ((path, text),) = assigned(name, draw(st.sampled_from(["SOP-014@1", "SOP-014@2"])), "p-1").items()
        files[path] = text.replace("[read]", method)
    done = draw(st.lists(_entries(), max_size=5))
    undone = [rejection(one, str(draw(DAYS))) for one in done if draw(st.integers(0, 5)) == 0]
    if done:
        files |= history("p-1", "SOP-014", *done, *undone)
    ((path, text),) = person("p-1", "operator").items()
    stolen = draw(st.sampled_from(["", f", revoked: {{on: {draw(DAYS)}}}"]))
    files[path] = f"{text}keys:\n  - {{key: {KEY.line}, from: 2025-01-01, proof: badge, by: p-9{stolen}}}\n"
    return files


@st.composite
def _entries(draw: st.DrawFn) -> dict[str, object]:
    method = draw(st.lists(st.sampled_from(["read", "practical", "assessment"]), min_size=1, unique=True))
    more: dict[str, Any] = {"assignments": draw(st.lists(st.sampled_from(ASKING), max_size=2, unique=True))}
    if "assessment" in method:
        more["assessment"] = scored(draw(st.sampled_from([70, 85, 95])))
    if draw(st.booleans()):
        more["signatures"] = [{"by": "p-1", "key": FINGERPRINT, "signature": "AAAA"}]
    return entry(draw(st.sampled_from(["SOP-014@1", "SOP-014@2"])), str(draw(DAYS)), *method, **more)


def moments(snapshot: Snapshot) -> list[When]:
    """The ends of the days around those on which things happen here."""
    return [snapshot.end_of(date(2026, 2, 28) + timedelta(days=number)) for number in range(12)]


def looked_up(snapshot: Snapshot, who: Document, entry: RevisionEntry, when: When | None) -> Done | None:
    """`completed` by its definition, for one moment."""
    mine = _entries_of(snapshot, "p-1", who.named(entry), when)
    ways = _asked(snapshot, "p-1", who, entry, when, mine) if mine else ()
    return next(filter(None, (_first_done(mine, way) for way in ways)), None)


@given(histories(), st.booleans())
def test_completed_is_the_same_for_all_moments_and_for_each(files: Mapping[str, str], hindsight: bool):
    """Whatever comes later: other items, rejections, a stolen key."""
    snapshot = Snapshot(snapshot_of(files).source, date(2026, 4, 1), hindsight=hindsight)
    about = snapshot.documents.get("SOP-014")
    assert about
    for one in about.revisions:
        for when in (None, *moments(snapshot)):
            assert completed(snapshot, "p-1", about, one, when) == looked_up(snapshot, about, one, when)


@given(histories(), st.booleans())
def test_what_is_done_for_good_stays_done(files: Mapping[str, str], hindsight: bool):
    """From the end of a day on, and at no earlier one."""
    snapshot = Snapshot(snapshot_of(files).source, date(2026, 4, 1), hindsight=hindsight)
    for assignment in filter(None, map(snapshot.assignment, ASKING)):
        for item in assignment.items:
            first = done_for_good(snapshot, assignment, item, "p-1")
            for when in moments(snapshot) if first else ():
                done = item_done(snapshot, assignment, item, "p-1", when)
                assert (done and snapshot.day_of(done.completed)) == (first if first and first <= when.day else None)


@given(lives() | systems().map(texts) | histories())
def test_yes_or_no_is_what_the_verdict_says(files: Mapping[str, str]):
    """Whether somebody is trained, or qualified, is answered alike with and without reasons."""
    snapshot = snapshot_of(files)
    for who in snapshot.people:
        for known in snapshot.documents:
            for one in known.revisions:
                for when in map(snapshot.end_of, EVERY_DAY[::20]):
                    about = (snapshot, who.id, known, one, when)
                    assert is_trained(*about) is trained(*about).yes
                    assert is_qualified(*about) is qualified_on(*about).yes


@given(lives())
def test_what_an_event_asks_for_is_done_for_good_too(files: Mapping[str, str]):
    """Only by training from since it asked."""
    snapshot = snapshot_of(files)
    for event, index in snapshot.retraining:
        for assignment, item in action_items(snapshot, event, event.actions[index]):
            first = done_for_good(snapshot, assignment, item, "p-1")
            for day in EVERY_DAY[::9] if first else ():
                done = item_done(snapshot, assignment, item, "p-1", snapshot.end_of(day))
                assert (done is not None) is (first is not None and first <= day)
