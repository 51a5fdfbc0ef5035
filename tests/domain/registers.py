"""A small register, and facts for it: two seats of one body, three people."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from governance.domain.seats import facts as f
from governance.domain.seats.facts import How, Instrument, Limit, Seat, SeatClass
from governance.domain.seats.register import Register, Wish, enter
from governance.domain.seats.terms import months_later

BEGIN = date(2020, 1, 1)
VOTE = Instrument(How.ELECTION, "Vote of 2019", date(2019, 12, 1))
DAYS = st.integers(0, 9 * 365).map(lambda days: BEGIN + timedelta(days=days))
RULES = Seat("Seat", SeatClass.ELECTED, office="board", months=24, limit=Limit(consecutive=2))


def on(year: int, month: int = 1, day: int = 1) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)


START = on(2020)


def a_register(*facts: f.Fact | Wish, rules: Seat = RULES, recorded: datetime = START) -> Register:
    """Two seats of one body, and three people."""
    made = enter(
        Register(),
        [
            f.BodyRuled("group", BEGIN, "Group"),
            f.SeatCreated("s1", "group", BEGIN, replace(rules, name="Seat 1")),
            f.SeatCreated("s2", "group", BEGIN, replace(rules, name="Seat 2")),
            *(f.Named(f"p{i}", BEGIN, name, f"m{i}") for i, name in enumerate(("Ann", "Bob", "Cy"), 1)),
        ],
        recorded=on(2020),
        by="secretary",
    )
    return enter(made, facts, recorded=recorded, by="secretary", second="officer") if facts else made


def seated(holding: str = "h1", seat: str = "s1", person: str = "p1", start: date = BEGIN, **more: object) -> f.Seated:
    told: dict[str, object] = {"until": months_later(start, 24), "instrument": VOTE, **more}
    return f.Seated(holding, seat, person, start, **told)  # type: ignore[arg-type]


def an_offer(**more: object) -> f.Offered:
    told: dict[str, object] = {"until": date(2022, 1, 1), "instrument": VOTE, **more}
    return f.Offered("h1", "s1", "p1", date(2019, 12, 5), BEGIN, **told)  # type: ignore[arg-type]
