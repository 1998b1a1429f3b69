"""`key-not-valid`."""

from datetime import date

from qmsci.change import AddedSignature, Change
from qmsci.key_register import KeyRegister
from qmsci.records import layout
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
    is named), whatever time a signature gives itself. What a key signed that has ended comes to main within the
    policy's `late-entry` after its end; else an old key in a drawer could sign for a past that it was valid in. A
    change cannot register the key that signs it, but for the one that founds the quality system, and as long as nobody
    in the base has a key at all.

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
    if change.is_unreadable(layout.person(by)):
        return None
    refusal = register.refusal(key, by, day, lambda: _recorded(added))
    if refusal and key not in register and key in now:
        return f"the key {key} is registered to {by} by this very change; what it signs can be merged after it"
    if refusal is None and key in now:
        refusal = now.refusal(key, by, day, lambda: _recorded(added))
    return refusal or _ended(change, register, key)


def _recorded(added: AddedSignature) -> date:
    """The day of the change; of a founding that brings a line of its own, the day of the first commit that had it."""
    change, signed = added.change, added.signed
    came = change.head.source.recorded(signed.path, str(signed.fields.get("signature"))) if change.founding else None
    return came or change.day


def _ended(change: Change, register: KeyRegister, key: str) -> str | None:
    """Why a key that has ended signs nothing that comes so late; the first register of all may hold ended keys."""
    end = register.ended(key)
    if end is None or change.policy is None or not change.has_keys:
        return None
    allowed = change.policy.training.late_entry
    if change.day <= allowed.after(end):
        return None
    return f"recorded on {change.day}, and the key {key} ended on {end}; the policy allows {allowed}"
