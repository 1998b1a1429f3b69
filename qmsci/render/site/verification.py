"""What stands behind the site: what of the commit was verified, what is wrong in it, and how anybody checks that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date

from qmsci.finding import Severity
from qmsci.key_register import KeyRegister, Registered
from qmsci.records import layout
from qmsci.records.training import Approval
from qmsci.render.site.links import moment, to_person
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
    Said,
    Table,
    Text,
    Tile,
    Tiles,
    Tone,
)
from qmsci.render.site.places import to_place
from qmsci.render.site.rules import findings_table
from qmsci.render.site.summary import Summaries
from qmsci.render.site.survey import Checked, Survey
from qmsci.render.words import counted


def part(survey: Survey, summaries: Summaries) -> Part:  # noqa: ARG001  (every kind of page is asked alike)
    """The page `verification/index.html`."""
    checked = survey.checked()
    page = Page(
        path="verification/index.html",
        title="Verification",
        blocks=(
            Text(
                f"What was verified when this site was built, as of {survey.when.day}, by the same code as qmsci "
                "verify and qmsci audit: every signature, text digest and link, and every rule about a tree or a day."
            ),
            _tiles(checked),
            *_checked(survey, checked),
            *_findings(survey, checked),
            *_stands_for(survey, checked),
            *_repeat(survey),
            *_limits(),
            *_keys(survey),
        ),
        kind="Verification",
        keys=("verification", survey.stamp.commit),
        words="signatures keys digests links findings offline OpenSSH ssh-keygen",
        description=f"What of commit {survey.stamp.commit[:10]} was verified, what is wrong, and how to repeat it.",
    )
    return Part((page,))


# --- what was verified ----------------------------------------------------------------------------------------------


def good_signatures(checked: Checked) -> int:
    """How many signatures verify, by a key that counts: neither wrong nor void."""
    return sum(checked.signatures.values()) - checked.refused - len(checked.void)


def _tiles(checked: Checked) -> Tiles:
    number, faults = sum(checked.signatures.values()), len(checked.wrong)
    errors = sum(finding.severity is Severity.ERROR for finding in checked.findings)
    warnings = len(checked.findings) - errors
    return Tiles(
        (
            Tile(
                f"{number:,}",
                f"signatures checked: {good_signatures(checked):,} good, {checked.refused:,} wrong",
                "#verified",
                "Each is verified against the record as it is now, and its key against the register.",
                Tone.BAD if checked.refused else Tone.GOOD if number else Tone.PLAIN,
            ),
            Tile(
                f"{faults:,}",
                "faults in signatures, digests and links" if faults else "faults: nothing is wrong",
                "#wrong",
                "Signatures, keys, text digests, links and files that cannot be read.",
                Tone.BAD if faults else Tone.GOOD,
            ),
            Tile(
                f"{len(checked.findings):,}",
                f"findings of the rules: {counted(errors, 'error')}, {counted(warnings, 'warning')}",
                "#findings",
                "What the rules say of the whole tree, and of the day.",
                Tone.BAD if errors else Tone.WARN if warnings else Tone.GOOD,
            ),
        )
    )


def _checked(survey: Survey, checked: Checked) -> Iterator[Block]:
    yield Heading("What was verified", "verified")
    yield Text(
        "A signature is good when it is one of what its record says now, by a key that was registered to the signer "
        "and valid at the time of signing; a revoked key proves only what main had before it was compromised. A "
        "digest is good when it is that of the text of the revision, here or in its history. A link is good when the "
        "assignment that a completion names is there."
    )
    rows = [
        *((f"Signatures on {noun}s", f"{number:,}") for noun, number in checked.signatures.items()),
        *((f"{noun.capitalize()}s without a signature", f"{number:,}") for noun, number in checked.unsigned.items()),
        *((said, f"{checked.checked.get(key, 0):,}") for key, said in _COUNTED.items()),
    ]
    yield Table("verified", "How many of what were looked at", ("What", "Number"), tuple(rows))
    yield Heading("What is wrong", "wrong")
    yield _faults(survey, "wrong", "What is wrong", checked.wrong, "Nothing is wrong.")
    yield Heading("Signatures that count for nothing", "void")
    yield Text(
        "The key was compromised, and what it signed was recorded, rejected or approved anew since. They stay where "
        "they are, and are no fault."
    )
    yield _faults(survey, "void", "Signatures that count for nothing", checked.void, "There are none.")


#: What else was counted, by the names of `qmsci verify --format json`.
_COUNTED = {
    "keys": "Keys in the register",
    "digests": "Text digests",
    "digests_unknown": "Digests of texts that this clone does not have",
    "links": "Links from completions to assignments",
    "files": "Approvals of whole files",
    "files_unknown": "Approvals of whole files that this clone does not have",
}


def _faults(survey: Survey, name: str, caption: str, faults: Sequence[tuple[str, str]], empty: str) -> Table:
    rows = tuple((to_place(survey, place), said) for place, said in faults)
    return Table(name, caption, ("Place", "What is said of it"), rows, csv=True, empty=empty)


def _findings(survey: Survey, checked: Checked) -> Iterator[Block]:
    yield Heading("Findings of the rules", "findings")
    yield Text(
        (
            f"What qmsci audit --as-of {survey.when.day} says of the tree as it is, and of what time has made of it. ",
            Link("All rules", "rules/index.html"),
        )
    )
    caption = f"Findings on {survey.when.day}"
    yield findings_table(survey, "findings", caption, checked.findings)


# --- what it stands for, and how to repeat it -----------------------------------------------------------------------


def _stands_for(survey: Survey, checked: Checked) -> Iterator[Block]:
    yield Heading("What this stands for", "stands-for")
    yield Text(
        "Write these ids down. Each is a digest of everything below it: the commit of the tree and of the whole "
        "history, the tree of every byte of every file. When one of them is another, something else was verified."
    )
    ids = {"commit": survey.stamp.commit, **checked.stands_for}
    yield Facts(
        (
            *((name.capitalize(), Code(one)) for name, one in ids.items()),
            ("Committed", moment(survey.stamp.committed)),
            ("Branch", survey.stamp.branch or "not named"),
            ("As of", str(survey.when.day)),
        )
    )


def _repeat(survey: Survey) -> Iterator[Block]:
    commit = survey.stamp.commit
    yield Heading("Check it yourself", "repeat")
    yield Text("In a clone of the repository, without a network. The first two commands need qmsci.")
    yield CodeBlock(
        f"qmsci verify --head {commit}\n"
        f"qmsci audit --head {commit} --as-of {survey.when.day}\n"
        f"qmsci verify --history --includes {commit}",
        "The same verdicts, and whether history was rewritten since",
    )
    path, person, moment = _example(survey)
    yield Text(
        "Nobody has to believe qmsci. It prints the bytes that a signature signs, the signature and the register of "
        "keys; OpenSSH, from version 9.1 on, does the rest. The time is that of the signature, in UTC."
    )
    yield CodeBlock(
        f"qmsci verify --head {commit} --allowed-signers > signers\n"
        f"qmsci verify --head {commit} --payload '{path}' > payload\n"
        f"qmsci verify --head {commit} --signature '{path}' > signature\n"
        f"ssh-keygen -Y verify -n qmsci -I {person} -f signers -s signature -O verify-time={moment} < payload",
        "One signature, by OpenSSH alone",
    )


def _example(survey: Survey) -> tuple[str, str, str]:
    """The path of a signed record, the signer and the moment, as OpenSSH takes it; placeholders where there is none."""
    source = survey.snapshot.source
    for path in source.paths(layout.APPROVALS):
        found = source.records([path])[0]
        if isinstance(found, Approval) and found.signature:
            return path, found.by, found.at.astimezone(UTC).strftime("%Y%m%d%H%M%SZ")
    return "PATH#ENTRY.SIGNATURE", "PERSON", "YYYYMMDDHHMMSSZ"


def _limits() -> Iterator[Block]:
    yield Heading("What a verdict does not say", "limits")
    yield Text(
        "A good signature says that these very words were signed with this key, and that the key was registered to "
        "this person and valid then. It does not say that the person understood or did what the record says, nor that "
        "nobody else held the key. The time in a signature is what the signer says; the date of the commit that "
        "brought the record to main says when it was there, and is worth as much as the settings of whoever keeps "
        "main. What needs no signature (roles and activities, what a role requires, events while they are open) is "
        "vouched for by whoever may merge, and the commit names them. Verdicts are about the records that are here: "
        "what nobody recorded is not seen. And no tool is compliant by itself: procedures, proof of identity and "
        "validation are the organisation’s."
    )


# --- the keys -------------------------------------------------------------------------------------------------------


def _keys(survey: Survey) -> Iterator[Block]:
    yield Heading("Keys", "keys")
    yield Text(
        "All keys that sign for somebody, or did, with how it was known whose each is, and the second person who saw "
        "to it (21 CFR 11.100). Both the first and the last day are included."
    )
    yield Table(
        name="keys",
        caption=f"Register of keys on {survey.when.day}",
        heads=("Person", "State", "Fingerprint", "From", "To", "Revoked", "Proof of identity", "Registered by"),
        rows=tuple(_key(survey, one) for one in KeyRegister(survey.snapshot)),
        filters=(1,),
        csv=True,
        empty="No key is registered: nothing here can be signed.",
    )


def _key(survey: Survey, one: Registered) -> tuple[Said, ...]:
    entry, revoked = one.entry, one.entry.revoked
    why = [str(revoked.on)] if revoked else ["no"]
    if revoked and revoked.compromised_since:
        why.append(f"compromised since {revoked.compromised_since}")
    if revoked and revoked.reason:
        why.append(revoked.reason)
    return (
        to_person(survey, one.person.id, f"{one.person.id} {one.person.name}"),
        _state(one, survey.when.day),
        Code(one.public.fingerprint),
        str(entry.from_),
        str(entry.to) if entry.to else "has no end",
        ": ".join(why),
        entry.proof,
        to_person(survey, entry.by),
    )


def _state(one: Registered, day: date) -> Mark:
    """What a key is good for on a day."""
    entry = one.entry
    if entry.revoked and entry.revoked.on <= day:
        return Mark("revoked", Tone.BAD)
    if entry.to and entry.to < day:
        return Mark("ended", Tone.QUIET)
    return Mark("valid", Tone.GOOD) if entry.from_ <= day else Mark("not valid yet", Tone.QUIET)
