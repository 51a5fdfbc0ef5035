"""Laws of nominations: the record as a fold, and the points of scrutiny."""

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.domain.eligibility.answers import Answer, Verdict
from governance.domain.nominations import points
from governance.domain.nominations.points import Backer, Case, Point
from governance.domain.nominations.record import Event, Kind, Nomination, Status, fold, follow
from governance.domain.terms import Independence, Question, Terms
from governance.errors import RuleError

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
PEOPLE = ("ana", "ben", "cho", "dia", "eli")

# ---- the record ------------------------------------------------------------------------------------------------------

events = st.builds(
    Event,
    number=st.integers(1, 30),
    kind=st.sampled_from(Kind),
    at=st.just(NOW),
    by=st.sampled_from(PEOPLE),
    candidate=st.just("ana"),
    yes=st.booleans(),
    about=st.integers(1, 12),
)


def begun(by: str = "ben") -> Nomination:
    return fold(7, "ana", [Event(1, Kind.NOMINATED, NOW, by, contest="board")])


def lived(tried: list[Event], by: str) -> tuple[Nomination, list[Event]]:
    """What became of a nomination, and the events that were taken; mostly with the number that is next."""
    one, taken = begun(by), [Event(1, Kind.NOMINATED, NOW, by, contest="board")]
    for event in tried:
        next_ = event if event.number > 25 else replace(event, number=one.seen + 1)
        before = deepcopy(one)
        try:
            follow(one, next_)
        except RuleError:
            assert one == before
        else:
            taken.append(next_)
    return one, taken


@given(st.lists(events, max_size=40), st.sampled_from(PEOPLE))
def test_a_fold_is_its_steps_and_what_is_refused_changes_nothing(tried: list[Event], by: str) -> None:
    one, taken = lived(tried, by)
    assert fold(7, "ana", taken) == one
    assert one.seen == len(taken) == taken[-1].number


@given(st.lists(events, max_size=40), st.sampled_from(PEOPLE))
def test_nobody_seconds_twice_or_what_is_their_own(tried: list[Event], by: str) -> None:
    one, taken = lived(tried, by)
    assert len(set(one.seconders)) == len(one.seconders)
    assert not {"ana", by} & set(one.seconders)
    came = [event.by for event in taken if event.kind is Kind.SECONDED]
    left = [event.by for event in taken if event.kind is Kind.UNSECONDED]
    assert all(came.count(who) - left.count(who) == (who in one.seconders) for who in PEOPLE)


@given(st.lists(events, max_size=40), st.sampled_from(PEOPLE))
def test_nothing_is_done_without_the_nominee_nor_after_them(tried: list[Event], by: str) -> None:
    one, taken = lived(tried, by)
    kinds = [event.kind for event in taken]
    accepted = 0 if by == "ana" else kinds.index(Kind.ACCEPTED) if Kind.ACCEPTED in kinds else len(kinds)
    assert set(kinds[1:accepted]) <= {Kind.DECLINED}
    out = [place for place, kind in enumerate(kinds) if kind in (Kind.DECLINED, Kind.WITHDRAWN)]
    assert len(out) <= 1
    assert set(kinds[out[0] + 1 :] if out else ()) <= {Kind.DROPPED}
    assert one.ended is bool(out)
    assert all(event.by == "ana" for event in taken if event.kind in (Kind.ACCEPTED, Kind.DECLINED, Kind.WITHDRAWN))


@given(st.lists(events, max_size=40), st.sampled_from(PEOPLE))
def test_a_decision_is_by_somebody_else_and_turned_around_by_an_answer_alone(tried: list[Event], by: str) -> None:
    one, taken = lived(tried, by)
    asked: dict[int, Event] = {}
    admitted: bool | None = None
    seconders: set[str] = set()
    for event in taken:
        match event.kind:
            case Kind.SECONDED:
                seconders.add(event.by)
            case Kind.UNSECONDED:
                seconders.discard(event.by)
            case Kind.DECIDED:
                assert event.by not in {"ana", by} | seconders
                assert not asked
                admitted = event.yes
            case Kind.CHALLENGED:
                assert admitted is (not event.yes)
                asked[event.number] = event
            case Kind.ANSWERED:
                challenge = asked.pop(event.about)
                admitted = challenge.yes if event.yes else admitted
            case _:
                pass
    assert one.admitted is admitted
    assert [challenge.number for challenge in one.waiting] == ([] if one.ended else sorted(asked))


@given(st.lists(events, max_size=40), st.sampled_from(PEOPLE))
def test_a_status_follows_from_what_happened(tried: list[Event], by: str) -> None:
    one, _ = lived(tried, by)
    early, late = one.status(NOW, NOW + timedelta(1)), one.status(NOW + timedelta(2), NOW + timedelta(1))
    assert (early is late) is (early is not Status.ASKED)
    assert (early, late) == (Status.ASKED, Status.LAPSED) or early in {
        Status.DECLINED if one.declined else Status.WITHDRAWN,
        Status.STANDS if one.admitted is None else Status.ADMITTED if one.admitted else Status.REJECTED,
    }


