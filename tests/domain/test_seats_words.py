"""The register of seats: its facts as stored, and in words."""

from dataclasses import replace
from datetime import date

import pytest

from governance.domain.seats import facts as f
from governance.domain.seats import form, laws, register, words
from governance.domain.seats.book import fold
from governance.domain.seats.facts import End, How, Instrument, Limit, Method, SeatClass
from governance.domain.seats.filling import Place, place, way
from governance.domain.seats.register import enter
from governance.errors import MalformedError, RuleError
from tests.domain.registers import BEGIN, RULES, VOTE, a_register, an_offer, on, seated

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
        f.Excepted("h1", BEGIN),
        f.NotGiven("h1", BEGIN),
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
        "Ann, “Seat 1”: may take it, although its rules say no (decided on 2020-01-01).",
        "Ann, “Seat 1”: not given on 2020-01-01, because the rules for taking it say no.",
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
