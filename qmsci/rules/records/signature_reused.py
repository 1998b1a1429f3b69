"""`signature-reused`."""

from qmsci.change import AddedSignature
from qmsci.load import content_of
from qmsci.rule import Problem, Problems, When, rule
from qmsci.signature import signatures_in


@rule(
    clause=("21 CFR 11.70", "21 CFR 11.10(e)", "EU GMP Annex 11, 14.1"),
    fix="take the entry out; who did it once more signs once more",
    when=When.CHANGE,
)
def signature_reused(added: AddedSignature) -> Problems:
    """
    A new entry carries a signature that was given for another entry of the file.

    One signature vouches for one thing that was done once. Copied, it makes two trainings of one, or two failures; and
    what the quality unit has rejected would be back without anybody having signed anything.

    It fires on an entry that a change adds to somebody's training or waivers, or to which it adds a signature, where
    the signature signs the same as one on another entry: the same record, signer, meaning and time. That it says why
    it is `late`, which no signature covers, makes it no other entry; nor does another way to write the same signature
    down.

    ## Flagged

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (before)"
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

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml"
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
    - document: SOP-014@1
      completed: 2026-11-20T09:30:00+01:00
      method: [read]
      late: found in a drawer
      signatures:
        - by: p-0042
          name: Ingrid Solberg
          meaning: read-and-understood
          at: 2026-11-20T09:35:00+01:00
          key: "SHA256:OfcJuFzRA9ZbDYhma3FiMlz51BDU7NsMVvaDBYyyBLU"
          signature: U1NIU0lHAAAA  # <- p-0042 signed this as entry 1
    ```

    ## Accepted

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (before)"
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

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml"
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
    - document: SOP-014@1
      completed: 2026-11-22T09:30:00+01:00
      method: [read]
      signatures:
        - by: p-0042
          name: Ingrid Solberg
          meaning: read-and-understood
          at: 2026-11-22T09:35:00+01:00
          key: "SHA256:OfcJuFzRA9ZbDYhma3FiMlz51BDU7NsMVvaDBYyyBLU"
          signature: U1NIU0lHAAAB
    ```
    """
    signed, held = added.signed, added.change.files[added.signed.path]
    if not signed.keys or not signed.is_given or held.after is None:
        return
    payload = signed.payload
    for other in signatures_in(signed.path, content_of(signed.path, held.after)):
        if other.entry != signed.entry and other.is_given and other.payload == payload:
            message = f"{signed.fields.get('by')} signed this as entry {other.entry} of the file, and not once more"
            yield Problem(added.at("signature"), message)
            return
