"""The metrics of the quality system, each defined once; what `qmsci report management-review` shows of a period."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from qmsci.metrics import events, records, training
from qmsci.metrics.measured import Better, Figure, Metric, Period, Reading, Unit

#: All metrics, in the order in which they are shown.
METRICS: tuple[Metric, ...] = (
    training.training_currency,
    training.trained_before_effective,
    training.assignment_lag,
    training.time_to_complete,
    training.overdue,
    training.gap_frequency,
    training.gap_days,
    training.first_attempt_pass_rate,
    training.refresher_lapse_rate,
    training.waiver_load,
    training.coverage,
    training.capa_retraining_closure,
    events.effectiveness_pass_rate,
    events.repeat_events_after_retraining,
    events.deviations_with_training_cause,
    events.events_opened,
    events.events_closed,
    events.events_open,
    events.open_capas,
    events.actions_overdue,
    records.revisions_effective,
    records.reviews_overdue,
    records.late_entries,
    records.rejected_entries,
)


class Trend(StrEnum):
    """How a figure moved against the period before; unknown where one of them has nothing to count."""

    UP = "up"
    DOWN = "down"
    SAME = "same"
    UNKNOWN = "unknown"


#: No conclusion is drawn from a trend of fewer than this.
FEW = 10


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric in a period and in the one before."""

    metric: Metric
    now: Reading
    before: Reading

    @property
    def trend(self) -> Trend:
        """How it moved, as far as the figures that are shown tell."""
        now, before = self.now.figure.value, self.before.figure.value
        if now is None or before is None:
            return Trend.UNKNOWN
        change = round(now, 1) - round(before, 1)
        return Trend.SAME if not change else Trend.UP if change > 0 else Trend.DOWN

    @property
    def better(self) -> bool | None:
        """Whether it moved the better way; None where it did not move, or where neither way is better."""
        if self.metric.better is None or self.trend not in (Trend.UP, Trend.DOWN):
            return None
        return (self.trend is Trend.UP) is (self.metric.better is Better.MORE)

    @property
    def few(self) -> bool:
        """Whether both periods together have fewer than ten of what it counts: of a share, of the rarer outcome."""
        return sum(_things(reading.figure) for reading in (self.now, self.before)) < FEW


def _things(figure: Figure) -> int:
    """How many things a figure rests on."""
    if figure.unit is Unit.COUNT:
        return int(figure.value or 0)
    if figure.unit is Unit.DAYS:
        return figure.denominator or 0
    numerator, denominator = figure.numerator or 0, figure.denominator or 0
    return min(numerator, denominator - numerator)


def measure(period: Period, earlier: Period) -> tuple[Measured, ...]:
    """Every metric in a period and in an earlier one."""
    return tuple(Measured(metric, metric.read(period), metric.read(earlier)) for metric in METRICS)
