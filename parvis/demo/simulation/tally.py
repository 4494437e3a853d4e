"""What a played day counts that no row of the town says."""

from dataclasses import dataclass, field


@dataclass
class Tally:
    """Counted while the day is played; everything else is read from the rows afterwards."""

    orders_wished: int = 0
    orders_refused: int = 0
    no_window: int = 0
    wrong_scans_refused: int = 0
    wrong_crates_refused: int = 0
    mixups: int = 0
    mixups_caught: int = 0
    missorted: int = 0
    plans_published: int = 0
    plans_refused: int = 0
    plan_violations: int = 0
    wave_seconds: list[float] = field(default_factory=list)
    replan_seconds: list[float] = field(default_factory=list)
    metres: int = 0
    by_bike: dict[str, int] = field(default_factory=dict)
    breakdowns: int = 0
    reported_missing: int = 0
    rebooked: int = 0
    unserved: int = 0
    sold_out: int = 0
    refusals: list[str] = field(default_factory=list)
