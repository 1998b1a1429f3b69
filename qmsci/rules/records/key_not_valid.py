"""`key-not-valid`."""

from qmsci.change import AddedSignature
from qmsci.key_register import KeyRegister
from qmsci.records.layout import PEOPLE
from qmsci.rule import Problem, Problems, When, rule


@rule(
    clause=("21 CFR 11.10(d)", "21 CFR 11.100(b)", "21 CFR 11.300(b)"),
    fix="sign with a key that is registered to the signer (`qmsci key add PERSON`), in a change that was merged before",
    when=When.CHANGE,
)
def key_not_valid(added: AddedSignature) -> Problems:
    """
    A signature names a key that does not sign for its signer.

    A signature is as good as the register that says whose the key is. With a key that nobody registered, or one that
    has ended or was lost, anybody may have signed.

    The key is registered to the signer in the base, and valid on the day on which they signed; one that was revoked
    signs nothing that is recorded from the day on since which it is compromised (the day of its revocation where none
    is named), whatever time a signature gives itself. A change cannot register the key that signs it, but for the
    one that founds the quality system, and as long as nobody in the base has a key at all.

    ## Flagged on 2026-11-22

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    keys:
      - key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKvAm4Xmk9ZlvL6vqvRxBSzK8ESywsHqBdh9e5WzXSyf
        from: 2024-03-01
        to: 2026-10-31
        proof: badge check
        by: p-0003
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (new)"
    - document: SOP-014@1
      completed: 2026-11-20T09:30:00+01:00
      method: [read]
      signatures:
        - by: p-0042
          name: Ingrid Solberg
          meaning: read-and-understood
          at: 2026-11-20T09:35:00+01:00
          key: "SHA256:OfcJuFzRA9ZbDYhma3FiMlz51BDU7NsMVvaDBYyyBLU"  # <- signed on 2026-11-20, and the key
          signature: U1NIU0lHAAAA
    ```

    ## Accepted on 2026-11-22

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    keys:
      - key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKvAm4Xmk9ZlvL6vqvRxBSzK8ESywsHqBdh9e5WzXSyf
        from: 2024-03-01
        proof: badge check
        by: p-0003
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (new)"
    - document: SOP-014@1
      completed: 2026-11-20T09:30:00+01:00
      method: [read]
      signatures:
        - by: p-0042
          name: Ingrid Solberg
          meaning: read-and-understood
          at: 2026-11-20T09:35:00+01:00
          key: "SHA256:OfcJuFzRA9ZbDYhma3FiMlz51BDU7NsMVvaDBYyyBLU"
          signature: U1NIU0lHAAAA
    ```
    """
    said = _refusal(added)
    if said:
        yield Problem(added.at("key"), said)


def _refusal(added: AddedSignature) -> str | None:
    """Why a key does not sign, by the register that counts, or by what the change itself says of a key that it ends."""
    change, fields, day = added.change, added.signed.fields, added.day
    key, by = fields.get("key"), fields.get("by")
    if not key or not by or day is None:
        return None
    register, now = change.keys_of(by), KeyRegister(change.head, by)
    if any(side.unreadable_below(f"{PEOPLE}{by}.yaml") for side in (change.base, change.head)):
        return None
    refusal = register.refusal(key, by, day, lambda: change.day)
    if refusal and key not in register and key in now:
        return f"the key {key} is registered to {by} by this very change; what it signs can be merged after it"
    if refusal is None and key in now:
        refusal = now.refusal(key, by, day, lambda: change.day)
    return refusal
