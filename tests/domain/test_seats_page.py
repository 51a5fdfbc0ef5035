"""A page of text with a body's history: read by line, planned against the register, entered once."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.domain.seats import entering, page
from governance.domain.seats import facts as f
from governance.domain.seats.entering import Plan
from governance.domain.seats.facts import End, How, Instrument, Limit, Method, Seat, SeatClass
from governance.domain.seats.page import Held
from governance.domain.seats.register import Register, enter
from governance.errors import MalformedError

TODAY = date(2026, 3, 1)
ONCE = "seat  S  elected  12 months  consecutive=1\n2020-01-01..2020-12-31  S  Ann  elected\n"
"""A seat that nobody holds twice in a row."""


def plan(text: str, register: Register | None = None, **members: str) -> Plan:
    return entering.plan(page.read(text.encode()), (register or Register()).book(), "group", TODAY, members)


def entered(text: str, register: Register | None = None) -> Register:
    made = plan(text, register)
    assert (made.mistakes, made.conflicts) == ((), ())
    return enter(register or Register(), made.facts, recorded=datetime(2026, 3, 1, 9, tzinfo=UTC), by="x")


def test_a_line_says_who_held_what_from_when_to_when_and_how_it_ended() -> None:
    read = page.read(
        b"2016-05-01..2019-04-30  Seat 1  Ann Example <ann@example.org>  elected  Vote of 2016-04-02  resigned\n"
    )

    (one,) = read.held
    assert (one.start, one.until) == (date(2016, 5, 1), date(2019, 5, 1))
    assert (one.person, one.member, one.seat) == ("Ann Example", "ann@example.org", "Seat 1")
    assert (one.instrument.how, one.instrument.day, one.end) == (How.ELECTION, date(2016, 4, 2), End.RESIGNED)


def test_tabs_and_remarks_are_fine() -> None:
    read = page.read(b"# of the minutes\n\n2016-05-01..\tSeat 1\tAnn\tappointed  # as far as we know\n")

    assert [(one.line, one.last, one.end) for one in read.held] == [(3, None, None)]


def test_a_seat_line_says_more() -> None:
    read = page.read(
        b"seat  Youth  elected  3 years  office=group  consecutive=2  partial-days=400  gap-days=90  lifetime=3  "
        b"anchor=2020-01-01  filling=countback, appointment  vacant-under=90  constituency=Youth  "
        b"reserved=youth:yes|true  vacancy-term=new  appointed-by=the Board  ratified-by=members  last-day=2030-01-01"
    )

    (one,) = read.seats
    assert one.rules.chosen is SeatClass.ELECTED
    assert (one.rules.months, one.rules.anchor, one.last) == (36, date(2020, 1, 1), date(2030, 1, 1))
    assert one.rules.filling == (Method.COUNTBACK, Method.APPOINTMENT)
    assert one.rules.reserved == {"youth": ("yes", "true")}
    assert (one.rules.limit.consecutive, one.rules.limit.lifetime, one.rules.remainder) == (2, 3, False)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("2016-05-01..2019-04-30  Seat 1  Ann", "it has 3 columns"),
        ("2016..2019  Seat 1  Ann  elected", "are no days"),
        ("2016-05-32..  Seat 1  Ann  elected", "no day of any calendar"),
        ("2019-05-01..2016-04-30  Seat 1  Ann  elected", "is before the first"),
        ("2016-05-01..2019-04-30  Seat 1  Ann  drawn", "not how one comes to a seat"),
        ("2016-05-01..2019-04-30  Seat 1  Ann  elected  Vote  tired", "not how a term ends"),
        ("2016-05-01..  Seat 1  Ann  elected  Vote  resigned", "but not the last day"),
        ("2016-05-01.. Seat 1  Ann  elected  Vote", "are no days"),
        ("seat  Seat 1  chosen", "one of elected"),
        ("seat  Seat 1  elected  forever", "says nothing of a seat"),
        ("seat  Seat 1  elected  consecutive=many", "is not a number; write one"),
        ("seat  Seat 1  elected  anchor=31 January", "anchor is a day: “31 January” is no day"),
        ("seat  Seat 1  elected  last-day=2024-02-30", "last-day is a day: “2024-02-30” is no day"),
        ("seat  Seat 1  elected  filling=lots", "no way to fill a vacancy"),
        ("seat  Seat 1  elected  vacancy-term=half", "“rest”"),
        ("body  One  Two", "a body line is"),
        (f"2016-05-01..  Seat 1  {'A' * 201}  elected", "too long"),
    ],
)
def test_what_is_wrong_is_said_by_line(line: str, why: str) -> None:
    read = page.read(f"# first\n{line}\n".encode())

    assert [one.line for one in read.mistakes] == [2]
    assert why in read.mistakes[0].why


@pytest.mark.parametrize("data", [b"", b"# nothing\n", b"\xff\xfe", b"x" * (page.MAX_BYTES + 1)], ids=range(4))
def test_what_is_no_page_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        page.read(data)


def test_gaps_become_vacancies_and_early_ends_keep_their_planned_end() -> None:
    made = entered(
        "seat  Seat 1  elected  24 months\n"
        "2020-01-01..2020-06-30  Seat 1  Ann  elected  Vote  resigned\n"
        "2020-09-01..2021-12-31  Seat 1  Bob  countback  remainder=yes\n"
        "2025-01-01..  Seat 1  Cy  elected\n"
    ).book()

    assert {day.isoformat(): one.cause for (_, day), one in made.vacant.items()} == {
        "2020-07-01": "resigned",
        "2022-01-01": "expired",
    }
    ann, bob, cy = made.of("group-seat-1")
    assert (ann.until, ann.end, bob.remainder) == (date(2022, 1, 1), date(2020, 7, 1), True)
    assert cy.until == date(2027, 1, 1), "the planned end follows from the rule"


def test_an_end_to_come_is_a_planned_end() -> None:
    made = entered("seat  Seat 1  elected\n2025-01-01..2026-12-31  Seat 1  Cy  elected\n").book()

    (cy,) = made.of("group-seat-1")
    assert (cy.until, cy.ended) == (date(2027, 1, 1), None)


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("2020-01-01..  Seat 1  Ann  elected\n2021-01-01..  Seat 1  Bob  elected\n", 2, "one holder at a time"),
        ("2020-01-01..  Seat 1  Ann <no@example.org>  elected\n", 1, "nobody on the members' list"),
        ("seat  Seat 2  elected\n2020-01-01..  Seat 1  Ann  elected\n", 1, "is it spelt so"),
        ("2026-01-01..2027-01-01  Seat 1  Ann  elected  Vote  died\n", 1, "still to come"),
        ("2020-01-01..2021-01-01  Seat 1  Ann  elected\n2020-01-01..  Seat, 1  Bob  elected\n", 2, "too like the name"),
        (
            ONCE + "2021-01-01..2021-12-31  S  Ann  elected\n",
            3,
            "has served 1 in a row",
        ),
    ],
)
def test_what_contradicts_is_said_by_line(text: str, line: int, why: str) -> None:
    made = plan(text)

    assert [one.line for one in made.conflicts if why in one.why] == [line]


def test_a_decision_that_is_named_allows_what_the_limit_does_not() -> None:
    made = plan(ONCE + "2021-01-01..2021-12-31  S  Ann  elected  Vote  exception=Board, 3 May 2020\n")

    assert made.conflicts == ()


def test_what_somebody_should_look_at_does_not_stop_the_page() -> None:
    made = plan("2020-01-01..  Seat 1  Ann  elected\n")

    assert ["is that so?" in made.doubts[0].why, "its end is left open" in made.doubts[1].why] == [True, True]
    assert "write 2021-12-31 as their last day" in made.doubts[1].why
    assert made.held[0].person == "Ann"


def test_a_second_page_adds_to_the_first_and_finds_the_same_people() -> None:
    first = entered("seat  Seat 1  elected\n2020-01-01..2021-12-31  Seat 1  Ann  elected\n")

    made = plan("2020-01-01..2021-12-31  seat 1  ANN  elected\n2022-01-01..2023-12-31  Seat 1  Ann  elected\n", first)

    assert (made.unchanged, len(made.held), made.people, made.seats) == (1, 1, (), ())
    again = plan("2020-01-01..2021-06-30  Seat 1  Ann  elected\n", first)
    assert "with another end (2022-01-01)" in again.conflicts[0].why
    other = plan("seat  Seat 1  elected  12 months\n2020-01-01..2021-12-31  Seat 1  Ann  elected\n", first)
    assert "with other rules" in other.conflicts[0].why


def test_a_member_is_one_person_whatever_the_page_calls_them() -> None:
    text = "2020-01-01..2021-12-31  Seat 1  Ann <m1>  elected\n2022-01-01..2023-12-31  Seat 1  Anna Example <m1>  elected\n"

    made = plan(text, m1="m1")

    assert made.people == ("Ann",)
    assert len({fact.person for fact in made.facts if hasattr(fact, "person")}) == 1


# ---- a line that is written ------------------------------------------------------------------------------------------

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Z", "C"]), min_size=1, max_size=8)
TEXTS = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))


@st.composite
def holdings(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> Held:
    start = draw(DAYS)
    last = draw(st.none() | st.dates(start, date(2100, 1, 1)))
    end = draw(st.none() | st.sampled_from([*page.ENDS.values()])) if last else None
    made = Instrument(draw(st.sampled_from([*page.HOWS.values()])), draw(st.just("") | texts))
    member, more = draw(st.just("") | st.just("m-4")), draw(st.just("") | texts)
    return Held(1, start, last, draw(texts), draw(texts), member, made, end, draw(st.booleans()), more)


@given(holdings(TEXTS))
def test_a_line_that_is_written_is_read_as_it_was_meant_or_refused(one: Held) -> None:
    try:
        line = page.write(one)
    except MalformedError:
        return

    (read,) = page.read(f"# first\n{line}\n".encode()).held
    assert replace(read, line=1, instrument=replace(read.instrument, day=None)) == one


@given(holdings(st.from_regex(r"[A-Z][a-z]{2,8}( [A-Z][a-z]{2,8}){1,2}", fullmatch=True)))
def test_ordinary_words_can_always_be_written(one: Held) -> None:
    assert page.read(page.write(one).encode()).mistakes == ()


@pytest.mark.parametrize(
    "changed",
    [
        {"person": "# Ann"},
        {"person": "Ann <b>"},
        {"instrument": Instrument(How.ELECTION, "resigned")},
        {"instrument": Instrument(How.ELECTION, "remainder=yes")},
        {"seat": "Seat  1"},
        {"exception": "a\tb"},
        {"person": ""},
        {"person": "A" * 201},
    ],
    ids=range(8),
)
def test_a_word_that_means_something_else_is_refused(changed: dict[str, Any]) -> None:
    one = Held(1, TODAY, TODAY, "Seat 1", "Ann", "", Instrument(How.ELECTION))
    assert page.write(one) == "2026-03-01..2026-03-01  Seat 1  Ann  elected"

    with pytest.raises(MalformedError, match="write it out more fully"):
        page.write(replace(one, **changed))


# ---- seats of one name, and the part of a line that is wrong ---------------------------------------------------------

TWINS = tuple(
    f.SeatCreated(name, "group", date(2020, 1, 1), Seat("Seat", SeatClass.ELECTED, limit=Limit(consecutive=1)))
    for name in ("e1", "e2")
)


def twins(*more: f.Fact) -> Register:
    return enter(Register(), [*TWINS, *more], recorded=datetime(2026, 3, 1, 9, tzinfo=UTC), by="x")


def test_a_seat_is_named_by_its_id_where_two_are_called_the_same() -> None:
    (wrong,) = plan("2020-01-01..2020-12-31  seat  Ann  elected\n", twins()).conflicts
    assert (wrong.why, wrong.part) == ("2 seats are called “seat”: write one of these instead: e1, e2", "seat")

    made = plan("2020-01-01..2020-12-31  e2  Ann  elected\n", twins())

    assert (made.conflicts, made.seats) == ((), ())
    assert [one.seat for one in made.facts if isinstance(one, f.Seated)] == ["e2"]


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("2019-01-01..2019-12-31  e1  Ann  elected", "start"),
        ("2021-06-01..2021-12-31  e2  Ann  elected", "exception"),
        ("2021-06-01..2022-12-31  e1  Bob  elected", "start"),
        ("2024-06-01..2025-12-31  e1  Bob  elected", "last"),
        ("2021-01-01..2023-12-31  e1  Ann  elected", "last"),
        ("2020-01-01..2026-12-31  e2  Bob  elected  Vote  resigned", "end"),
        ("2020-01-01..2020-12-31  e2  Bob <b@example.org>  elected", "member"),
    ],
)
def test_what_contradicts_names_the_part_of_the_line(line: str, part: str) -> None:
    """Ann sat in e1 for a year, and its rules allow one term in a row; e1 is no more from 2025 on."""
    rules = replace(TWINS[1].rules, office="group")
    register = enter(
        Register(),
        [
            replace(TWINS[0], rules=rules),
            replace(TWINS[1], rules=rules),
            f.SeatAbolished("e1", date(2025, 1, 1)),
            f.Named("p1", date(2021, 1, 1), "Ann"),
            f.Seated("h1", "e1", "p1", date(2021, 1, 1), date(2022, 1, 1), Instrument(How.EARLIER)),
        ],
        recorded=datetime(2026, 3, 1, 9, tzinfo=UTC),
        by="x",
    )

    assert [one.part for one in plan(line + "\n", register).conflicts] == [part]
