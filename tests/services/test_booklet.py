"""The booklet: who stands where, in a stated order, with what they gave, and for whom it is when."""

import pytest

from governance.domain.draft import Candidate, Contest
from governance.domain.nominations.record import Kind
from governance.domain.terms import CONFIRM, PHARMA, Question
from governance.errors import NotFoundError
from governance.report.booklet import Answer, Booklet, kind
from governance.report.booklet import Kind as Filled
from governance.services import booklet, declarations, elections, running
from tests.services.booklets import ARABIC, OTHER, PICTURE, adopted, happen, nominate, nominated, spoken
from tests.services.stage import ELECTION, TWO, Stage, a_draft


@pytest.fixture
def listed(stage: Stage) -> Stage:
    """The list is adopted, the roll is not frozen."""
    nominated(stage)
    spoken(stage)
    adopted(stage)
    return stage


def shown(stage: Stage, reader: str = "m12") -> Booklet:
    with stage.reading() as session:
        return booklet.show(session, reader, ELECTION)


def test_contests_come_as_planned_and_candidates_by_their_names(listed: Stage) -> None:
    found = shown(listed)

    assert [(one.id, one.kind, one.vacant, [entry.name for entry in one.entries]) for one in found.parts] == [
        ("board", Filled.VOTE, 0, ["Émile Petit", "Zoë <b>Otieno", "李小龙"]),
        ("lived", Filled.ELECTED, 0, ["محمد الفاتح"]),
        ("empty", Filled.ELECTED, 1, []),
    ]
    assert [kind(one) for one in found.parts] == [
        "2 places, filled by a vote.",
        "1 place. No more people stand than there are places: they are elected without a vote.",
        "1 place. Nobody stands.",
    ]
    assert (found.title, found.public) == ("Advisory group 2026", False)


def test_an_entry_has_all_that_was_given(listed: Stage) -> None:
    emile, zoe, _ = shown(listed).parts[0].entries
    (muhammad,) = shown(listed).parts[1].entries

    assert (zoe.itself, zoe.nominators, zoe.seconders) == (True, (), ("Member 5", "Member 8"))
    assert (emile.itself, emile.nominators, emile.seconders) == (False, ("Member 7",), ("Member 5", "Member 8"))
    assert (emile.photo, emile.said, emile.answers) == (None, (), ())
    assert [(one.language, one.dir) for one in muhammad.said] == [("en", "ltr"), ("ar", "rtl")]
    assert muhammad.said[1].paragraphs == tuple(ARABIC.splitlines())
    assert zoe.photo is not None
    assert (zoe.photo.digest, zoe.photo.about) == (PICTURE.digest.hex(), 'Zoë "laughs"')
    assert muhammad.photo is not None
    assert (muhammad.photo.width, muhammad.photo.height) == (OTHER.width, OTHER.height)
    question = "Do you, or does your employer, receive money from a company that makes or sells medicines?"
    assert muhammad.answers == (Answer(question, yes=True, text="Travel, 2024 <b>"),)


def test_who_withdrew_was_rejected_or_never_accepted_is_not_in_it(stage: Stage) -> None:
    nominated(stage)
    gone = nominate(stage, "board", "m9", "nine")
    happen(stage, gone, Kind.WITHDRAWN, "m9")
    rejected = nominate(stage, "board", "m10", "ten")
    happen(stage, rejected, Kind.DECIDED, "officer", yes=False)
    nominate(stage, "board", "m11", "eleven", by="m5", accepted=False)
    adopted(stage)

    assert {one.id for one in shown(stage).entries()} == {"zoe", "emile", "c", "muhammad"}


def test_a_declaration_that_is_not_published_is_not_in_it(stage: Stage) -> None:
    private = Question("health", "Do you live with a condition of your own?", published=False)
    nominated(stage, questions=(private, PHARMA))
    with stage.writing() as session:
        for question in (private, PHARMA):
            declarations.make(session, "m1", question, yes=True, text=f"about {question.id}", now=stage.now)
    adopted(stage)

    (zoe,) = (one for one in shown(stage).entries() if one.id == "zoe")
    assert [one.text for one in zoe.answers] == ["about pharma"]


def test_members_see_it_from_the_adoption_and_everybody_from_the_freezing_of_the_roll(stage: Stage) -> None:
    nominated(stage)
    for reader in ("", "m5", "officer"):
        with pytest.raises(NotFoundError, match="not published yet"):
            shown(stage, reader)

    adopted(stage)
    with pytest.raises(NotFoundError, match="not published yet"):
        shown(stage, "")
    assert not shown(stage, "m5").public

    stage.freeze()
    assert shown(stage, "").public
    assert shown(stage, "") == shown(stage, "m5")
    with stage.reading() as session, pytest.raises(NotFoundError):
        booklet.show(session, "", "another")


def test_a_list_that_has_changed_is_nobodys_until_it_is_adopted_again(listed: Stage) -> None:
    late = nominate(listed, "board", "m9", "nine")
    happen(listed, late, Kind.DECIDED, "officer", yes=True)

    with pytest.raises(NotFoundError):
        shown(listed)
    adopted(listed)
    assert "nine" in {one.id for one in shown(listed).entries()}


def test_who_was_given_up_in_draft_is_shown_to_nobody(listed: Stage) -> None:
    with listed.writing() as session:
        row = elections.get(session, ELECTION)
        row.abandoned, row.abandoned_why = listed.now, "Another calendar."

    with pytest.raises(NotFoundError):
        shown(listed)


def test_those_to_be_confirmed_stand_in_one_part(stage: Stage) -> None:
    nominated(stage, unopposed=CONFIRM)
    spoken(stage)
    adopted(stage)

    lived = shown(stage).parts[1]

    assert (lived.id, lived.kind, lived.reopen, [one.id for one in lived.entries]) == (
        "lived",
        Filled.CONFIRM,
        True,
        ["muhammad"],
    )
    assert lived.entries[0].nominators == ("Member 6",)
    assert "members vote on each" in kind(lived)


def test_who_has_withdrawn_after_the_announcement_is_marked(listed: Stage) -> None:
    listed.freeze()
    listed.announce()
    with listed.writing() as session:
        running.withdraw(session, TWO, ELECTION, contest="board", candidate="zoe", reason="I am ill.", now=listed.now)

    assert [(one.id, one.withdrawn) for one in shown(listed).entries()] == [
        ("emile", False),
        ("zoe", True),
        ("c", False),
        ("muhammad", False),
    ]


def test_without_nominations_the_officers_list_is_the_booklet(stage: Stage) -> None:
    stage.set_up()
    reopen = Candidate("ron", "Re-open nominations", reopen=True)
    people = (Candidate("z", "Zoë"), Candidate("e", "Émile"), Candidate("f", "emma"), reopen)
    stage.draft(a_draft(contests=(Contest("board", "At large", 2, people, min_ballots=2),)))
    with pytest.raises(NotFoundError):
        shown(stage)
    stage.freeze()

    (part,) = shown(stage, "").parts

    assert [one.name for one in part.entries] == ["Émile", "emma", "Zoë"]
    assert part.reopen
    assert kind(part) == "2 places, filled by a vote. Voters can also choose to open nominations again."
    assert not any(
        (one.itself, one.nominators, one.seconders, one.answers) != (False, (), (), ()) for one in part.entries
    )
