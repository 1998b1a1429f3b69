"""`access-after-departure`."""

from datetime import date

from qmsci.records.person import Key, Person
from qmsci.rule import Problem, Problems, When, rule
from qmsci.snapshot import Snapshot
from qmsci.timeline import days_of, reach


@rule(
    clause=("21 CFR 11.10(d)", "21 CFR 11.300", "EU GMP Annex 11, 12"),
    fix="end the role with `to:` and the key with `to:` or `revoked:`",
    when=When.CALENDAR,
)
def access_after_departure(person: Person, snapshot: Snapshot) -> Problems:
    """
    Somebody who has left still holds a role or a key.

    Roles say who may approve, evaluate and perform; a key signs for its owner. Left open, they let work be
    done and records be signed in the name of somebody who is no longer here, and the lists of who may do what
    grow untrue.

    Somebody has left when no `employed` interval reaches this day; who comes back on a later date has not
    left. A role is open when its `to` is absent or later than the departure. A key is open until its `to` or
    its revocation.

    ## Flagged on 2026-11-22

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01, to: 2026-10-31}
    roles:
      - {role: operator, from: 2024-03-01, to: 2025-12-31}
      - {role: lead, from: 2026-01-01}  # <- left on 2026-10-31 and still holds lead
    keys:
      - key: ssh-ed25519 AAAA  # <- left on 2026-10-31 and still has a key
        from: 2024-03-01
        proof: badge check
        by: p-0003
    ```

    ## Accepted on 2026-11-22

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01, to: 2026-10-31}
    roles:
      - {role: operator, from: 2024-03-01, to: 2025-12-31}
      - {role: lead, from: 2026-01-01, to: 2026-10-31}
    keys:
      - {key: ssh-ed25519 AAAA, from: 2024-03-01, to: 2026-10-31, proof: badge check, by: p-0003}
    ```
    """
    employed = days_of(person.employed)
    if not employed or reach(employed, snapshot.as_of):
        return
    departure = max(span.last for span in employed)
    for index, holding in enumerate(person.roles):
        if holding.to is None or holding.to > departure:
            ends = f" until {holding.to}" if holding.to else ""
            yield Problem(
                snapshot.at(person, "roles", index),
                f"{person.name} left on {departure} and still holds {holding.role}{ends}",
            )
    for index, key in enumerate(person.keys):
        if _is_open(key, snapshot.as_of):
            ends = f" until {key.to}" if key.to else ""
            yield Problem(
                snapshot.at(person, "keys", index),
                f"{person.name} left on {departure} and still has a key that can sign{ends}",
            )


def _is_open(key: Key, day: date) -> bool:
    revoked = key.revoked and key.revoked.on <= day
    return not revoked and (key.to is None or key.to >= day)
