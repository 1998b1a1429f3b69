"""`key-unproven`."""

from qmsci.authorisation import is_founder
from qmsci.change import Change, Edited
from qmsci.finding import At
from qmsci.records import layout
from qmsci.records.person import Key, Person
from qmsci.rule import Problem, Problems, When, rule
from qmsci.timeline import is_employed


@rule(
    clause=("21 CFR 11.100(b)", "21 CFR 11.200(a)(3)"),
    fix="name under `by:` a colleague who made sure whose key it is; their own file is merged before this change",
    when=When.CHANGE,
)
def key_unproven(edit: Edited[Person]) -> Problems:
    """
    A key is registered on its owner's own word, or on that of nobody who works here.

    A signature proves who signed as far as it is certain whose key it is. Where the owner vouches for it, anybody
    who can write to the file can sign in the name of anybody: using somebody's signature takes two people at least,
    and here it would take one.

    It fires for each key that the change adds, and for one whose `by` it alters: `by` must be another person than
    the owner, one whom the base knows, and who works here on the day of the change or worked here when the key
    became valid. Founders, dated on the day that the policy names as `founded`, may vouch in the change that brings
    them. The founding import is taken as it comes: its keys are there before anybody could vouch. (What is altered
    of a key otherwise, `record-altered` says.)

    ## Flagged on 2026-11-22

    ```yaml title="roles/people/p-0042.yaml (before)"
    id: p-0042
    kind: employee
    employed: {from: 2024-03-01}
    ```

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    kind: employee
    employed: {from: 2024-03-01}
    keys:
      - key: ssh-ed25519 AAAA
        from: 2026-11-22
        proof: badge check
        by: p-0042  # <- p-0042 vouches for their own key
    ```

    ## Flagged on 2026-11-22 when who vouches has left

    ```yaml title="roles/people/p-0003.yaml"
    id: p-0003
    kind: employee
    employed: {from: 2024-03-01, to: 2026-10-31}
    ```

    ```yaml title="roles/people/p-0042.yaml (new)"
    id: p-0042
    kind: employee
    employed: {from: 2024-03-01}
    keys:
      - key: ssh-ed25519 AAAA
        from: 2026-11-22
        proof: badge check
        by: p-0003  # <- p-0003, who vouches for the key, is not employed on 2026-11-22
    ```

    ## Accepted on 2026-11-22

    ```yaml title="roles/people/p-0003.yaml"
    id: p-0003
    kind: employee
    employed: {from: 2024-03-01}
    ```

    ```yaml title="roles/people/p-0042.yaml (new)"
    id: p-0042
    kind: employee
    employed: {from: 2024-03-01}
    keys:
      - {key: ssh-ed25519 AAAA, from: 2026-11-22, proof: badge check, by: p-0003}
    ```

    ## Accepted on 2026-11-22 when a key ends whose witness has left

    ```yaml title="roles/people/p-0003.yaml"
    id: p-0003
    kind: employee
    employed: {from: 2024-03-01, to: 2026-10-31}
    ```

    ```yaml title="roles/people/p-0042.yaml (before)"
    id: p-0042
    kind: employee
    employed: {from: 2024-03-01}
    keys:
      - {key: ssh-ed25519 AAAA, from: 2024-03-01, proof: badge check, by: p-0003}
    ```

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    kind: employee
    employed: {from: 2024-03-01}
    keys:
      - {key: ssh-ed25519 AAAA, from: 2024-03-01, to: 2026-11-22, proof: badge check, by: p-0003}
    ```
    """
    person, change = edit.after, edit.change
    if person is None or change.founding:
        return
    known = [_named(key) for key in edit.before.keys] if edit.before else []
    for index, key in enumerate(person.keys):
        if _named(key) not in known:
            doubt = _doubt(change, person, key)
            if doubt:
                yield Problem(At(edit.path, ("keys", index, "by")), doubt)


def _named(key: Key) -> tuple[list[str], str]:
    """A key without its comment, and who vouched for it."""
    return key.key.split()[:2], key.by


def _doubt(change: Change, owner: Person, key: Key) -> str | None:
    """Why the second person is none; None where all is well, or nobody can say."""
    if key.by == owner.id:
        return f"{owner.id} vouches for their own key"
    path = layout.person(key.by)
    second = change.base.people.get(key.by) or _founder(change, key.by)
    if second is None:
        return None if change.base.unreadable_below(path) else f"the base knows no {key.by}, who vouches for the key"
    if is_employed(second, change.day) or is_employed(second, key.from_):
        return None
    return f"{key.by}, who vouches for the key, is not employed on {change.day} ({path})"


def _founder(change: Change, name: str) -> Person | None:
    founded = change.policy.founded if change.policy else None
    found = change.head.people.get(name)
    return found if founded and is_founder(found, founded) else None
