"""The register of seats: as it stood, what falls due, terms and their limits, the filling of a seat."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.domain.eligibility.facts import Term
from governance.domain.eligibility.of_offices import in_a_row
from governance.domain.seats import facts as f
from governance.domain.seats import terms
from governance.domain.seats.book import Book
from governance.domain.seats.facts import End, Limit, Method, Seat
from governance.domain.seats.filling import Place, assign, remainder, way
from governance.domain.seats.register import Register, enter
from governance.domain.seats.standing import as_it_stood, balance, falls_due
from governance.errors import NotFoundError
from tests.domain.registers import BEGIN, DAYS, RULES, a_register, on, seated

# ---- as it stood, and what falls due ---------------------------------------------------------------------------------


def test_a_group_stood_differently_on_different_days() -> None:
    made = a_register(
        seated(),
        seated("h2", person="p2", start=date(2022, 1, 1)),
        f.Named("p2", date(2023, 1, 1), "Roberta"),
        f.Ended("h2", date(2023, 6, 1), End.RESIGNED),
        f.Planned("s1", date(2023, 6, 1), Method.COUNTBACK),
        recorded=on(2023, 7),
    )

    def who(day: date) -> list[str]:
        return [one.holder for one in as_it_stood(made, "group", day).places]

    assert who(date(2019, 12, 31)) == []
    assert who(BEGIN) == who(date(2021, 12, 31)) == ["Ann", ""]
    assert who(date(2022, 1, 1)) == ["Bob", ""]
    assert who(date(2023, 5, 31)) == ["Roberta", ""]
    one = as_it_stood(made, "group", date(2023, 6, 1)).places[0]
    assert (one.holder, one.cause, one.planned) == ("", "resigned", Method.COUNTBACK)
    with pytest.raises(NotFoundError):
        as_it_stood(made, "another", BEGIN)


def test_an_alternate_stands_beside_its_seat() -> None:
    made = a_register(seated(), seated("h2", seat="s2", person="p2"))
    made = enter(
        made, [f.SeatChanged("s2", date(2021, 1, 1), replace(RULES, name="Alternate", alternate_of="s1"))],
        recorded=on(2021), by="x",
    )  # fmt: skip

    assert as_it_stood(made, "group", date(2021, 6, 1)).places[0].alternates == ("Bob",)
    assert as_it_stood(made, "group", date(2020, 6, 1)).places[0].alternates == ()


def test_what_falls_due_is_known_years_ahead() -> None:
    made = a_register(seated(), seated("h2", start=date(2022, 1, 1)), seated("h3", "s2", "p2", date(2021, 1, 1)))

    found = falls_due(made.book(), "group", date(2021, 6, 1), 5)

    assert [(one.day, one.seat, one.holder, one.planned) for one in found] == [
        (date(2022, 1, 1), "s1", "Ann", True),
        (date(2023, 1, 1), "s2", "Bob", True),
        (date(2024, 1, 1), "s1", "Ann", True),
        (date(2025, 1, 1), "s2", "", False),
        (date(2026, 1, 1), "s1", "", False),
    ]
    again = [one.again.allowed if one.again else None for one in found]
    assert again == [True, True, False, None, None]


def test_ten_comes_after_nine() -> None:
    made = enter(
        Register(),
        [f.SeatCreated(f"seat-{i}", "group", BEGIN, RULES) for i in (10, 9, 1)],
        recorded=on(2020), by="x",
    )  # fmt: skip

    assert [one.seat for one in as_it_stood(made, "group", BEGIN).places] == ["seat-1", "seat-9", "seat-10"]


# ---- terms -----------------------------------------------------------------------------------------------------------

SPANS = st.lists(st.tuples(st.integers(1, 900), st.integers(0, 300)), max_size=6)


@given(SPANS, st.integers(0, 400), st.integers(0, 400), st.integers(1, 3), st.integers(0, 4), st.integers(0, 2000))
def test_the_calculator_says_what_eligibility_says_and_its_earliest_day_is_the_earliest(
    spans: list[tuple[int, int]], partial: int, gap: int, consecutive: int, lifetime: int, later: int
) -> None:
    at, held = BEGIN, []
    for days, pause in spans:
        held.append(Term(at, at + timedelta(days=days)))
        at += timedelta(days=days + pause)
    limit = Limit(consecutive, max(lifetime, consecutive) if lifetime else 0, partial, gap)
    served = [terms.Served(one) for one in held]
    day = at + timedelta(days=later)

    told = terms.again(limit, served, day)

    assert told.row == in_a_row(held, day, partial, gap)
    assert told.allowed is (told.earliest == day)
    if told.earliest and not told.allowed:
        assert terms.within(limit, served, told.earliest)
        assert not terms.within(limit, served, told.earliest - timedelta(days=1))
    if told.earliest is None:
        assert not terms.within(limit, served, day + timedelta(days=5000))


def test_an_answer_has_rule_facts_and_a_sentence() -> None:
    limit = Limit(consecutive=2, lifetime=4, partial_days=365)
    served = [
        terms.Served(Term(date(2020, 1, 1), date(2022, 1, 1))),
        terms.Served(Term(date(2022, 1, 1), date(2024, 1, 1))),
    ]

    told = terms.again(limit, served, date(2024, 1, 1))

    assert told.why == (
        "They may not: served 2 in a row and 2 in all before 2024-01-01; the rule says: at most 2 in a row and 4 in all "
        "(terms of up to 365 days do not count)."
    )
    assert told.earliest == date(2024, 2, 2)
    assert terms.again(Limit(), served, date(2024, 1, 1)).rule == "there is no limit of terms"


def test_the_rest_of_anothers_term_can_be_exempt() -> None:
    served = [terms.Served(Term(date(2020, 1, 1), date(2022, 1, 1)), remainder=True)]

    assert terms.in_a_row(Limit(2), served, date(2022, 1, 1)) == 1
    assert terms.in_a_row(Limit(2, remainder_exempt=True), served, date(2022, 1, 1)) == 0


def test_a_term_without_an_end_never_ends_a_row() -> None:
    told = terms.again(Limit(1), [terms.Served(Term(date(2020, 1, 1)))], date(2024, 1, 1))

    assert (told.allowed, told.earliest) == (False, None)


@given(st.integers(1, 60), DAYS, DAYS)
def test_every_day_lies_in_one_regular_term(months: int, anchor: date, day: date) -> None:
    rules = replace(RULES, months=months, anchor=anchor)

    cycle = terms.regular(rules, day)

    assert cycle is not None
    assert cycle[0] <= day < cycle[1]
    assert terms.regular(rules, cycle[1]) == (cycle[1], terms.months_later(anchor, _turns(anchor, cycle[1], months)))
    assert terms.ends(rules, day) == cycle[1]


def _turns(anchor: date, day: date, months: int) -> int:
    turns = next(n for n in range(-200, 2000) if terms.months_later(anchor, n * months) == day)
    return (turns + 1) * months


def test_a_month_has_as_many_days_as_it_has() -> None:
    assert terms.months_later(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert terms.months_later(date(2023, 12, 31), 2) == date(2024, 2, 29)
    assert terms.ends(replace(RULES, months=0), BEGIN) is None


# ---- filling ---------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(1, 5), max_size=6), st.integers(0, 7))
def test_the_longest_terms_go_to_the_first(years: list[int], winners: int) -> None:
    places = [Place(f"s{i}", BEGIN, date(2020 + n, 1, 1)) for i, n in enumerate(years)]
    elected = [f"c{i}" for i in range(winners)]

    given_ = assign(elected, places)

    assert [who for who, _ in given_] == elected[: len(places)]
    ends = [one.end for _, one in given_]
    assert ends == sorted((one.end for one in places), reverse=True)[: len(given_)]  # type: ignore[type-var]
    assert len({one.seat for _, one in given_}) == len(given_)


def vacated(rules: Seat, day: date) -> Book:
    made = a_register(seated(), f.Ended("h1", day, End.RESIGNED), rules=rules, recorded=on(2022))
    return made.book()


def test_a_vacancy_is_filled_as_the_rule_says() -> None:
    rules = replace(RULES, filling=(Method.COUNTBACK, Method.BY_ELECTION), vacant_under=90)
    book = vacated(rules, date(2021, 1, 1))
    gap = next(one for one in book.gaps("s1"))

    asked = way(book, gap, date(2021, 1, 10), counted=True)

    assert (asked.method, asked.others) == (Method.COUNTBACK, (Method.BY_ELECTION,))
    assert (asked.term.start, asked.term.end) == (date(2021, 1, 10), date(2022, 1, 1))
    assert remainder(book, gap, date(2021, 1, 10))
    assert way(book, gap, date(2021, 1, 10)).method is Method.BY_ELECTION
    assert way(book, gap, date(2021, 1, 10), failed=[Method.BY_ELECTION]).method is None
    assert way(book, gap, date(2021, 10, 4), counted=True).method is Method.LEFT_VACANT
    assert way(book, gap, date(2021, 10, 3), counted=True).method is Method.COUNTBACK
    assert "89 days of the term remain" in way(book, gap, date(2021, 10, 4)).why


def test_a_new_term_begins_where_the_rule_says_so_or_the_term_was_over() -> None:
    book = vacated(replace(RULES, remainder=False), date(2021, 1, 1))
    gap = next(one for one in book.gaps("s1"))
    assert way(book, gap, date(2021, 2, 1)).term.end == date(2023, 2, 1)
    assert not remainder(book, gap, date(2021, 2, 1))

    book = vacated(RULES, date(2021, 1, 1))
    gap = next(one for one in book.gaps("s1"))
    assert way(book, gap, date(2022, 3, 1)).term.end == date(2024, 3, 1)


def test_what_a_group_has_and_what_is_missing() -> None:
    have = [{"region": "Africa"}, {"region": "africa"}, {}]

    told = balance({"region=Africa": 1, "region=Asia": 2}, have)

    assert [(one.value, one.have, one.missing, one.unknown) for one in told] == [("Africa", 2, 0, 1), ("Asia", 0, 2, 1)]
