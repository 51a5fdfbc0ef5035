"""The list of candidates that is adopted: its laws, limits and gaps; terms in words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from governance.domain import feasible, terms_in_words
from governance.domain.draft import Calendar, Candidate, Cap, Constraint, Contest, Draft, Unopposed
from governance.domain.nominations import announcement, ballot
from governance.domain.nominations.ballot import Adopted
from governance.domain.nominations.filling import Admitted
from governance.domain.terms import CONFIRM, ELECTED, EXTEND, FILL, Independence, Question, Terms
from governance.domain.terms import problems as problems_of_terms
from governance.errors import RuleError

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)

CALENDAR = Calendar(NOW, NOW + timedelta(2), NOW + timedelta(9), NOW + timedelta(30))
COUNTRIES = ("", "Peru", "Kenya", "France")


def person(name: str, contest: str, **values: str) -> Admitted:
    return Admitted(contest, Candidate(name, name.title(), member=f"m-{name}"), values)


def a_contest(name: str, seats: int = 1, *, reopen: bool = False, **more: object) -> Contest:
    candidates = (Candidate(f"ron-{name}", "Re-open nominations", reopen=True),) if reopen else ()
    return Contest(name, name.title(), seats, candidates, **more)  # type: ignore[arg-type]


def a_plan(*contests: Contest, **terms: object) -> Draft:
    return Draft("Election", CALENDAR, contests, nominations=Terms(**terms))  # type: ignore[arg-type]


@st.composite
def plans(draw: st.DrawFn) -> Draft:
    contests: list[Contest] = []
    for name in ("lived", "youth", "regions")[: draw(st.integers(1, 3))]:
        earlier = [one.id for one in contests]
        limits = [
            Constraint("region", "Africa", least, most, (), draw(st.integers(0, 1)))
            for least, most in draw(st.lists(st.sampled_from([(0, 1), (1, 2), (0, 2)]), max_size=1))
        ]
        contests.append(
            a_contest(
                name,
                draw(st.integers(1, 3)),
                reopen=draw(st.booleans()),
                after=tuple(one for one in earlier if draw(st.booleans())),
                constraints=tuple(limits),
                caps=draw(st.sampled_from([(), (Cap("country", 1),), (Cap("country", 2), Cap("region", 1))])),
                max_ranks=draw(st.sampled_from([0, 1, 4])),
            )
        )
    terms = Terms(unopposed=draw(st.sampled_from([ELECTED, CONFIRM])), fewer=draw(st.sampled_from([EXTEND, FILL])))
    return Draft("Election", CALENDAR, tuple(contests), nominations=terms)


@st.composite
def lists(draw: st.DrawFn, draft: Draft) -> list[Admitted]:
    found = []
    for name in draw(st.lists(st.sampled_from("abcdefghij"), unique=True, max_size=8)):
        values = {"country": draw(st.sampled_from(COUNTRIES)), "region": draw(st.sampled_from(["", "Africa", "Asia"]))}
        stands = draw(st.lists(st.sampled_from([one.id for one in draft.plan]), unique=True, min_size=1, max_size=2))
        found += [person(name, contest, **values) for contest in stands]
    return draw(st.permutations(found))


def adopted(draft: Draft, admitted: list[Admitted]) -> Adopted:
    try:
        return ballot.adopt(draft, admitted)
    except RuleError:
        reject()


@given(st.data())
def test_a_list_is_adopted_the_same_however_often_and_in_whatever_order(data: st.DataObject) -> None:
    draft = data.draw(plans())
    first, other = data.draw(lists(draft)), data.draw(lists(draft))
    once = adopted(draft, first)
    assert ballot.adopt(draft, data.draw(st.permutations(first))) == once
    assert ballot.adopt(once.draft, first) == once
    assert ballot.taken_off(once.draft) == draft
    # What left the ballot comes back when others are admitted.
    assert adopted(draft, other) == ballot.adopt(once.draft, other)


@given(st.data())
def test_everybody_is_on_the_ballot_or_elected_and_no_place_is_lost(data: st.DataObject) -> None:
    draft = data.draw(plans())
    people = data.draw(lists(draft))
    made = adopted(draft, people).draft
    elected = {one.id: there.contest for there in made.unopposed for one in there.candidates}
    order = [one.id for one in draft.contests]
    for contest in draft.contests:
        asked = {one.candidate.id for one in people if one.contest == contest.id}
        parts = [one for one in made.contests if one.planned_as == contest.id]
        here = {one.id for part in parts for one in part.candidates if not one.reopen}
        chosen = {one for one, there in elected.items() if there == contest.id}
        assert here | chosen <= asked
        after = {one.id: one.after for one in draft.contests}
        for one in here & elected.keys():  # two bodies: whoever wins here is not kept out there
            assert order.index(contest.id) < order.index(elected[one])
            assert contest.id not in after[elected[one]]
        missing = asked - here - chosen
        assert all(order.index(elected[one]) < order.index(contest.id) for one in missing)
        places = [one.seats for one in made.unopposed if one.contest == contest.id]
        assert sum(part.seats for part in parts) + sum(places) == contest.seats
        assert all(one.vacant >= 0 for one in made.unopposed)
        if any(one.reopen for one in contest.candidates):
            assert not chosen
        if draft.nominations.fewer == EXTEND:
            assert len(asked) >= contest.seats
    assert made.contests
    if draft.nominations.unopposed == CONFIRM:
        assert not elected


@given(st.data())
def test_an_adopted_contest_can_be_held_or_the_officer_is_told_why_not(data: st.DataObject) -> None:
    draft = data.draw(plans())
    people = data.draw(lists(draft))
    found = adopted(draft, people)
    told = "\n".join(found.told)
    for contest in found.draft.contests:
        assert all(f"{contest.title}: {why}" in told for why in feasible.problems_of(found.draft, contest.id))
        assert contest.entry().max_ranks >= 1
    ids = [one.id for one in found.draft.contests]
    reopens = [one.id for contest in found.draft.contests for one in contest.candidates if one.reopen]
    assert len(set(ids)) == len(ids)
    assert len(set(reopens)) == len(reopens)
    assert not set(reopens) & {one.candidate.id for one in people}


def values_of(people: list[Admitted]) -> dict[str, Admitted]:
    return {one.candidate.id: one for one in people}


@given(st.data())
def test_limits_speak_of_exactly_those_who_have_the_value(data: st.DataObject) -> None:
    draft = data.draw(plans())
    people = data.draw(lists(draft))
    made = adopted(draft, people).draft
    by_id, plan = values_of(people), {one.id: one for one in draft.contests}
    for contest in (one for one in made.contests if not one.of):
        before = plan[contest.id].after
        own = {one.id for one in contest.candidates if not one.reopen}
        standing = own | {
            one.id
            for other in made.contests
            if other.planned_as in before
            for one in other.candidates
            if not one.reopen
        }
        sitting = [one.id for there in made.unopposed if there.contest in before for one in there.candidates]
        given_ = {(one.attribute, one.value): one for one in plan[contest.id].constraints}
        for limit in contest.constraints:
            assert set(limit.candidates) == {one for one in standing if by_id[one].has(limit.attribute, limit.value)}
            seated = given_[limit.attribute, limit.value].seated if (limit.attribute, limit.value) in given_ else 0
            assert limit.seated == seated + sum(by_id[one].has(limit.attribute, limit.value) for one in sitting)
        for cap in plan[contest.id].caps:
            for value in {by_id[one].value(cap.attribute) for one in own} - {""}:
                holders = sum(by_id[one].has(cap.attribute, value) for one in [*standing, *sitting])
                limits = [one for one in contest.constraints if (one.attribute, one.value) == (cap.attribute, value)]
                assert len(limits) == 1 or (not limits and holders == 1)
                assert all(one.max <= max(cap.most, one.seated, one.min) for one in limits)


@given(st.data())
def test_who_is_elected_without_a_vote_breaks_no_limit(data: st.DataObject) -> None:
    draft = data.draw(plans())
    people = data.draw(lists(draft))
    made = adopted(draft, people).draft
    by_id, plan = values_of(people), {one.id: one for one in draft.contests}
    for there in made.unopposed:
        contest = plan[there.contest]
        before = [o.id for other in made.unopposed if other.contest in contest.after for o in other.candidates]
        for one in contest.constraints if there.candidates else ():
            sitting = one.seated + sum(by_id[who].has(one.attribute, one.value) for who in before)
            have = sitting + sum(by_id[who.id].has(one.attribute, one.value) for who in there.candidates)
            assert have <= one.max
            voted = sum(other.seats for other in made.contests if other.planned_as in contest.after)
            assert have + voted >= one.min
        for cap in contest.caps:
            for who in there.candidates:
                value = by_id[who.id].value(cap.attribute)
                others = sum(
                    by_id[one].has(cap.attribute, value) for one in [*before, *(o.id for o in there.candidates)]
                )
                assert not value or others <= cap.most


@given(st.data())
def test_a_list_is_refused_for_a_reason(data: st.DataObject) -> None:
    draft = data.draw(plans())
    people = data.draw(lists(draft))
    try:
        ballot.adopt(draft, people)
    except RuleError as error:
        numbers = {one.id: sum(who.contest == one.id for who in people) for one in draft.contests}
        short = any(numbers[one.id] <= one.seats for one in draft.contests)
        guaranteed = any(limit.min for one in draft.contests for limit in one.constraints)
        why = str(error)
        assert (
            (why.startswith("Too few") and short and draft.nominations.fewer == EXTEND)
            or ("cannot be confirmed" in why and guaranteed)
            or (why.startswith("Nothing would be left") and all(numbers[one.id] <= one.seats for one in draft.contests))
        )


def test_one_who_is_elected_without_a_vote_leaves_a_later_contest_which_is_decided_in_turn() -> None:
    plan = a_plan(a_contest("lived"), a_contest("youth", after=("lived",)), a_contest("regions", 2, after=("youth",)))
    people = [
        person("ana", "lived"), person("ana", "youth"), person("ben", "youth"),
        person("ben", "regions"), person("cho", "regions"), person("dia", "regions"), person("eli", "regions"),
    ]  # fmt: skip
    found = ballot.adopt(plan, people)
    assert [(one.contest, [c.id for c in one.candidates]) for one in found.unopposed] == [
        ("lived", ["ana"]),
        ("youth", ["ben"]),
    ]
    assert [(one.id, [c.id for c in one.candidates], one.after) for one in found.draft.contests] == [
        ("regions", ["cho", "dia", "eli"], ())
    ]
    assert "Youth: Ana does not stand here, being elected without a vote (Lived)." in found.told


def test_who_may_win_an_earlier_contest_is_not_elected_without_a_vote_in_a_later_one() -> None:
    plan = a_plan(a_contest("lived"), a_contest("youth", after=("lived",)))
    people = [person("ana", "lived"), person("ben", "lived"), person("ana", "youth")]
    found = ballot.adopt(plan, people)
    assert [one.id for one in found.draft.contests] == ["lived", "youth"]
    assert "Youth: as many stand as there are places, or fewer, and Ana may be elected before" in found.told[0]


def test_a_cap_reaches_from_who_is_elected_without_a_vote_into_a_later_contest() -> None:
    one = (Cap("country", 1),)
    plan = a_plan(a_contest("lived", caps=one), a_contest("regions", 2, after=("lived",), caps=one))
    people = [
        person("ana", "lived", country="Peru"),
        *(person(name, "regions", country="Peru") for name in ("ben", "cho")),
        *(
            person(name, "regions", country=place)
            for name, place in (("dia", "Kenya"), ("eli", "Fiji"), ("fay", "fiji"))
        ),
    ]
    found = ballot.adopt(plan, people)
    assert found.draft.contests[0].constraints == (
        Constraint("country", "Fiji", 0, 1, ("eli", "fay"), 0),
        Constraint("country", "Peru", 0, 1, ("ben", "cho"), 1),
    )


def test_caps_that_forbid_the_unopposed_bring_a_vote_and_the_officer_hears_that_it_cannot_be_held() -> None:
    plan = a_plan(a_contest("board", 2, caps=(Cap("country", 1),)), a_contest("youth"))
    people = [person(name, "board", country="Peru") for name in ("ana", "ben")]
    people += [person(name, "youth") for name in ("cho", "dia")]
    found = ballot.adopt(plan, people)
    assert [one.id for one in found.draft.contests] == ["board", "youth"]
    assert [one.partition(":")[0] for one in found.told] == ["Board", "Board"]
    assert "country = Peru may not hold if all of them are elected" in found.told[0]
    assert "too few for 2 places" in found.told[1]


def test_a_confirming_vote_is_one_contest_for_each_and_what_cannot_be_filled_is_told() -> None:
    plan = a_plan(
        a_contest("board", 3, max_ranks=3), a_contest("later", after=("board",)), unopposed=CONFIRM, fewer=FILL
    )
    people = [person("ana", "board"), person("ben", "board"), person("cho", "later"), person("dia", "later")]
    found = ballot.adopt(plan, people)
    assert [(one.id, one.seats, one.of, one.title) for one in found.draft.contests] == [
        ("board-ana", 1, "board", "Board: Ana"),
        ("board-ben", 1, "board", "Board: Ben"),
        ("later", 1, "", "Later"),
    ]
    assert [(c.id, c.reopen) for c in found.draft.contests[0].candidates] == [
        ("ana", False),
        ("reopen-board-ana", True),
    ]
    assert found.draft.contests[2].after == ("board-ana", "board-ben")
    assert found.vacant == (("Board", 1),)
    assert found.draft.cloned("Next", CALENDAR).contests == plan.contests


def test_ids_of_confirming_votes_are_short_and_their_own() -> None:
    long = "a" * 60
    plan = a_plan(a_contest(long), a_contest(f"{long[:55]}-x"), unopposed=CONFIRM)
    people = [person("b" * 40, one.id) for one in plan.contests[:1]] + [person("c", plan.contests[1].id)]
    found = ballot.adopt(plan, people).draft
    assert feasible.problems_of(found, found.contests[0].id) == ()
    assert all(feasible.ID.fullmatch(one.id) for one in found.contests)
    again = a_plan(a_contest("a"), a_contest("a-b", 2), unopposed=CONFIRM)
    people = [person("b", "a"), person("c", "a-b"), person("d", "a-b")]
    assert [one.id for one in ballot.adopt(again, people).draft.contests] == ["a-b-2", "a-b-c", "a-b-d"]


def test_where_nothing_is_left_to_vote_on_members_confirm_or_nominations_go_on() -> None:
    plan = a_plan(a_contest("board", 2), a_contest("youth"))
    people = [person("ana", "board"), person("ben", "board"), person("cho", "youth")]
    found = ballot.adopt(plan, people)
    assert [one.id for one in found.draft.contests] == ["board-ana", "board-ben", "youth-cho"]
    assert found.told[0].startswith("In every contest as many stand")
    kept = a_plan(a_contest("board", 1, constraints=(Constraint("region", "Africa", 1, 1, ()),)))
    with pytest.raises(RuleError, match="Nothing would be left to vote on"):
        ballot.adopt(kept, [person("ana", "board", region="Africa")])
    with pytest.raises(RuleError, match="Nothing would be left to vote on"):
        ballot.adopt(a_plan(a_contest("board"), fewer=FILL), [])


def test_whom_an_officer_entered_by_hand_is_not_taken_over_and_the_officer_hears_it() -> None:
    plan = a_plan(replace(a_contest("board"), candidates=(Candidate("x", "By Hand"),)))
    found = ballot.adopt(plan, [person("ana", "board"), person("ben", "board")])
    assert [one.id for one in found.draft.standing] == ["ana", "ben"]
    assert found.told == ("Board: not on the list, since they were entered by hand and not nominated: By Hand.",)
    assert ballot.taken_off(found.draft) == plan


def test_too_few_are_told_by_contest() -> None:
    plan = a_plan(a_contest("board", 2), a_contest("youth"))
    with pytest.raises(RuleError, match=r"Too few stand \(Board: 1 for 2 places; Youth: 0 for 1 place\)"):
        ballot.adopt(plan, [person("ana", "board")])


def test_nobody_is_admitted_twice_or_to_nothing() -> None:
    plan = a_plan(a_contest("board"))
    for people in ([person("ana", "board")] * 2, [person("ana", "other")]):
        with pytest.raises(RuleError, match="was admitted twice"):
            ballot.adopt(plan, people)


# ---- terms -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        (Terms(by_self=False, by_others=False), "nominate themselves, or each other"),
        (Terms(seconders=51), "0 to 50 seconders"),
        (Terms(independent=(Independence("country", 3),)), "3 different values of country"),
        (Terms(independent=(Independence(" ", 1),)), "in what seconders have to differ"),
        (Terms(independent=(Independence("region", 1), Independence("region", 2))), "each attribute once"),
        (Terms(petition=2), "more supporters than there are seconders"),
        (Terms(contests=0), "one contest at least"),
        (Terms(words=501), "1 to 500 words"),
        (Terms(questions=(Question("a", "A?"), Question("a", "B?"))), "id of its own"),
        (Terms(questions=(Question("a b", "A?"),)), "id of its own"),
        (Terms(questions=(Question("a", " "),)), "needs a question"),
        (Terms(unopposed="maybe"), "say what happens"),
        (Terms(quorum=91), "0 to 90 percent"),
        (Terms(window=1), "2 to 60 days"),
        (Terms(window=61), "2 to 60 days"),
        (Terms(hearing=0), "1 to 168 hours"),
        (Terms(hearing=169), "1 to 168 hours"),
    ],
)
def test_terms_that_cannot_hold_are_told(terms: Terms, why: str) -> None:
    assert any(why in one for one in problems_of_terms(terms))
    assert problems_of_terms(Terms()) == ()


def test_terms_are_told_in_words() -> None:
    plan = a_plan(
        a_contest(
            "board", 2, caps=(Cap("country", 1),), constraints=(Constraint("lived_experience", "yes", 1, 2, ()),)
        ),
        a_contest("youth", constraints=(Constraint("region", "Asia", 0, 1, ()),), after=("board",)),
        a_contest("chairs", after=("board", "youth")),
    )
    assert terms_in_words.contests(plan) == (
        "Board: 2 places; at most 1 with the same country; at least 1 and at most 2 with lived experience yes.",
        "Youth: 1 place; at most 1 with region Asia; whoever wins in “Board” is passed over here.",
        "Chairs: 1 place; whoever wins in “Board” or “Youth” is passed over here.",
    )
    told = terms_in_words.told(Terms(seconders=0, photo=False, questions=(), by_others=False))
    assert told == (
        "You may nominate yourself.",
        "No seconders are needed.",
        "One person may stand in 1 contest of this election.",
        "Whoever stands may write a statement, of up to 300 words in each language.",
        (
            "Whether a nomination is admitted can be challenged for 2 days at least: nominee and nominator can appeal where "
            "it is not, other members can object where it is."
        ),
        (
            "Whoever a challenge is about can answer it. Without their answer, nobody decides earlier than 24 hours after it "
            "was made."
        ),
        "Where as many stand as there are places, they are elected without a vote.",
        (
            "If nothing at all would be left to vote on, members confirm each of them by a vote, with yes or “re-open "
            "nominations”: so there is a record that everybody can check."
        ),
        "Where fewer stand, nominations go on for longer.",
    )
    assert terms_in_words.told(Terms(seconders=1))[1].startswith("A nomination is seconded by 1 member or more")


def test_what_needs_no_vote_is_announced_a_line_for_each_contest() -> None:
    ana, ben = Candidate("ana", "Ana"), Candidate("ben", "Ben")
    unopposed = [Unopposed("a", "A", 2, (ana, ben)), Unopposed("b", "B", 1, (ana,)), Unopposed("c", "C", 2, ())]
    assert announcement.body(unopposed).splitlines() == [
        "A: Ana, Ben are elected.",
        "B: Ana is elected.",
        "C: 2 places stay vacant.",
    ]
