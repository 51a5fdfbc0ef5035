"""Photos of candidates: who gives one, until when, who sees it."""

from dataclasses import replace

import pytest

from governance.domain import limits
from governance.domain.draft import Candidate
from governance.domain.limits import TooOftenError
from governance.domain.nominations.record import Kind
from governance.errors import NotFoundError, NotPermittedError, RuleError
from governance.services import elections, officers, photos
from tests.services.booklets import DAY, OTHER, PICTURE, adopted, happen, nominate, nominated, spoken
from tests.services.stage import ELECTION, OPEN, START, Stage, a_calendar, a_draft


@pytest.fixture
def entered(stage: Stage) -> Stage:
    """The officer has entered the candidates; one of them is a member."""
    stage.set_up()
    first = a_draft().contests[0]
    mine = Candidate("one", "Amina", member="m1")
    stage.draft(a_draft(contests=(replace(first, candidates=(mine, *first.candidates)),)))
    return stage


def put(stage: Stage, by: str, candidate: str, why: str = "", about: str = "A face") -> None:
    with stage.writing() as session:
        photos.put(session, by, ELECTION, candidate, PICTURE, about, now=stage.now, why=why)


def remove(stage: Stage, by: str, candidate: str, why: str = "") -> None:
    with stage.writing() as session:
        photos.remove(session, by, ELECTION, candidate, now=stage.now, why=why)


def there(stage: Stage, candidate: str) -> photos.Photo | None:
    with stage.reading() as session:
        return photos.get(session, ELECTION, candidate)


def sees(stage: Stage, reader: str, candidate: str) -> bool:
    with stage.reading() as session:
        return photos.may_see(session, reader, ELECTION, candidate)


def logged(stage: Stage) -> list[tuple[str, str]]:
    with stage.reading() as session:
        return [
            (one.what, one.why) for one in officers.log(session, "officer", election=ELECTION) if "photo" in one.what
        ]


# ---- where the officer has entered the candidates --------------------------------------------------------------------


def test_a_candidate_gives_a_photo_another_one_and_takes_it_away(entered: Stage) -> None:
    put(entered, "m1", "one", about="  Amina,\n smiling ")
    shown = there(entered, "one")
    assert shown == photos.Photo("one", PICTURE.digest.hex(), 480, 600, "Amina, smiling")

    with entered.writing() as session:
        photos.put(session, "m1", ELECTION, "one", OTHER, "Another", now=entered.now)
    shown = there(entered, "one")
    assert shown == photos.Photo("one", OTHER.digest.hex(), 480, 400, "Another")
    with entered.reading() as session:
        assert photos.jpegs(session, ELECTION) == {"one": OTHER.jpeg}

    remove(entered, "m1", "one")
    assert there(entered, "one") is None
    assert logged(entered) == [
        ("took away the photo of one", ""),
        ("changed the photo of one", ""),
        ("changed the photo of one", ""),
    ]
    with pytest.raises(NotFoundError):
        remove(entered, "m1", "one")


def test_an_officer_may_and_nobody_else(entered: Stage) -> None:
    put(entered, "officer", "a1")

    for other in ("m2", "secretary", "registrar"):
        with pytest.raises(NotPermittedError):
            put(entered, other, "one")
        with pytest.raises(NotPermittedError):
            remove(entered, other, "a1")
    with pytest.raises(NotFoundError):
        put(entered, "officer", "nobody")
    assert there(entered, "a1") is not None


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ("", "what the photo shows"),
        (" \n ", "what the photo shows"),
        ("x" * 201, "at most 200 letters; this one has 201"),
        ("A \u202eface", "cannot be shown"),
    ],
)
def test_a_photo_needs_a_description(entered: Stage, about: str, why: str) -> None:
    with pytest.raises(RuleError, match=why):
        put(entered, "m1", "one", about=about)

    assert there(entered, "one") is None


def test_photos_are_fixed_once_voting_has_opened_but_can_be_taken_away(entered: Stage) -> None:
    put(entered, "m1", "one")
    put(entered, "officer", "a1")
    entered.freeze()
    put(entered, "m1", "one")  # as statements
    entered.announce()
    entered.open()
    assert entered.now == OPEN

    for who in ("m1", "officer"):
        with pytest.raises(RuleError, match="fixed once voting has opened"):
            put(entered, who, "one", why="A reason")
    with pytest.raises(RuleError, match="say why"):
        remove(entered, "officer", "a1")
    remove(entered, "officer", "a1", why="It shows somebody else.")
    remove(entered, "m1", "one")

    assert (there(entered, "one"), there(entered, "a1")) == (None, None)
    assert ("took away the photo of a1", "It shows somebody else.") in logged(entered)


def test_a_photo_of_a_draft_is_for_the_candidate_and_officers(entered: Stage) -> None:
    put(entered, "m1", "one")
    before = {who: sees(entered, who, "one") for who in ("", "m1", "m2", "officer", "secretary")}
    assert before == {"": False, "m1": True, "m2": False, "officer": True, "secretary": False}

    entered.freeze()

    assert sees(entered, "", "one")
    with entered.reading() as session:
        assert photos.jpeg(session, "", ELECTION, "one", PICTURE.digest.hex()) == PICTURE.jpeg
        for wrong in ("", "00" * 32, PICTURE.digest.hex().upper()):
            with pytest.raises(NotFoundError):
                photos.jpeg(session, "", ELECTION, "one", wrong)
        with pytest.raises(NotFoundError):
            photos.jpeg(session, "", ELECTION, "a1", PICTURE.digest.hex())


