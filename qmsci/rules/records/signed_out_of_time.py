"""`signed-out-of-time`."""

from qmsci.change import AddedSignature
from qmsci.records.training import Completion
from qmsci.rule import Problem, Problems, When, rule


@rule(
    clause=("21 CFR 11.50(a)(2)", "21 CFR 11.10(e)", "EU GMP chapter 4"),
    fix="have the record signed anew, by a clock that is right",
    when=When.CHANGE,
)
def signed_out_of_time(added: AddedSignature) -> Problems:
    """
    A signature gives itself a time at which it cannot have been given.

    A time on a signature says when somebody stood up for what they signed. One that lies in the future, or before the
    training that it vouches for, was not the time of signing: the clock was wrong, or the record was prepared.

    Flagged is a signature dated later than the day of the change, and one on a new completion that is dated on an
    earlier day than the training was completed. Days are those of the policy's time zone.

    ## Flagged on 2026-11-22

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (new)"
    - document: SOP-014@1
      completed: 2026-11-22T09:30:00+01:00
      method: [read]
      signatures:
        - by: p-0042
          name: Ingrid Solberg
          meaning: read-and-understood
          at: 2026-11-21T23:59:59+01:00  # <- signed on 2026-11-21, before the training of 2026-11-22
    ```

    ## Flagged on 2026-11-22 when it is signed ahead

    ```yaml title="training-records/waivers/p-0042/SOP-014.yaml (new)"
    - document: SOP-014@1
      reason: Holds the supplier's certificate
      evidence: certificate 4711
      from: 2026-12-01
      until: 2027-11-30
      by: p-0003
      signatures:
        - by: p-0003
          name: Astrid Halvorsen
          meaning: approved
          at: 2026-12-01T09:30:00+01:00  # <- signed on 2026-12-01, after the day of the change, 2026-11-22
    ```

    ## Accepted on 2026-11-22

    ```yaml title="training-records/completions/p-0042/SOP-014.yaml (new)"
    - document: SOP-014@1
      completed: 2026-11-22T09:30:00+01:00
      method: [read]
      signatures:
        - {by: p-0042, name: Ingrid Solberg, meaning: read-and-understood, at: 2026-11-22T09:29:00+01:00}
    ```

    ## Accepted on 2026-11-22 when the evaluator signs days later

    ```yaml title="training-records/completions/p-0042/WI-031.yaml (new)"
    - document: WI-031@1
      completed: 2026-11-20T09:30:00+01:00
      method: [practical]
      practical: {evaluator: p-0007, outcome: competent}
      signatures:
        - {by: p-0042, name: Ingrid Solberg, meaning: performed, at: 2026-11-20T09:35:00+01:00}
        - {by: p-0007, name: Bo Lie, meaning: evaluated, at: 2026-11-22T10:00:00+01:00}
    ```
    """
    change, day, record = added.change, added.day, added.record
    if day is None:
        return
    if day > change.day:
        yield Problem(added.at("at"), f"signed on {day}, after the day of the change, {change.day}")
    elif added.is_new and isinstance(record, Completion):
        completed = change.law.day_of(record.completed)
        if day < completed:
            yield Problem(added.at("at"), f"signed on {day}, before the training of {completed}")
