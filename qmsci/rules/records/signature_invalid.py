"""`signature-invalid`."""

from qmsci.finding import At
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot
from qmsci.verdicts import SignedFile
from qmsci.verification import wrong_words


@rule(
    clause=("21 CFR 11.70", "21 CFR 11.10(a)", "EU GMP Annex 11, 14"),
    fix="restore the record as it was signed, or have it signed as it is",
)
def signature_invalid(file: SignedFile, snapshot: Snapshot) -> Problems:
    """
    A signature does not verify over its record as it stands.

    What is signed cannot be altered, nor a signature moved to another record, without breaking it. So the record does
    not say what was signed, or the signature was never given for it: it proves nothing, and somebody should ask why.

    The signature is made anew by nobody but its signer. It covers the record without its signatures and without
    `late`, the `by`, `name`, `meaning` and `at` beside it, and for completions and waivers the person of the path. It
    must be by the key that it names, and agree with what the record itself says of who signs and when. Whether that key
    is the signer's is for `key-not-valid` to say. `qmsci verify` looks at the same, with the keys, over everything.

    ## Flagged

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml"
    - document: SOP-014@1
      completed: 2026-11-19T09:30:00+01:00
      method: [read]
      signatures:
        - by: p-0042
          name: Ingrid Solberg
          meaning: read-and-understood
          at: 2026-11-20T09:35:00+01:00
          key: "SHA256:OfcJuFzRA9ZbDYhma3FiMlz51BDU7NsMVvaDBYyyBLU"
          signature: U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgq8CbheaT1mW8vq+q9HEFLMrwRLLCweoF2H17lbNdLJ8AAAAFcW1zY2kAAAAAAAAABnNoYTUxMgAAAFMAAAALc3NoLWVkMjU1MTkAAABAxB86b1d0U4e+UuoWAFTRhiufXszuhX+ptBLW/R+2kN6JBPGtKy1RjOvZWGlAGjzDWvmRzU3280N9bx+iN9gzDQ==  # <- does not verify: it is not the signature of what the record says now
    ```

    ## Accepted

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
          signature: U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgq8CbheaT1mW8vq+q9HEFLMrwRLLCweoF2H17lbNdLJ8AAAAFcW1zY2kAAAAAAAAABnNoYTUxMgAAAFMAAAALc3NoLWVkMjU1MTkAAABAxB86b1d0U4e+UuoWAFTRhiufXszuhX+ptBLW/R+2kN6JBPGtKy1RjOvZWGlAGjzDWvmRzU3280N9bx+iN9gzDQ==
    ```
    """  # noqa: E501 (a signature is on one line)
    for claim in file.claims:
        said = wrong_words(claim) if claim.signed.is_whole else None
        if said:
            yield Problem(At(file.path, (*claim.signed.keys, "signature")), said)
