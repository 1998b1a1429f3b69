"""`waiver-incomplete`."""

from qmsci.change import Added
from qmsci.finding import At
from qmsci.records.training import Waiver
from qmsci.rule import Problem, Problems, When, rule


@rule(
    clause=("21 CFR 211.25(a)", "ISO 13485:2016 6.2"),
    fix="complete the waiver: reason, evidence, an end, and somebody else who grants it",
    when=When.CHANGE,
)
def waiver_incomplete(added: Added[Waiver]) -> Problems:
    """
    A waiver lacks a reason, its evidence, an end, or somebody else who grants it.

    A waiver says that somebody may work without having been trained. Without evidence it is a wish, without an end
    it is a rule, and granted by its beneficiary it is a way around all the others.

    It is granted by a person of the quality system who is not the beneficiary. One that is signed, and one by which
    somebody evaluates others, must be the quality unit's (`signer-not-entitled`, `evaluator-not-qualified`). It ends on
    the day on which it begins, or later.

    ## Flagged on 2026-11-22

    ```yaml title="roles/people/p-0003.yaml"
    id: p-0003
    name: Astrid Halvorsen
    kind: employee
    employed: {from: 2024-03-01}
    roles:
      - {role: quality-assurance, from: 2024-03-01}
    ```

    ```yaml title="training-records/waivers/p-0042/SOP-014.yaml (new)"
    - document: SOP-014@1  # <- the waiver of SOP-014@1 for p-0042 has no 'until'
      reason: Holds the supplier's certificate
      evidence: certificate 4711
      from: 2026-11-20
      by: p-0003
    ```

    ## Accepted on 2026-11-22

    ```yaml title="roles/people/p-0003.yaml"
    id: p-0003
    name: Astrid Halvorsen
    kind: employee
    employed: {from: 2024-03-01}
    roles:
      - {role: quality-assurance, from: 2024-03-01}
    ```

    ```yaml title="training-records/waivers/p-0042/SOP-014.yaml (new)"
    - document: SOP-014@1
      reason: Holds the supplier's certificate
      evidence: certificate 4711
      from: 2026-11-20
      until: 2027-11-20
      by: p-0003
    ```

    ## Flagged on 2026-11-22

    ```yaml title="roles/people/p-0003.yaml"
    id: p-0003
    name: Astrid Halvorsen
    kind: employee
    employed: {from: 2024-03-01}
    roles:
      - {role: quality-assurance, from: 2024-03-01}
    ```

    ```yaml title="training-records/waivers/p-0042/SOP-014.yaml (new)"
    - document: SOP-014@1
      reason: Holds the supplier's certificate
      evidence: certificate 4711
      from: 2026-11-20
      until: 2027-11-20
      by: p-0042  # <- p-0042 waives their own training
    ```

    ## Accepted on 2026-11-22

    It is good for one day.

    ```yaml title="roles/people/p-0003.yaml"
    id: p-0003
    name: Astrid Halvorsen
    kind: employee
    employed: {from: 2024-03-01}
    roles:
      - {role: quality-assurance, from: 2024-03-01}
    ```

    ```yaml title="training-records/waivers/p-0042/SOP-014.yaml (new)"
    - document: SOP-014@1
      reason: Holds the supplier's certificate
      evidence: certificate 4711
      from: 2026-11-20
      until: 2026-11-20
      by: p-0003
    ```
    """
    waiver, path, index = added.entry, added.path, added.index
    for key in ("reason", "evidence", "until", "by"):
        if getattr(waiver, key) is None:
            message = f"the waiver of {waiver.document} for {added.person} has no '{key}'"
            yield Problem(At(path, (index, "document")), message)
    if waiver.until and waiver.until < waiver.from_:
        yield Problem(At(path, (index, "until")), f"the waiver ends on {waiver.until}, before it begins")
    if waiver.by == added.person:
        yield Problem(At(path, (index, "by")), f"{added.person} waives their own training")
