"""The kinds of quality event that `qmsci new` starts: what can be given, what must be, and what a person adds later."""

from __future__ import annotations

from dataclasses import dataclass

#: What a management review looks at (ISO 13485:2016 5.6.2), in a few words each.
INPUTS = (
    "feedback",
    "complaints",
    "reports to authorities",
    "audits",
    "how processes perform",
    "whether products conform",
    "corrective actions",
    "preventive actions",
    "actions of earlier reviews",
    "changes that may affect the quality system",
    "proposals for improvement",
    "new and revised regulation",
)

_CLASSIFICATION = "classification: …  # minor | major | critical"
_CAUSE = "root-cause: {category: …, method: …, summary: …}"
_INVESTIGATED = ("immediate-actions: …", "investigation: …", "scope: …  # what else was looked at", _CAUSE)
_DEPARTED = (
    "description: …",
    "discovered: …  # when somebody noticed, where that is not when it occurred",
    "due: …",
    _CLASSIFICATION,
    *_INVESTIGATED,
    "conclusion: …",
    "evidence: …  # where all this is seen",
)
_ACTIONS = """\
actions:  # training | document | other
  - {id: 1, kind: training, documents: [SOP-…], people: […], roles: […], due: …}
  - {id: 2, kind: document, document: SOP-…@…, due: …, done: …}"""
_OWNED_ACTIONS = """\
actions:  # training | document | other
  - {id: 1, kind: training, owner: …, documents: [SOP-…], people: […], roles: […], opened: …, due: …}
  - {id: 2, kind: document, owner: …, document: SOP-…@…, due: …, done: …}
# who is to be trained is suspended from `opened` on, the CAPA's own `opened` where it is left out"""
_EFFECTIVENESS = """\
effectiveness:  # fixed before the actions are done
  criterion: …
  period: 90 days
  assessor: …
  checks: [{on: …, outcome: …, summary: …}]  # effective | not-effective | inconclusive"""
_DECISION = 'capa: CAPA-…  # or no-capa: "why none is needed"'
_CLOSURE = "closed: …\nclosed-by: …"


@dataclass(frozen=True, slots=True)
class KindOfEvent:
    """The options that a kind has beyond those of every event, those that it needs, and what is left to a person."""

    options: tuple[str, ...]
    needs: tuple[str, ...]
    left: tuple[str, ...]


#: The options of every event.
EVERY = ("title", "id", "owner", "person", "source", "due")
_INVOLVED = ("document", "activity", "batch", "classification")
#: What can be started, by the prefix of its id.
STARTED = {
    "DEV": KindOfEvent(
        ("occurred", *_INVOLVED),
        ("title",),
        (*_DEPARTED, _ACTIONS, _DECISION, _CLOSURE),
    ),
    "NCR": KindOfEvent(
        ("occurred", *_INVOLVED),
        ("title",),
        (
            *_DEPARTED,
            _ACTIONS,
            "disposition: {decision: …, on: …, by: …, rationale: …}  # use-as-is | rework | scrap | return",
            _DECISION,
            _CLOSURE,
        ),
    ),
    "CMP": KindOfEvent(
        _INVOLVED,
        ("title",),
        (
            "received: …\nreporter: …\nproduct: …\nreportable: …  # true | false",
            _CLASSIFICATION,
            *_INVESTIGATED,
            _DECISION,
            _CLOSURE,
        ),
    ),
    "AUD": KindOfEvent(
        (*_INVOLVED, "audit", "criterion", "auditor"),
        ("title",),
        (
            "classification: …  # observation | minor | major | critical",
            "audit: …",
            "criterion: …",
            "auditor: …",
            "response: …\naccepted: …\naccepted-by: …",
            _CAUSE,
            _ACTIONS,
            _DECISION,
            "verified: …  # by somebody who is independent of the work\nverified-by: …",
        ),
    ),
    "GAP": KindOfEvent(
        ("document", "batch", "classification", "period-from", "period-to"),
        ("person", "document"),
        (_CLASSIFICATION, _CAUSE, _ACTIONS, _DECISION, _CLOSURE),
    ),
    "CAPA": KindOfEvent(
        _INVOLVED,
        ("title", "owner"),
        (
            _CLASSIFICATION,
            "risk: …  # low | medium | high",
            _CAUSE,
            _OWNED_ACTIONS,
            _EFFECTIVENESS,
            _CLOSURE,
        ),
    ),
    "VAL": KindOfEvent(
        ("document", "activity", "batch", "protocol"),
        ("title", "activity", "protocol"),
        ("report: …", "pq-completed: …", "released: …\nreleased-by: …"),
    ),
    "MR": KindOfEvent(("period-from", "period-to"), (), ("decisions: […]", _ACTIONS, _CLOSURE)),
}
