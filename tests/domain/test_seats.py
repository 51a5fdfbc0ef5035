"""The register of seats: laws that hold whatever is entered, what is refused, corrections, an offer step by step."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from governance.domain.eligibility.facts import Term
from governance.domain.eligibility.of_offices import in_a_row
from governance.domain.seats import facts as f
from governance.domain.seats import form, register
from governance.domain.seats.book import Book, Stage
from governance.domain.seats.facts import End
from governance.domain.seats.register import Register, Wish, as_known_on, enter
from governance.domain.seats.standing import as_it_stood, holders, how_chosen
from governance.errors import NotFoundError, RuleError
from tests.domain.registers import BEGIN, DAYS, RULES, VOTE, a_register, an_offer, on, seated

# ---- laws, whatever is entered ---------------------------------------------------------------------------------------

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
    """One in six has two terms and more (measured: 49 of 300), nearly all have a vacancy and a correction."""

    def rich(made: list[Register]) -> bool:
        book = made[-1].book()
        return len(book.holdings) > 1 and bool(book.vacant) and any(one.supersedes for one in made[-1].entries)

    assert find(histories().map(rich), bool, settings=settings(phases=[Phase.generate], max_examples=1000))


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