def test_a_nomination_begins_with_whoever_nominates() -> None:
    for wrong in ([], [Event(1, Kind.ACCEPTED, NOW, "ana")], [Event(2, Kind.NOMINATED, NOW, "ben", contest="board")]):
        with pytest.raises(RuleError):
            fold(7, "ana", wrong)


# ---- points of scrutiny ----------------------------------------------------------------------------------------------

answers = st.builds(
    Answer, st.just("rule"), st.sampled_from(Verdict), st.just("A sentence."), supply=st.sampled_from(["", "Tell us."])
)
backers = st.builds(
    Backer,
    st.sampled_from(PEOPLE),
    answers,
    st.fixed_dictionaries({}, optional={"country": st.sampled_from(["", "Peru", "peru ", "Kenya", "France"])}),
)
all_terms = st.builds(
    Terms,
    seconders=st.integers(0, 4),
    independent=st.sampled_from([(), (Independence("country", 2),), (Independence("country", 3),)]),
    petition=st.sampled_from([0, 5, 6]),
    contests=st.integers(1, 2),
    words=st.just(10),
    questions=st.sampled_from([(), (Question("pharma", "Money?"),)]),
)
cases = st.builds(
    Case,
    nominee=st.just("Ana"),
    stands=answers,
    nominator=st.just("Ben"),
    nominates=answers,
    seconders=st.lists(backers, max_size=7),
    words=st.dictionaries(st.sampled_from(["en", "sw"]), st.integers(0, 20)),
    declared=st.sampled_from([frozenset(), frozenset({"pharma"}), frozenset({"other"})]),
    contests=st.integers(1, 3),
    offices=st.sampled_from([(), ("trustee",), ("officer", "registrar")]),
)


def named(found: tuple[Point, ...], name: str) -> list[Answer]:
    return [one.answer for one in found if one.name == name]


@given(all_terms, cases)
def test_support_is_enough_exactly_where_enough_may_and_differ(terms: Terms, case: Case) -> None:
    found = points.points(terms, case)
    may = [one for one in case.seconders if one.answer.allowed]
    maybe = [one for one in case.seconders if one.answer.verdict is Verdict.UNKNOWN]
    if terms.petition and len(may) >= terms.petition:
        assert [one.verdict for one in named(found, "petition")] == [Verdict.YES]
        assert not named(found, "seconders") + named(found, "independent:country")
        return
    assert not named(found, "petition")
    countries = {one.values.get("country", "").strip().casefold() for one in may} - {""}
    silent = sum(not one.values.get("country", "").strip() for one in may)
    for answer, have, more, least in [
        *((one, len(may), len(maybe), terms.seconders) for one in named(found, "seconders")),
        *(
            (one, len(countries), silent + len(maybe), rule.least)
            for rule in terms.independent
            for one in named(found, "independent:country")
        ),
    ]:
        assert answer.allowed is (have >= least)
        assert (answer.verdict is Verdict.NO) is (have + more < least)
        if answer.verdict is Verdict.UNKNOWN:
            assert "do not know" in answer.sentence
    assert len(named(found, "seconders")) == (terms.seconders > 0)
    assert len(named(found, "independent:country")) == (terms.seconders > 0) * len(terms.independent)


@given(all_terms, cases)
def test_every_other_point_is_asked_once(terms: Terms, case: Case) -> None:
    found = points.points(terms, case)
    assert [one.allowed for one in named(found, "apart")] == [not case.offices]
    assert named(found, "nominee") == [case.stands]
    assert named(found, "nominator") == [case.nominates]
    assert [one.allowed for one in named(found, "contests")] == [case.contests <= terms.contests]
    for language, words in case.words.items():
        assert [one.allowed for one in named(found, f"statement:{language}")] == [words <= 10]
    for one in terms.questions:
        assert [made.allowed for made in named(found, f"declaration:{one.id}")] == [one.id in case.declared]
    deciding = [one.name for one in found if one.decides]
    assert len(set(deciding)) == len(deciding)
    assert all(one.title and one.answer.sentence for one in found)
    assert points.against(found) == tuple(one for one in found if one.decides and not one.answer.allowed)


def test_who_may_not_second_is_no_reason_against_a_nomination_with_enough_others() -> None:
    yes, no = (Answer("status_is", verdict, "Told.") for verdict in (Verdict.YES, Verdict.NO))
    good = [Backer("Cho", yes, {"country": "Peru"}), Backer("Dia", yes, {"country": "Kenya"})]
    case = Case("Ana", yes, "Ben", yes, [*good, Backer("Eli", no)], declared={"pharma"})
    assert points.against(points.points(Terms(), case)) == ()
    alone = points.against(points.points(Terms(), replace(case, seconders=[*good[:1], Backer("Eli", no)])))
    assert [one.name for one in alone] == ["seconders", "independent:country"]
