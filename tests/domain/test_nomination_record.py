"""A nomination as a fold: what an answer turns around, who took part, what a withdrawal ends."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.domain.nominations.record import Event, Kind, Nomination, fold
from governance.errors import RuleError

AT = datetime(2026, 2, 1, tzinfo=UTC)
_BEGUN = (Event(1, Kind.NOMINATED, AT, "nominee", contest="board"),)


def after(*events: Event) -> Nomination:
    """A nomination by oneself, and what followed; numbers are given here."""
    numbered = [replace(one, number=number) for number, one in enumerate((*_BEGUN, *events), 1)]
    return fold(1, "nominee", numbered)


def did(kind: Kind, by: str, *, yes: bool = False, about: int = 0) -> Event:
    return Event(0, kind, AT, by, yes=yes, about=about, candidate="c")


DECIDED = did(Kind.DECIDED, "officer", yes=True)


def test_all_who_decided_took_part_and_whoever_turned_it_around() -> None:
    made = after(
        did(Kind.DECIDED, "first"),
        DECIDED,
        did(Kind.CHALLENGED, "member"),
        did(Kind.CHALLENGED, "other"),
        did(Kind.ANSWERED, "stayed", about=4),
        did(Kind.ANSWERED, "turned", yes=True, about=5),
    )

    assert made.took_part == {"first", "officer", "turned"}
    assert made.admitted is False


def test_an_appeal_is_about_whoever_decided_what_holds_and_an_objection_about_the_nominee() -> None:
    asked = did(Kind.CHALLENGED, "member")
    made = after(
        did(Kind.DECIDED, "first"),
        DECIDED,
        asked,
        did(Kind.ANSWERED, "turned", yes=True, about=4),
        did(Kind.CHALLENGED, "nominee", yes=True),
        did(Kind.REPLIED, "turned", about=6),
    )

    assert {number: one.about for number, one in made.challenges.items()} == {4: "nominee", 6: "turned"}
    assert made.challenges[6].reply is not None
    assert [one.number for one in made.waiting] == [6]


def test_what_was_taken_back_leaves_the_decision_open_to_a_change() -> None:
    made = after(DECIDED, did(Kind.CHALLENGED, "member"), did(Kind.RETRACTED, "member", about=3), DECIDED)

    assert (made.waiting, made.challenged, made.admitted) == ([], False, True)


def test_nothing_waits_once_the_nominee_went() -> None:
    asked = (DECIDED, did(Kind.CHALLENGED, "member"))

    assert [one.number for one in after(*asked).waiting] == [3]
    gone = after(*asked, did(Kind.WITHDRAWN, "nominee"))
    assert (gone.waiting, gone.stands) == ([], False)
    assert after(DECIDED, did(Kind.ADOPTED, "officer"), did(Kind.WITHDRAWN, "nominee")).candidate == "c"


@pytest.mark.parametrize(
    "events",
    [
        (DECIDED, did(Kind.CHALLENGED, "member"), DECIDED),
        (DECIDED, did(Kind.CHALLENGED, "member", yes=True)),
        (did(Kind.CHALLENGED, "member"),),
        (did(Kind.DECIDED, "nominee", yes=True),),
        (DECIDED, did(Kind.ANSWERED, "officer", about=2)),
        (did(Kind.DECIDED, "officer"), did(Kind.ADOPTED, "officer")),
        (DECIDED, did(Kind.DROPPED, "officer")),
        (did(Kind.WITHDRAWN, "nominee"), DECIDED),
        (DECIDED, did(Kind.CHALLENGED, "member"), did(Kind.REPLIED, "other", about=3)),
        (DECIDED, did(Kind.CHALLENGED, "member"), did(Kind.REPLIED, "nominee", about=2)),
        (DECIDED, did(Kind.CHALLENGED, "member"), *[did(Kind.REPLIED, "nominee", about=3)] * 2),
        (DECIDED, did(Kind.CHALLENGED, "member"), did(Kind.RETRACTED, "other", about=3)),
        (DECIDED, did(Kind.CHALLENGED, "member"), *[did(Kind.RETRACTED, "member", about=3)] * 2),
        (
            DECIDED,
            did(Kind.CHALLENGED, "member"),
            did(Kind.RETRACTED, "member", about=3),
            did(Kind.ANSWERED, "other", about=3),
        ),
        (
            DECIDED,
            did(Kind.CHALLENGED, "member"),
            did(Kind.ANSWERED, "other", about=3),
            did(Kind.RETRACTED, "member", about=3),
        ),
        (did(Kind.DECIDED, "first"), DECIDED, did(Kind.CHALLENGED, "nominee"), did(Kind.REPLIED, "first", about=4)),
    ],
)
def test_what_cannot_follow_is_refused(events: tuple[Event, ...]) -> None:
    with pytest.raises(RuleError, match="cannot follow"):
        after(*events)


@given(
    st.lists(
        st.builds(
            did,
            st.sampled_from([one for one in Kind if one is not Kind.NOMINATED]),
            st.sampled_from(["nominee", "officer", "other", "member"]),
            yes=st.booleans(),
            about=st.integers(0, 6),
        ),
        max_size=12,
    )
)
def test_whatever_happens_an_adopted_one_was_admitted_and_nobody_in_it_decided(events: list[Event]) -> None:
    taken: list[Event] = []
    made = after()
    for one in events:
        try:
            made = after(*taken, one)
        except RuleError:
            continue
        taken.append(one)

    assert made.seen == len(taken) + 1
    assert made.decision is None or made.decision.by != "nominee"
    assert (made.admitted is not None) == any(one.kind is Kind.DECIDED for one in taken)
    assert not made.candidate or any(one.kind is Kind.ADOPTED for one in taken)
    assert all(one.answer is None and one.retracted is None for one in made.waiting)
    for asked in made.challenges.values():
        assert asked.reply is None or asked.reply.by == asked.about != ""
        assert asked.retracted is None or (asked.answer is None and asked.retracted.by == asked.by)
