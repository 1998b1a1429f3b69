"""`signer-not-entitled`."""

from qmsci.authorisation import in_quality_unit
from qmsci.change import Added
from qmsci.finding import At
from qmsci.records.training import Completion, Rejection
from qmsci.rule import Problem, Problems, When, rule


@rule(
    clause=("21 CFR 11.10(g)", "21 CFR 211.22(a)"),
    fix="have somebody of the quality unit do it, and name them",
    when=When.CHANGE,
)
def signer_not_entitled(added: Added[Completion] | Added[Rejection]) -> Problems:
    """
    Somebody decides what only the quality unit may decide.

    A rejection takes away what a record is worth, and the origin of a migrated record takes away the questions that are
    asked of any other. Either is as good as the person who stands for it: a holder of one of the policy's quality-unit
    roles on the day of the change, by what the base says of people.

    ## Flagged

    ```yaml title="roles/people/p-0042.yaml"
    id: p-0042
    name: Ingrid Solberg
    kind: employee
    employed: {from: 2024-03-01}
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (new)"
    - document: SOP-014@1
      completed: 2024-03-04T09:30:00+01:00
      method: [read]
      origin: {system: moodle, reference: "4711", verified-by: p-0042}  # <- p-0042 is not of the quality unit
    ```

    ## Accepted

    ```yaml title="roles/people/p-0003.yaml"
    id: p-0003
    name: Astrid Halvorsen
    kind: employee
    employed: {from: 2024-01-15}
    roles: [{role: quality-assurance, from: 2024-01-15}]
    ```

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (new)"
    - document: SOP-014@1
      completed: 2024-03-04T09:30:00+01:00
      method: [read]
      origin: {system: moodle, reference: "4711", verified-by: p-0003}
    ```
    """
    entry, change = added.entry, added.change
    if isinstance(entry, Rejection):
        person, place, does = entry.by, At(added.path, (added.index, "by")), "rejects an entry"
        if not entry.entries:
            yield Problem(
                At(added.path, (added.index, "rejects")), "no entry of this file has the digest that it rejects"
            )
    elif entry.origin:
        place, does = At(added.path, (added.index, "origin", "verified-by")), "verifies a migrated record"
        if entry.origin.verified_by is None:
            yield Problem(place, "nobody verified the migrated record: 'verified-by' is missing")
            return
        person = entry.origin.verified_by
    else:
        return
    if not in_quality_unit(change.law, person, change.day) and not change.law.unreadable_below(
        f"roles/people/{person}.yaml"
    ):
        yield Problem(place, f"{person} is not of the quality unit on {change.day} and {does}")
