"""Signatures that are whole and right, in the tree; and every way to alter, move or swap what was signed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from qmsci.library import library_of
from qmsci.load import content_of, load
from qmsci.records.canonical import digest_of
from qmsci.records.layout import file_approvals
from qmsci.signature import is_signed, signatures_in
from tests import figures
from tests.keys import security_keys
from tests.laws import findings_in, findings_in_scope, findings_of_change
from tests.signatories import (
    APPROVAL,
    CLOSING,
    COMPLETIONS,
    DOCUMENT,
    EVALUATOR,
    PENS,
    TRAINEE,
    WAIVERS,
    approval,
    history,
    of_file,
    of_revision,
    on,
    people,
    practical,
    waiver,
    words,
)
from tests.signed import lines, spread

Files = dict[str, str]
SIGNED = on(COMPLETIONS, practical(), TRAINEE, EVALUATOR)
BASE = {**DOCUMENT, **people()}


def said(files: Files, rule: str = "signature-invalid") -> list[str]:
    """What a rule says of some files."""
    found = findings_in(files)
    assert not [one for one in found if one.rule == "unreadable"], found
    return [one.message for one in found if one.rule == rule]


def altered(position: int, **more: str) -> dict[str, Any]:
    """The signed completion, where one signature says something else."""
    signatures = [dict(one) for one in SIGNED["signatures"]]
    signatures[position] |= more
    return {**SIGNED, "signatures": signatures}


REJECTION = {"rejects": digest_of(SIGNED), "reason": "x", "by": "p-3", "at": "2026-11-22T10:00:00+01:00"}


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({}, id="nothing"),
        pytest.param(history(practical()), id="unsigned"),
        pytest.param(history({**practical(), "signatures": [words(*TRAINEE)]}), id="words"),
        pytest.param(history(SIGNED), id="signed"),
        pytest.param(history({**SIGNED, "late": "reader offline"}), id="late is not signed"),
        pytest.param(history(SIGNED, on(COMPLETIONS, REJECTION, ("p-3", "approved"))), id="rejected"),
        pytest.param(history(on(WAIVERS, waiver(), ("p-3", "approved")), path=WAIVERS), id="waiver"),
        pytest.param(approval(APPROVAL, of_revision(), "p-3", "quality-approval"), id="approval"),
        pytest.param(approval(CLOSING, of_file(), "p-3", "approved"), id="approval of a file"),
        pytest.param({APPROVAL: spread({**of_revision(), **words("p-3", "approved")})}, id="approval in words"),
    ],
)
def test_signatures_that_are_right(files: Files):
    """Whose keys they are is no matter here: that changes, and what was signed does not."""
    assert [said(files, rule) for rule in ("signature-invalid", "signature-incomplete")] == [[], []]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        pytest.param(
            altered(0, signature="U1NI"), "the signature of p-1 does not verify: the signature ends", id="cut"
        ),
        pytest.param(
            altered(0, key="SHA256:x"),
            f"it names the key SHA256:x, and was made with {PENS['p-1'].signer.key.fingerprint}",
            id="key",
        ),
        pytest.param(
            on(COMPLETIONS, {**REJECTION, "rejects": "sha256:" + "0" * 64}, ("p-2", "approved")),
            "the record says by: p-3, and its signature by: p-2",
            id="signed by another than the record says",
        ),
    ],
)
def test_signatures_that_are_wrong(entry: dict[str, Any], words: str):
    assert [words in one for one in said(history(entry))] == [True]


@pytest.mark.parametrize(
    ("signature", "lacking"),
    [
        pytest.param({"by": "p-1"}, "name, meaning, at", id="only who"),
        pytest.param({**words(*TRAINEE), "key": "SHA256:x"}, "signature", id="a key and no signature"),
        pytest.param({**words(*TRAINEE), "signature": "U1NI"}, "key", id="a signature and no key"),
        pytest.param({"by": "p-1", "key": "x", "signature": "x"}, "name, meaning, at", id="no words"),
    ],
)
def test_signatures_that_lack_a_part(signature: dict[str, str], lacking: str):
    """That is all that is said of them."""
    files = history({**practical(), "signatures": [signature]})

    assert said(files, "signature-incomplete") == [f"the signature lacks {lacking}"]
    assert said(files) == []


def test_half_an_approval():
    found = findings_in({APPROVAL: spread({**of_revision(), **words("p-3", "approved", key="SHA256:x")})})

    assert [(one.rule, one.message) for one in found if one.rule.startswith("signature")] == [
        ("signature-incomplete", "the signature lacks signature")
    ]


def test_a_whole_tree_finds_what_a_change_brings():
    """In whatever file, among many; and the scope of a change has it too."""
    files = {
        f"training-records/completions/p-1/WI-{n:03}.yaml": lines([practical(document=f"WI-{n:03}@1")])
        for n in range(9)
    }
    before, after = {**BASE, **files, **history(SIGNED)}, {**BASE, **files, **history(altered(1, meaning="approved"))}

    for found in (findings_in(after), findings_in_scope(before, after)):
        assert [
            (one.place.path, "p-7 does not verify" in one.message) for one in found if one.rule == "signature-invalid"
        ] == [(COMPLETIONS, True)]


# --- whatever is tried ----------------------------------------------------------------------------------------------

ANOTHER = "training-records/completions/p-2/WI-031.yaml"
FILE = "qmsci.yaml"
FILE_APPROVAL = f"{file_approvals(FILE, 'sha256:' + '0' * 64)}p-3.yaml"
FULL = practical(
    assignments=["WI-031@1/operator"],
    assessment={"score": 92, "pass-mark": 80, "attempt": 1},
    session={"facilitator": "p-7", "reference": "list 4711"},
    origin={"system": "moodle", "reference": "4711", "verified-by": "p-3"},
    method=["practical", "assessment"],
    practical={
        "evaluator": "p-7",
        "outcome": "competent",
        "supervised": [{"on": "2026-11-20", "by": "p-7", "task": "Fill ten vials"}],
    },
)
#: A signed record of each kind, by its path.
RECORDS: dict[str, tuple[str, dict[str, Any]]] = {
    "completion": (COMPLETIONS, on(COMPLETIONS, FULL, TRAINEE, EVALUATOR, ("p-3", "verified"))),
    "rejection": (COMPLETIONS, on(COMPLETIONS, {**REJECTION, "rejects": digest_of(practical())}, ("p-3", "approved"))),
    "waiver": (WAIVERS, on(WAIVERS, waiver(), ("p-3", "approved"))),
    "approval": (
        APPROVAL,
        (revision := of_revision(purpose="qualification", training={"method": ["read"], "every": "12 months"}))
        | PENS["p-3"].on(APPROVAL, revision, "quality-approval", "2026-11-22T10:00:00+01:00"),
    ),
    "approval of a file": (
        FILE_APPROVAL,
        (whole := of_file(file=FILE)) | PENS["p-3"].on(FILE_APPROVAL, whole, "approved", "2026-11-22T10:00:00+01:00"),
    ),
    "approval of a closing": (
        CLOSING,
        of_file() | PENS["p-3"].on(CLOSING, of_file(), "quality-approval", "2026-11-22T10:00:00+01:00"),
    ),
}


def text_of(path: str, record: dict[str, Any]) -> Files:
    """The file of a record; of a rejection, with the entry that it rejects."""
    if path not in (COMPLETIONS, ANOTHER, WAIVERS):
        return {path: spread(record)}
    return {path: lines([*([practical()] if "rejects" in record else []), record])}


def caught(before: Files, after: Files) -> set[str]:
    """The rules that object to a change, in the tree that it makes or in what it does."""
    before, after = {**BASE, **before}, {**BASE, **after}
    found = [*findings_in_scope(before, after), *findings_of_change(before, after)]
    return {one.rule for one in found if one.severity == "error"}


OURS = {"signature-invalid", "signature-incomplete", "unreadable", "key-not-valid", "signer-not-entitled"}
OURS.add("waiver-incomplete")  # a waiver that no longer says who grants it
MERGED = OURS | {"record-altered", "record-removed"}

Keys = tuple[str | int, ...]


def leaves(value: Any, keys: Keys = ()) -> list[Keys]:
    """The keys of all scalars in a record."""
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        return [found for key, inner in pairs for found in leaves(inner, (*keys, key))]
    return [keys]


def changed(record: Any, keys: Keys, new: Any) -> Any:
    """A record in which one scalar is another; None takes it out."""
    found = json.loads(json.dumps(record))
    holder = found
    for key in keys[:-1]:
        holder = holder[key]
    if new is None:
        del holder[keys[-1]]
    else:
        holder[keys[-1]] = new
    return found


def another(value: Any, draw: st.DataObject) -> Any:
    """Some other value in the place of one: of the same form mostly, so that it can still be read."""
    if isinstance(value, int):
        return draw.draw(st.integers(0, 100).filter(lambda new: new != value) | st.none())
    places = st.integers(0, len(value) - 1)
    characters = st.sampled_from("0123456789aAbBzZ-+:@. ")
    once = st.tuples(places, characters).map(lambda at: value[: at[0]] + at[1] + value[at[0] + 1 :])
    others = st.sampled_from(
        [None, "p-2", "p-7", "read", "performed", "evaluated", "approved", "reviewed", "2026-11-22", "2026-11-21"]
    )
    return draw.draw((once | others).filter(lambda new: new != value))


@pytest.mark.parametrize("kind", RECORDS)
@given(draw=st.data())
def test_no_signed_byte_is_altered_unseen(kind: str, draw: st.DataObject):
    """On a record that the change brings, and on one that is merged: another value, another character, nothing."""
    path, record = RECORDS[kind]
    keys = draw.draw(st.sampled_from(leaves(record)))
    value = record
    for key in keys:
        value = value[key]  # type: ignore[index]
    tampered = changed(record, keys, another(value, draw))
    before = {path: lines([practical()])} if kind == "rejection" else {}
    figures.add("signatures: records tampered with", 2)
    figures.add("signatures: tampered with and not noticed", 0)

    assert caught(before, text_of(path, tampered)) & OURS, (keys, tampered)
    assert caught(text_of(path, record), text_of(path, tampered)) & MERGED, (keys, tampered)


@pytest.mark.parametrize("kind", RECORDS)
def test_what_is_not_tampered_with_is_accepted(kind: str):
    """The other half of the property: each record as it was signed breaks none of these rules but by its roles."""
    path, record = RECORDS[kind]
    before = {path: lines([practical()])} if kind == "rejection" else {}

    assert caught(before, text_of(path, record)) & OURS == set()
    assert caught(text_of(path, record), text_of(path, record)) & MERGED == set()


MOVED = [
    pytest.param("completion", ANOTHER, {}, id="a completion, to another person"),
    pytest.param("completion", COMPLETIONS.replace("WI-031", "WI-032"), {}, id="a completion, to another document"),
    pytest.param(
        "completion", COMPLETIONS.replace("WI-031", "WI-032"), {"document": "WI-032@1"}, id="a completion, relabelled"
    ),
    pytest.param("completion", WAIVERS, {}, id="a completion, to the waivers"),
    pytest.param("rejection", ANOTHER, {}, id="a rejection, to another person"),
    pytest.param("waiver", WAIVERS.replace("p-1", "p-2"), {}, id="a waiver, to another person"),
    pytest.param("waiver", WAIVERS.replace("WI-031", "WI-032"), {"document": "WI-032@1"}, id="a waiver, relabelled"),
    pytest.param("approval", APPROVAL.replace("@1", "@2"), {}, id="an approval, to another revision"),
    pytest.param("approval", APPROVAL.replace("@1", "@2"), {"document": "WI-031@2"}, id="an approval, relabelled"),
    pytest.param("approval", APPROVAL.replace("p-3", "p-7"), {}, id="an approval, to another person"),
    pytest.param("approval", APPROVAL.replace("p-3", "p-7"), {"by": "p-7"}, id="an approval, taken over"),
    pytest.param(
        "approval of a file", FILE_APPROVAL.replace("0" * 16, "1" * 16), {}, id="of a file, to another content"
    ),
    pytest.param(
        "approval of a file",
        FILE_APPROVAL.replace("0" * 16, "1" * 16),
        {"digest": "sha256:" + "1" * 64},
        id="of a file, relabelled",
    ),
    pytest.param("approval of a file", FILE_APPROVAL.replace("qmsci", "other"), {}, id="of a file, to another file"),
    pytest.param("approval of a closing", CLOSING.replace("CAPA-1", "CAPA-2"), {}, id="of a closing, to another event"),
    pytest.param(
        "approval of a closing",
        CLOSING.replace("CAPA-1", "CAPA-2"),
        {"file": "quality-events/CAPA-2.yaml"},
        id="of a closing, relabelled",
    ),
]


@pytest.mark.parametrize(("kind", "to", "labels"), MOVED)
def test_no_record_is_moved(kind: str, to: str, labels: dict[str, str]):
    """Neither as a copy, nor away from where it was."""
    path, record = RECORDS[kind]
    moved = {to: text_of(path, {**record, **labels}).get(path, "")}
    figures.add("signatures: records moved", 2)

    assert caught({}, moved) & OURS
    assert caught(text_of(path, record), moved) & MERGED


@given(st.permutations(list(RECORDS)), st.integers(0, 2), st.integers(0, 2), st.booleans())
@example(["completion", "rejection"], 0, 0, False)
def test_no_signature_is_swapped(kinds: list[str], one: int, other: int, whole: bool):
    """The signature of one record on another, with or without what it says of itself."""
    (path, record), (_, source) = RECORDS[kinds[0]], RECORDS[kinds[1]]
    stolen = source["signatures"][other % len(source["signatures"])] if "signatures" in source else source
    keys = ("by", "name", "meaning", "at", "key", "signature") if whole else ("signature",)
    taken = {key: stolen[key] for key in keys}
    if "signatures" in record:
        mine = list(record["signatures"])
        mine[one % len(mine)] = {**mine[one % len(mine)], **taken}
        record = {**record, "signatures": mine}
    else:
        record = {**record, **taken}
    assume(record != RECORDS[kinds[0]][1])
    before = {path: lines([practical()])} if kinds[0] == "rejection" else {}
    figures.add("signatures: signatures swapped")

    assert caught(before, text_of(path, record)) & OURS


@given(st.integers(0, 2), st.integers(0, 2))
def test_two_signatures_of_one_record_are_not_swapped(one: int, other: int):
    """Each says what it means, and whose it is."""
    path, record = RECORDS["completion"]
    assume(one != other)
    signatures = [dict(signature) for signature in record["signatures"]]
    signatures[one]["signature"], signatures[other]["signature"] = (signatures[n]["signature"] for n in (other, one))

    assert "signature-invalid" in caught({}, text_of(path, {**record, "signatures": signatures}))


def test_somebody_elses_key_does_not_help():
    """An attacker signs anew, as p-1, with a key that nobody registered."""
    forged = {**words(*TRAINEE), "key": security_keys()["sk-ed25519"].key.fingerprint}
    pen = type(PENS["p-1"])("p-1", "Person p-1", security_keys()["sk-ed25519"])
    entry = {**practical(), "signatures": [pen.on(COMPLETIONS, practical(), "performed", forged["at"])]}

    assert caught({}, history(entry)) & OURS == {"key-not-valid"}


def test_what_is_signed_is_known_from_the_record():
    """Files in which nothing is signed are not read a second time."""
    for text, number in ((lines([practical()]), 0), (lines([SIGNED]), 2)):
        record = load(COMPLETIONS, text.encode()).record
        assert record
        assert is_signed(record) == bool(number)
        assert len(list(signatures_in(COMPLETIONS, content_of(COMPLETIONS, text.encode())))) == number
    policy = library_of({"qmsci.yaml": "revision: 1\n"}).records(["qmsci.yaml"])[0]
    assert policy is None
