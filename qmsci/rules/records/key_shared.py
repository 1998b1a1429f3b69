"""`key-shared`."""

from qmsci.finding import At
from qmsci.key_register import Registered, SharedKey
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot


@rule(
    clause=("21 CFR 11.100(a)", "21 CFR 11.300(a)", "EU GMP Annex 11, 12"),
    fix="have each of them make a key of their own",
)
def key_shared(shared: SharedKey, snapshot: Snapshot) -> Problems:
    """
    One public key is registered to two people.

    What it signs could be either's, so neither can be held to it. A key belongs to one person, and is not handed on
    when somebody leaves either: each makes their own and keeps its private half to themselves.

    The same key may stand twice with one person, with other dates.

    ## Flagged

    ```yaml title="roles/people/p-0003.yaml"
    id: p-0003
    name: Astrid Halvorsen
    kind: employee
    employed: {from: 2024-01-15}
    keys:
      - key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKvAm4Xmk9ZlvL6vqvRxBSzK8ESywsHqBdh9e5WzXSyf
        from: 2024-01-15
        proof: badge check
        by: p-0007
    ```

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    keys:
      - key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKvAm4Xmk9ZlvL6vqvRxBSzK8ESywsHqBdh9e5WzXSyf  # <- a key of p-0003
        from: 2024-03-01
        proof: badge check
        by: p-0003
    ```

    ## Accepted

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    keys:
      - key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKvAm4Xmk9ZlvL6vqvRxBSzK8ESywsHqBdh9e5WzXSyf
        from: 2024-03-01
        to: 2024-08-31
        proof: badge check
        by: p-0003
      - key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKvAm4Xmk9ZlvL6vqvRxBSzK8ESywsHqBdh9e5WzXSyf
        from: 2025-02-01
        proof: badge check
        by: p-0003
    ```
    """
    one, first = shared
    message = f"the key {one.public.fingerprint} is registered to {one.person.id}, and is a key of {first.person.id}"
    yield Problem(_place(one), message, also=(_place(first),))


def _place(one: Registered) -> At:
    return At(one.person.path, ("keys", one.position, "key"))
