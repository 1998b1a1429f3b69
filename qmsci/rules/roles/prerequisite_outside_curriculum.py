"""`prerequisite-outside-curriculum`."""

from qmsci.matrix import documents_for
from qmsci.programme import circles
from qmsci.records.role import Role
from qmsci.rule import Problem, Problems, rule
from qmsci.snapshot import Snapshot


@rule(
    clause=("21 CFR 211.25(a)", "ISO 13485:2016 6.2"),
    fix="let the role require it, or take it out of the role's prerequisites",
)
def prerequisite_outside_curriculum(role: Role, snapshot: Snapshot) -> Problems:
    """
    A role's prerequisites name a document that the role does not require, or go round in a circle.

    Nobody is assigned what a role does not require, so whoever takes the role on is held up by training that nobody
    asks for. In a circle each document waits for the other, and nobody ever gets to work alone.

    Asked of the keys of `prerequisites` and of the documents that they list. A role requires what governs the
    activities that it performs or operates, and what it lists under `requires`. What is not there at all is
    `unknown-reference`; of a document that cannot be read nothing is said.

    ## Flagged

    ```markdown title="controlled-docs/wi/WI-031.md"
    ---
    id: WI-031
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    In the order shown.
    ```

    ```markdown title="controlled-docs/trn/TRN-002.md"
    ---
    id: TRN-002
    title: Aseptic technique
    owner: operator
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    In the order shown.
    ```

    ```markdown title="controlled-docs/sop/SOP-020.md"
    ---
    id: SOP-020
    title: Hygiene
    owner: operator
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    In the order shown.
    ```

    ```yaml title="roles/operator.yaml"
    id: operator
    title: Operator
    purpose: Fills vials.
    performs: [gowning]
    requires: [SOP-020]
    prerequisites:
      WI-031: [SOP-020, TRN-002]  # <- operator does not require TRN-002, which is to come before WI-031
    ```

    ## Accepted

    ```markdown title="controlled-docs/wi/WI-031.md"
    ---
    id: WI-031
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    In the order shown.
    ```

    ```markdown title="controlled-docs/trn/TRN-002.md"
    ---
    id: TRN-002
    title: Aseptic technique
    owner: operator
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    In the order shown.
    ```

    ```markdown title="controlled-docs/sop/SOP-020.md"
    ---
    id: SOP-020
    title: Hygiene
    owner: operator
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    In the order shown.
    ```

    ```yaml title="roles/operator.yaml"
    id: operator
    title: Operator
    purpose: Fills vials.
    performs: [gowning]
    requires: [SOP-020, TRN-002]
    prerequisites:
      WI-031: [SOP-020, TRN-002]
    ```

    ## Flagged

    ```markdown title="controlled-docs/wi/WI-031.md"
    ---
    id: WI-031
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    In the order shown.
    ```

    ```markdown title="controlled-docs/trn/TRN-002.md"
    ---
    id: TRN-002
    title: Aseptic technique
    owner: operator
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    In the order shown.
    ```

    ```yaml title="roles/operator.yaml"
    id: operator
    title: Operator
    purpose: Fills vials.
    performs: [gowning]
    requires: [TRN-002]
    prerequisites:
      WI-031: [TRN-002]
      TRN-002: [WI-031]  # <- TRN-002 comes before itself: TRN-002, WI-031, TRN-002
    ```

    ## Accepted

    ```markdown title="controlled-docs/wi/WI-031.md"
    ---
    id: WI-031
    title: Aseptic gowning
    owner: operator
    governs: [gowning]
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    In the order shown.
    ```

    ```markdown title="controlled-docs/trn/TRN-002.md"
    ---
    id: TRN-002
    title: Aseptic technique
    owner: operator
    revisions:
      - {revision: 1, effective: 2026-01-10, summary: First issue., impact: retrain, authors: [p-0007]}
    ---
    In the order shown.
    ```

    ```yaml title="roles/operator.yaml"
    id: operator
    title: Operator
    purpose: Fills vials.
    performs: [gowning]
    requires: [TRN-002]
    prerequisites:
      WI-031: [TRN-002]
    ```
    """
    required = {document.id for document in documents_for(snapshot, role)}
    for document, earlier in role.prerequisites.items():
        if _is_foreign(snapshot, document, required):
            message = f"{role.id} does not require {document}, for which it names prerequisites"
            yield Problem(snapshot.at(role, "prerequisites", document), message)
        for index, name in enumerate(earlier):
            if _is_foreign(snapshot, name, required):
                message = f"{role.id} does not require {name}, which is to come before {document}"
                yield Problem(snapshot.at(role, "prerequisites", document, index), message)
    for circle in circles(role.prerequisites):
        way = _way_round(role, circle)
        message = f"{way[0]} comes before itself: {', '.join(way)}"
        yield Problem(snapshot.at(role, "prerequisites", way[0]), message)


def _is_foreign(snapshot: Snapshot, document: str, required: set[str]) -> bool:
    """Whether a document is there and a role does not require it."""
    return document not in required and document in snapshot.documents


def _way_round(role: Role, circle: list[str]) -> list[str]:
    """A shortest way from the first document of a circle, by what comes before, back to it."""
    first, ways, seen = circle[0], [[circle[0]]], set[str]()
    for way in ways:  # which grows meanwhile
        for name in role.prerequisites[way[-1]]:
            if name == first:
                return [*way, first]
            if name in circle and name not in seen:
                seen.add(name)
                ways.append([*way, name])
    raise AssertionError(f"no way leads back to {first}")
