"""`signature-incomplete`."""

from qmsci.finding import At
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot
from qmsci.verdicts import SignedFile
from qmsci.verification import lacks


@rule(clause=("21 CFR 11.50(a)", "EU GMP Annex 11, 14"), fix="sign the record with qmsci, which writes all of it")
def signature_incomplete(file: SignedFile, snapshot: Snapshot) -> Problems:
    """
    A signature lacks a part.

    Who signed, under which printed name, when and what it means belongs to every signature. Where one of them is
    missing nobody can be held to it; without the key and the bytes that it made, anybody could have written it.

    A signature has `by`, `name`, `meaning`, `at`, `key` and `signature`. Where the policy leaves signatures `optional`,
    the words of one (`by`, `name`, `meaning`, `at`) may stand alone.

    ## Flagged

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml"
    - document: SOP-014@1
      completed: 2026-11-20T09:30:00+01:00
      method: [read]
      signatures:
        - {by: p-0042, meaning: read-and-understood}  # <- the signature lacks name, at
    ```

    ## Flagged when the key is named and nothing is signed

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml"
    - document: SOP-014@1
      completed: 2026-11-20T09:30:00+01:00
      method: [read]
      signatures:
        - by: p-0042  # <- the signature lacks signature
          name: Ingrid Solberg
          meaning: read-and-understood
          at: 2026-11-20T09:35:00+01:00
          key: "SHA256:OfcJuFzRA9ZbDYhma3FiMlz51BDU7NsMVvaDBYyyBLU"
    ```

    ## Accepted

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml"
    - document: SOP-014@1
      completed: 2026-11-20T09:30:00+01:00
      method: [read]
      signatures:
        - {by: p-0042, name: Ingrid Solberg, meaning: read-and-understood, at: 2026-11-20T09:35:00+01:00}
    ```

    ## Accepted without any signature

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml"
    - document: SOP-014@1
      completed: 2026-11-20T09:30:00+01:00
      method: [read]
    ```
    """
    for claim in file.claims:
        missing = lacks(claim.signed)
        if missing:
            yield Problem(At(file.path, claim.signed.keys), missing)
