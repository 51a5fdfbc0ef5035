"""An election of whose candidates there is a booklet: nominated, seconded, admitted, adopted; made-up pictures."""

import io
from dataclasses import replace
from datetime import timedelta

from PIL import Image, ImageDraw

from governance.domain.calendar import Period
from governance.domain.draft import Contest, Draft, Span
from governance.domain.nominations.record import Event, Kind
from governance.domain.terms import FILL, Terms
from governance.services import adoption, declarations, elections, nomination_records, photos, statements
from governance.services.pictures import Picture
from governance.store.members import Member
from governance.store.nominations import NominationRow
from tests.services.stage import ELECTION, START, Stage, a_calendar, a_draft

DAY = timedelta(days=1)
ARABIC = "أنا أستمع أولاً، ثم أتكلم.\nأؤمن بأن أصوات من عاشوا التجربة تأتي قبل كل شيء."
NAMES = {"m1": "Zoë <b>Otieno", "m2": "محمد الفاتح", "m3": "Émile Petit", "m4": "李小龙"}
"""Of members who stand; m1 has letters that would be marks if a page forgot to disarm them."""


def a_nominated_draft(**terms: object) -> Draft:
    """Nominations ended five days before START, acceptance four; objections two."""
    periods = (
        Span(Period.NOTICE, START - 20 * DAY, START - 20 * DAY),
        Span(Period.NOMINATIONS, START - 19 * DAY, START - 5 * DAY),
        Span(Period.ACCEPTANCE, START - 19 * DAY, START - 4 * DAY),
        Span(Period.SCRUTINY, START - 19 * DAY, START - 3 * DAY),
        Span(Period.OBJECTIONS, START - 4 * DAY, START - 2 * DAY),
    )
    return a_draft(
        calendar=replace(a_calendar(cutoff=START - 21 * DAY), periods=periods),
        contests=(
            Contest("board", "At large <i>", 2, min_ballots=2),
            Contest("lived", "Lived experience", 1, min_ballots=2),
            Contest("empty", "Nobody's", 1, min_ballots=2),
        ),
        nominations=replace(Terms(), fewer=FILL, **terms),  # type: ignore[arg-type]
    )


def nominate(stage: Stage, contest: str, nominee: str, candidate: str, *, by: str = "", accepted: bool = True) -> int:
    """File a nomination, and accept it."""
    with stage.writing() as session:
        row = NominationRow(election_id=ELECTION, contest=contest, nominee_id=nominee, candidate=candidate, named=None)
        filed = nomination_records.begin(session, row, by or nominee, now=stage.now)
        if by and accepted:
            nomination_records.add(session, filed, Event(0, Kind.ACCEPTED, stage.now, nominee))
        return row.id


def happen(stage: Stage, number: int, kind: Kind, by: str, *, yes: bool = False) -> None:
    with stage.writing() as session:
        filed = nomination_records.get(session, ELECTION, number)
        nomination_records.add(session, filed, Event(0, kind, stage.now, by, yes=yes))


def nominated(stage: Stage, **terms: object) -> None:
    """Four stand: three for two places at large, one, without anybody against him, for lived experience.

    The clock stands in the midst of nominations.
    """
    stage.now = START - 10 * DAY
    stage.set_up()
    with stage.writing() as session:
        for member, name in NAMES.items():
            found = session.get(Member, member)
            assert found is not None
            found.name = name
    stage.draft(a_nominated_draft(**terms))
    stage.advance()
    for member, contest, candidate, by in (
        ("m1", "board", "zoe", ""),
        ("m2", "lived", "muhammad", "m6"),
        ("m3", "board", "emile", "m7"),
        ("m4", "board", "c", ""),
    ):
        number = nominate(stage, contest, member, candidate, by=by)
        for seconder in ("m5", "m8"):
            happen(stage, number, Kind.SECONDED, seconder)


def spoken(stage: Stage) -> None:
    """What candidates say and declare; two of them have a photo."""
    terms = a_nominated_draft().nominations
    with stage.writing() as session:
        for who, candidate, text, language in (
            ("m1", "zoe", "I <script>alert(1)</script> listen.\n\nAnd I write.", "en"),
            ("m2", "muhammad", ARABIC, "ar"),
            ("m2", "muhammad", "I listen first.", "en"),
            ("m4", "c", "我会倾听。", "zh"),
        ):
            statements.say(session, who, ELECTION, candidate, text, now=stage.now, language=language)
        declarations.make(session, "m2", terms.questions[0], yes=True, text="Travel, 2024 <b>", now=stage.now)
        photos.put(session, "m1", ELECTION, "zoe", PICTURE, 'Zoë "laughs"', now=stage.now)
        photos.put(session, "m2", ELECTION, "muhammad", OTHER, "A man with glasses", now=stage.now)


def adopted(stage: Stage) -> None:
    """The list of candidates is adopted; the roll can be frozen."""
    stage.now = START - 3 * DAY
    with stage.reading() as session:
        found = nomination_records.every(session, ELECTION)
        numbers = [one.row.id for one in found if one.nomination.stands and one.nomination.admitted is None]
    for number in numbers:
        happen(stage, number, Kind.DECIDED, "officer", yes=True)
    with stage.writing() as session:
        version = elections.get(session, ELECTION).version
        adoption.adopt(session, "officer", ELECTION, version, now=stage.now)


# ---- pictures --------------------------------------------------------------------------------------------------------


def a_face(size: tuple[int, int] = (480, 600), colour: str = "teal") -> Image.Image:
    """A made-up face: dark in its upper left corner, so that it is seen which way up it is."""
    width, height = size
    face = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(face)
    draw.ellipse((width // 5, height // 6, width * 4 // 5, height * 5 // 6), fill=colour)
    draw.rectangle((0, 0, width // 6, height // 8), fill="black")
    return face


def file_of(image: Image.Image, form: str = "JPEG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def _picture(image: Image.Image) -> Picture:
    return Picture(file_of(image, quality=60), *image.size)


PICTURE, OTHER = _picture(a_face()), _picture(a_face((480, 400), "maroon"))
