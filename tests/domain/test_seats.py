"""The register of seats: laws that hold whatever is entered, corrections, how it stood, what falls due."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.domain.eligibility.facts import Term
from governance.domain.eligibility.of_offices import in_a_row
from governance.domain.seats import facts as f
from governance.domain.seats import form, laws, register, terms, words
from governance.domain.seats.book import Book, Stage, fold
from governance.domain.seats.facts import End, How, Instrument, Limit, Method, Seat, SeatClass
from governance.domain.seats.filling import Place, assign, place, remainder, way
from governance.domain.seats.register import Register, Wish, as_known_on, enter
from governance.domain.seats.standing import as_it_stood, balance, falls_due, holders, how_chosen
from governance.errors import MalformedError, NotFoundError, RuleError

BEGIN = date(2020, 1, 1)
VOTE = Instrument(How.ELECTION, "Vote of 2019", date(2019, 12, 1))
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
    told: dict[str, object] = {"until": date(start.year + 2, start.month, start.day), "instrument": VOTE, **more}
    return f.Seated(holding, seat, person, start, **told)  # type: ignore[arg-type]


# ---- laws, whatever is entered ---------------------------------------------------------------------------------------

DAYS = st.integers(0, 9 * 365).map(lambda days: BEGIN + timedelta(days=days))
HOLDINGS = st.sampled_from([f"h{i}" for i in range(8)])


@st.composite
def facts(draw: st.DrawFn) -> f.Fact:
    holding, seat, person = draw(HOLDINGS), draw(st.sampled_from(["s1", "s2"])), draw(st.sampled_from(["p1", "p2"]))
    day = draw(DAYS)
    until = draw(st.none() | st.integers(1, 900).map(lambda days: day + timedelta(days=days)))
    choices: list[f.Fact] = [
        f.Seated(holding, seat, person, day, until, VOTE),
        f.Seated(holding, seat, person, day, until, VOTE),
        f.Offered(holding, seat, person, day, day, until, VOTE),
        f.Accepted(holding, day),
        f.Declined(holding, day),
        f.Taken(holding, day),
        f.Ended(holding, day, draw(st.sampled_from([End.RESIGNED, End.DIED, End.EXPIRED]))),
        f.SeatAbolished(seat, day),
        f.Vacant(seat, day, "somebody said so"),
    ]
    return draw(st.sampled_from(choices))


@st.composite
def histories(draw: st.DrawFn) -> list[Register]:
    """A register after each of many things that somebody tried to enter, right or wrong."""
    made = [a_register()]
    moment = on(2020)
    for _ in range(draw(st.integers(1, 25))):
        moment += timedelta(days=draw(st.integers(0, 300)))
        before = made[-1]
        wish = Wish(draw(facts()))
        kind = draw(st.integers(0, 4))
        if kind == 0:
            number = draw(st.integers(1, len(before.entries)))
            wish = Wish(f.Struck(moment.date()), number)
        elif kind == 1:
            number = draw(st.integers(1, len(before.entries)))
            old = before.entries[number - 1].fact
            wish = Wish(replace(old, day=draw(DAYS)), number)
        try:
            made.append(enter(before, [wish], recorded=moment, by="secretary"))
        except RuleError:
            continue  # most of what is tried does not fit
    return made


def each_day(book: Book, seat: str) -> list[date]:
    """The days on which anything changes, and those beside them."""
    edges = {day for one in book.holdings.values() for day in (one.start, one.end) if day}
    edges |= {book.seats[seat].created, *(day for _, day in book.vacant)}
    return sorted({edge + timedelta(days=days) for edge in edges for days in (-1, 0, 1)})


@given(histories())
def test_at_no_instant_two_hold_a_seat(made: list[Register]) -> None:
    book = made[-1].book()

    for seat in book.seats:
        for day in each_day(book, seat):
            assert sum(one.covers(day) for one in book.holdings.values() if one.seat == seat) <= 1


@given(
    st.lists(
        st.tuples(st.sampled_from(["p1", "p2"]), st.integers(300, 800), st.integers(0, 40)), min_size=3, max_size=9
    )
)
def test_nobody_is_seated_over_the_limit(chain: list[tuple[str, int, int]]) -> None:
    made, day = a_register(), BEGIN
    for number, (person, days, pause) in enumerate(chain):
        end = day + timedelta(days=days)
        try:
            made = enter(made, [seated(f"h{number}", "s1", person, day, until=end)], recorded=on(2020), by="x")
        except RuleError as error:
            assert "2 in a row" in str(error)  # noqa: PT017  whatever else it said would be wrong
            continue
        day = end + timedelta(days=pause)
    held = made.book().of("s1")

    for person in ("p1", "p2"):
        mine = [Term(one.start, one.end) for one in held if one.person == person]
        for number, one in enumerate(mine):
            assert in_a_row(mine[:number], one.began, 0, 31) < 2


@given(histories())
def test_there_is_no_gap_that_is_not_a_recorded_vacancy(made: list[Register]) -> None:
    book, last = made[-1].book(), made[-1].last
    assert last is not None

    for seat, line in book.seats.items():
        recorded = sorted(day for which, day in book.vacant if which == seat)
        for day in each_day(book, seat):
            if not (line.there(day) and day <= last) or book.holder(seat, day):
                continue
            since = max((one for one in recorded if one <= day), default=None)
            assert since is not None
            assert not any(book.holder(seat, since + timedelta(days=i)) for i in range((day - since).days))


@given(histories())
def test_history_only_grows_and_what_was_known_never_changes(made: list[Register]) -> None:
    for before, after in pairwise(made):
        assert after.entries[: len(before.entries)] == before.entries
        assert before.last is not None
        known = before.last - timedelta(days=1)
        assert as_known_on(after, known) == as_known_on(before, known)
    final = made[-1]
    for entry in final.entries:
        day = entry.recorded.date()
        assert as_known_on(as_known_on(final, day + timedelta(days=9)), day) == as_known_on(final, day)


@given(histories())
def test_corrections_lose_nothing(made: list[Register]) -> None:
    final = made[-1]

    assert [entry.number for entry in final.entries] == list(range(1, len(final.entries) + 1))
    corrected = [entry.supersedes for entry in final.entries if entry.supersedes]
    assert len(set(corrected)) == len(corrected)
    assert all(0 < entry.supersedes < entry.number for entry in final.entries if entry.supersedes)
    assert final.standing.keys() <= {entry.number for entry in final.entries}


@given(histories())
def test_every_fact_has_a_form_and_comes_back_from_it(made: list[Register]) -> None:
    assert all(form.read(form.plain(entry.fact)) == entry.fact for entry in made[-1].entries)


def test_something_is_entered_in_the_histories_that_the_laws_are_tried_on() -> None:
    made = a_register(seated(), seated("h2", start=date(2022, 1, 1)), recorded=on(2025))

    assert len(made.book().of("s1")) == 2


# ---- what is refused, and why ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "why"),
    [
        (seated("h2", person="p2", start=date(2021, 6, 1)), "one holder at a time: Ann holds it from 2020-01-01 until"),
        (seated("h2", seat="s9", person="p2"), "seat and a person that stand in the register"),
        (seated("h2", seat="s2", person="p9"), "seat and a person that stand in the register"),
        (seated("h1", seat="s2"), "stands in the register already"),
        (seated("h2", seat="s2", start=date(2019, 1, 1)), "begins on 2020-01-01, so nobody holds it before"),
        (seated("h2", seat="s2", until=BEGIN), "before it has begun"),
        (f.Ended("h1", date(2022, 1, 2), End.RESIGNED), "at the latest on 2022-01-01"),
        (f.Ended("h1", BEGIN, End.RESIGNED), "ends after that day"),
        (f.Ended("h9", BEGIN, End.RESIGNED), "no holding h9"),
        (f.Accepted("h1", BEGIN), "without an offer"),
        (f.Vacant("s1", date(2021, 1, 1), "x"), ""),
        (f.SeatChanged("s9", BEGIN, RULES), "no seat “s9”"),
        (f.SeatChanged("s1", BEGIN, RULES), "begins on 2020-01-01"),
        (f.SeatCreated("s1", "group", BEGIN, RULES), "never used twice"),
        (f.Named("p9", BEGIN, "Ann again", "m1"), "stands in the register already, as p1"),
        (f.Named("p9", BEGIN, " "), "needs a name"),
        (f.Struck(BEGIN), "names an entry that stands"),
        (f.SeatChanged("s1", date(2021, 1, 1), replace(RULES, alternate_of="s1")), "alternate of a seat"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(fact: f.Fact, why: str) -> None:
    made = a_register(seated())

    if not why:  # a vacancy that is none is struck out at once
        assert not enter(made, [fact], recorded=on(2020), by="x").book().vacant.keys() & {("s1", fact.day)}
        return
    with pytest.raises(RuleError, match=why):
        enter(made, [fact], recorded=on(2020), by="x")


def test_nothing_is_recorded_before_what_is_there() -> None:
    with pytest.raises(RuleError, match="is the clock right"):
        enter(a_register(), [], recorded=on(2019), by="x")


def test_a_third_term_needs_a_decision_that_is_named() -> None:
    twice = a_register(seated(), seated("h2", start=date(2022, 1, 1)), recorded=on(2023))

    with pytest.raises(RuleError, match=r"Ann has served 2 in a row .* name the decision"):
        enter(twice, [seated("h3", start=date(2024, 1, 1))], recorded=on(2024), by="x")
    with pytest.raises(RuleError, match="2 in a row"):
        enter(twice, [seated("h3", seat="s2", start=date(2024, 1, 1))], recorded=on(2024), by="x")
    after = enter(twice, [seated("h3", start=date(2024, 1, 1), exception="Vote 7")], recorded=on(2024), by="x")
    assert after.book().holdings["h3"].exception == "Vote 7"


# ---- corrections, and what was known when ----------------------------------------------------------------------------


def test_it_can_be_asked_what_was_so_and_what_was_known() -> None:
    wrong = a_register(seated(), recorded=on(2020, 2))
    left = enter(wrong, [f.Ended("h1", date(2021, 3, 1), End.RESIGNED)], recorded=on(2021, 3), by="x")
    number = register.entry_of(left, "h1", f.Ended)

    right = enter(left, [Wish(f.Ended("h1", date(2021, 2, 1), End.DIED), number)], recorded=on(2021, 6), by="x")

    day = date(2021, 2, 15)
    assert holders(right, "group", day) == {}
    assert holders(as_known_on(right, date(2021, 5, 1)), "group", day) == {"s1": "h1"}
    assert [fact for key, fact in right.book().vacant.items() if key[0] == "s1"] == [
        f.Vacant("s1", date(2021, 2, 1), "died")
    ]


def test_what_was_corrected_once_is_corrected_by_correcting_the_correction() -> None:
    made = a_register(seated(), recorded=on(2020, 2))
    number = register.entry_of(made, "h1", f.Seated)
    other = seated(person="p2")
    once = enter(made, [Wish(other, number)], recorded=on(2020, 3), by="x")

    with pytest.raises(RuleError, match="look for the one that corrected it"):
        enter(once, [Wish(other, number)], recorded=on(2020, 4), by="x")
    with pytest.raises(RuleError, match="something else of the same thing"):
        enter(once, [Wish(f.Accepted("h1", BEGIN), register.entry_of(once, "h1", f.Seated))], recorded=on(2021), by="x")
    assert once.book().holdings["h1"].person == "p2"


def test_a_holding_that_never_was_is_struck_out_whole() -> None:
    made = a_register(seated(), f.Ended("h1", date(2021, 1, 1), End.RESIGNED), recorded=on(2021))

    gone = enter(made, register.struck(made, "h1", date(2021, 2, 1)), recorded=on(2021, 2), by="x")

    assert gone.book().of("s1") == []
    assert ("s1", BEGIN) in gone.book().vacant
    assert [entry.fact for entry in gone.entries if isinstance(entry.fact, f.Seated)] == [seated()]
    with pytest.raises(RuleError, match="says nothing of"):
        register.struck(gone, "h1", BEGIN)


def test_a_successor_makes_the_vacancy_that_was_recorded_moot() -> None:
    made = register.settle(a_register(seated()), recorded=on(2022, 2), by="clock")
    assert made.book().vacant["s1", date(2022, 1, 1)].cause == "expired"

    after = enter(made, [seated("h2", person="p2", start=date(2022, 1, 1))], recorded=on(2022, 3), by="x")

    assert ("s1", date(2022, 1, 1)) not in after.book().vacant
    assert as_known_on(after, date(2022, 2, 15)).book().vacant["s1", date(2022, 1, 1)].cause == "expired"


def test_a_planned_end_that_was_wrong_takes_the_end_with_it() -> None:
    made = register.settle(a_register(seated()), recorded=on(2022, 2), by="clock")
    number = register.entry_of(made, "h1", f.Seated)

    after = enter(made, [Wish(seated(until=date(2023, 1, 1)), number)], recorded=on(2022, 3), by="x")

    assert after.book().holdings["h1"].stage is Stage.SEATED
    assert holders(after, "group", date(2022, 6, 1)) == {"s1": "h1"}


def test_an_abolished_seat_ends_with_its_holding() -> None:
    made = a_register(seated(until=None), f.SeatAbolished("s1", date(2021, 1, 1)), recorded=on(2021, 2))

    assert made.book().holdings["h1"].how is End.ABOLISHED
    assert [one.seat for one in as_it_stood(made, "group", date(2021, 1, 1)).places] == ["s2"]


# ---- an offer, step by step ------------------------------------------------------------------------------------------


def an_offer(**more: object) -> f.Offered:
    told: dict[str, object] = {"until": date(2022, 1, 1), "instrument": VOTE, **more}
    return f.Offered("h1", "s1", "p1", date(2019, 12, 5), BEGIN, **told)  # type: ignore[arg-type]


def test_an_offer_becomes_a_seat_step_by_step() -> None:
    made = a_register(an_offer())
    stages = [made.book().holdings["h1"].stage]
    for fact in (f.Accepted("h1", BEGIN), f.Declared("h1", BEGIN, "interests"), f.Taken("h1", BEGIN)):
        made = enter(made, [fact], recorded=on(2020, 1, 2), by="x")
        stages.append(made.book().holdings["h1"].stage)

    assert stages == [Stage.OFFERED, Stage.ACCEPTED, Stage.ACCEPTED, Stage.SEATED]
    told = how_chosen(made.book(), "h1")
    assert told.sentence == ("Elected on 2019-12-01 (Vote of 2019); holds the seat from 2020-01-01 until 2022-01-01.")
    assert [step for step, _ in told.steps] == [
        "chosen", "offered", "accepted", "declarations made", "seated",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "facts_",
    [
        [f.Taken("h1", BEGIN)],
        [f.Accepted("h1", BEGIN), f.Declined("h1", BEGIN)],
        [f.Accepted("h1", BEGIN), f.Accepted("h1", BEGIN)],
        [f.Ended("h1", date(2021, 1, 1), End.RESIGNED)],
    ],
)
def test_steps_come_in_their_order(facts_: list[f.Fact]) -> None:
    with pytest.raises(RuleError):
        enter(a_register(an_offer()), facts_, recorded=on(2020), by="x")


def test_who_declined_holds_nothing() -> None:
    made = a_register(an_offer(), f.Declined("h1", BEGIN))

    assert made.book().of("s1") == []
    assert "declined on 2020-01-01" in how_chosen(made.book(), "h1").sentence
    with pytest.raises(NotFoundError):
        how_chosen(made.book(), "h9")


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


# ---- forms -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        None,
        {"kind": "nothing"},
        {"kind": "accepted", "holding": "h1"},
        {"kind": "accepted", "holding": "h1", "day": "2020-01-01", "more": 1},
        {"kind": "accepted", "holding": 1, "day": "2020-01-01"},
        {"kind": "accepted", "holding": "h1", "day": "yesterday"},
        {"kind": "accepted", "holding": "h" * 2001, "day": "2020-01-01"},
        {"kind": "ended", "holding": "h1", "day": "2020-01-01", "how": "tired"},
        {"kind": "seat", "seat": "s", "body": "b", "day": "2020-01-01", "rules": []},
        {"kind": "body", "body": "b", "day": "2020-01-01", "name": "B", "verifiers": -1, "declarations": [], "wanted": {}},
        {"kind": "body", "body": "b", "day": "2020-01-01", "name": "B", "verifiers": 1, "declarations": {}, "wanted": {}},
    ],
    ids=("none", "kind", "field lacks", "one too many", "no text", "no day", "too long", "no such end", "no rules", "below 0", "list"),
)  # fmt: skip
def test_what_is_no_fact_is_refused(value: object) -> None:
    with pytest.raises(MalformedError):
        form.read(value)


# ---- in words --------------------------------------------------------------------------------------------------------


NEW_SEAT = (
    "New seat “Youth” from 2020-01-01 on: elected, terms of 24 months, of the office board, Young members, regular "
    "terms since 2020-01-01, reserved: youth yes, limit 2 in a row, none in all, vacancies: countback, left vacant "
    "under 90 days, alternate of s1, appointed by the Board, ratified by the members."
)


def test_every_fact_has_a_sentence() -> None:
    rules = replace(
        RULES,
        name="Youth",
        constituency="Young members",
        anchor=BEGIN,
        reserved={"youth": ("yes",)},
        filling=(Method.COUNTBACK,),
        vacant_under=90,
        alternate_of="s1",
        appointed_by="the Board",
        ratified_by="the members",
    )
    said: list[f.Fact] = [
        f.BodyRuled("group", BEGIN, "Group"),
        f.SeatCreated("s3", "group", BEGIN, rules),
        f.SeatChanged("s1", BEGIN, replace(RULES, months=0, office="", limit=Limit())),
        f.SeatAbolished("s1", BEGIN),
        f.Named("p4", BEGIN, "Dee"),
        an_offer(exception="Vote 7"),
        seated("h2", until=None),
        seated("h2", instrument=Instrument(How.BY_ELECTION, "Vote of May"), remainder=True),
        f.Accepted("h1", BEGIN),
        f.Declined("h1", BEGIN),
        f.Declared("h1", BEGIN, "interests"),
        f.Taken("h1", BEGIN),
        f.Ended("h9", BEGIN, End.DIED),
        f.Vacant("s1", BEGIN, "died"),
        f.Planned("s9", BEGIN, Method.COUNTBACK, "as agreed"),
        f.Struck(BEGIN),
    ]
    book = a_register(an_offer()).book()

    told = [words.tell(one, book) for one in said]

    assert {type(one) for one in said} == set(f.KINDS.values())
    assert told == [
        "Group: rules of the group from 2020-01-01 on.",
        NEW_SEAT,
        "“Seat”: other rules from 2020-01-01 on: elected, without end.",
        "“Seat 1” is abolished on 2020-01-01.",
        "Dee is entered, who is no member.",
        "“Seat 1” is offered to Ann for 2020-01-01 until 2022-01-01 (election, Vote of 2019), beyond the limit of terms by Vote 7.",
        "Ann holds “Seat 1” for 2020-01-01 without an end (election, Vote of 2019).",
        "Ann holds “Seat 1” for 2020-01-01 until 2022-01-01 (by-election, Vote of May, the rest of a term).",
        "Ann, “Seat 1” accepted on 2020-01-01.",
        "Ann, “Seat 1” declined on 2020-01-01.",
        "Ann, “Seat 1” made the declaration “interests” on 2020-01-01.",
        "Ann, “Seat 1” has the seat from 2020-01-01 on.",
        "The holding h9: ended on 2020-01-01 (died).",
        "“Seat 1” is vacant from 2020-01-01 on (died).",
        "The vacancy of “s9” since 2020-01-01: countback: as agreed.",
        "Struck out: it never was so.",
    ]


def test_a_gap_without_its_vacancy_breaks_a_law() -> None:
    made = a_register(seated())
    without = fold((n, fact) for n, fact in made.standing.items() if not isinstance(fact, f.Vacant))

    with pytest.raises(RuleError, match="Nobody holds “Seat 2” from 2020-01-01 on, and no vacancy is recorded"):
        laws.check(without, BEGIN)
    with pytest.raises(RuleError, match="No vacancy of “Seat 2” begins on 2019-01-01"):
        laws.check(
            fold(enumerate([*made.standing.values(), f.Planned("s2", date(2019, 1, 1), Method.COUNTBACK)])), BEGIN
        )
    with pytest.raises(RuleError, match="says nothing like that"):
        register.entry_of(made, "h1", f.Ended)


def test_nobody_holds_a_seat_that_is_no_more() -> None:
    made = a_register(f.SeatAbolished("s1", date(2021, 1, 1)), recorded=on(2021, 2))
    late = f.Seated("h9", "s1", "p2", date(2020, 12, 1), date(2021, 6, 1), VOTE)
    later = f.Seated("h9", "s1", "p2", date(2021, 3, 1), None, VOTE)

    assert enter(made, [late], recorded=on(2021, 3), by="x").book().holdings["h9"].end == date(2021, 1, 1)
    with pytest.raises(RuleError, match="ends after that day"):
        enter(made, [later], recorded=on(2021, 3), by="x")
    with pytest.raises(RuleError, match="needs a name"):
        enter(made, [f.SeatCreated("s3", "group", BEGIN, replace(RULES, name=" "))], recorded=on(2021, 3), by="x")


@pytest.mark.parametrize(
    ("chosen", "method"),
    [(SeatClass.ELECTED, None), (SeatClass.APPOINTED, Method.APPOINTMENT), (SeatClass.EX_OFFICIO, None)],
)
def test_a_seat_that_is_new_is_filled_as_it_always_is(chosen: SeatClass, method: Method | None) -> None:
    book = a_register(rules=replace(RULES, chosen=chosen, filling=(Method.COUNTBACK,))).book()

    told = way(book, next(iter(book.gaps("s1"))), BEGIN, counted=True)

    assert (told.method, "No term runs" in told.why) == (method, True)
    assert place(book, "s1", BEGIN) == told.term == Place("s1", BEGIN, date(2022, 1, 1))