def test_so_many_photos_in_an_hour(entered: Stage) -> None:
    def prepare() -> None:
        with entered.writing() as session:
            photos.prepare(session, "m1", ELECTION, "one", now=entered.now)

    for _ in range(limits.PHOTO.times):
        prepare()
    with pytest.raises(TooOftenError):
        prepare()

    entered.now += limits.PHOTO.window
    prepare()


def test_an_election_that_begins_again_has_the_photos(entered: Stage) -> None:
    put(entered, "m1", "one")
    entered.freeze()
    with entered.writing() as session:
        elections.get(session, ELECTION).abandoned = entered.now
    with entered.writing() as session:
        elections.begin_again(session, "officer", ELECTION, election="again", calendar=a_calendar(), now=entered.now)

    with entered.reading() as session:
        assert photos.every(session, "again") == photos.every(session, ELECTION)
        assert photos.jpegs(session, "again") == {"one": PICTURE.jpeg}


# ---- where candidates are nominated ----------------------------------------------------------------------------------


def test_a_nominee_gives_one_from_acceptance_until_it_ends(stage: Stage) -> None:
    nominated(stage)
    asked = nominate(stage, "lived", "m9", "nine", by="m10", accepted=False)
    with pytest.raises(RuleError, match="once the nomination is accepted"):
        put(stage, "m9", "nine")
    happen(stage, asked, Kind.ACCEPTED, "m9")
    put(stage, "m9", "nine")
    with pytest.raises(NotPermittedError):
        put(stage, "m10", "nine")  # who nominated

    stage.now = START - 4 * DAY
    with pytest.raises(RuleError, match="could be given until 25 February 2026, 09:00 UTC"):
        put(stage, "m9", "nine")
    with pytest.raises(RuleError, match="say why"):
        put(stage, "officer", "nine")
    put(stage, "officer", "nine", why="It was on its side.")

    assert logged(stage)[0] == ("changed the photo of nine", "It was on its side.")
    remove(stage, "m9", "nine")


def test_whoever_withdrew_gives_none(stage: Stage) -> None:
    nominated(stage)
    number = nominate(stage, "lived", "m9", "nine")
    put(stage, "m9", "nine")
    happen(stage, number, Kind.WITHDRAWN, "m9")

    with pytest.raises(RuleError, match="once the nomination is accepted"):
        put(stage, "m9", "nine")
    assert not sees(stage, "m5", "nine")
    remove(stage, "m9", "nine")


def test_terms_may_do_without_photos(stage: Stage) -> None:
    nominated(stage, photo=False)

    for who in ("m1", "officer"):
        with pytest.raises(RuleError, match="has no photos"):
            put(stage, who, "zoe")


def test_members_see_photos_of_those_who_accepted_and_were_not_rejected(stage: Stage) -> None:
    nominated(stage)
    spoken(stage)
    rejected = nominate(stage, "lived", "m9", "nine", by="m10")
    put(stage, "m9", "nine")
    people = ("", "m1", "m5", "m9", "officer", "secretary")

    def seeing(candidate: str) -> list[str]:
        return [who for who in people if sees(stage, who, candidate)]

    assert seeing("zoe") == ["m1", "m5", "m9", "officer", "secretary"]
    stage.now = START - 3 * DAY
    happen(stage, rejected, Kind.DECIDED, "officer", yes=False)
    assert seeing("nine") == ["m9", "officer"]


def test_after_the_freeze_only_those_who_stand_are_public(stage: Stage) -> None:
    nominated(stage)
    spoken(stage)
    gone = nominate(stage, "lived", "m9", "nine")
    put(stage, "m9", "nine")
    happen(stage, gone, Kind.WITHDRAWN, "m9")
    adopted(stage)
    stage.freeze()

    assert [sees(stage, "", one) for one in ("zoe", "muhammad", "nine")] == [True, True, False]
    assert sees(stage, "m9", "nine")


def test_officers_hear_of_nobody_who_has_not_accepted(stage: Stage) -> None:
    nominated(stage)
    nominate(stage, "lived", "m9", "nine", by="m10", accepted=False)

    with stage.reading() as session, pytest.raises(NotFoundError):
        photos.rights(session, "officer", ELECTION, "nine", now=stage.now)


def test_photos_of_those_who_do_not_stand_are_deleted_after_the_appeals(stage: Stage) -> None:
    nominated(stage)
    spoken(stage)
    gone = nominate(stage, "lived", "m9", "nine")
    put(stage, "m9", "nine")
    happen(stage, gone, Kind.WITHDRAWN, "m9")
    adopted(stage)
    stage.freeze()
    stage.announce()
    stage.open()
    stage.close()
    assert there(stage, "nine") is not None

    stage.now = a_calendar().appeals + DAY
    assert stage.advance() == ["forget who cast"]

    with stage.reading() as session:
        assert set(photos.every(session, ELECTION)) == {"zoe", "muhammad"}
