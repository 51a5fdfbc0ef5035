"""Photos of candidates: given by themselves while nominations can be corrected, by officers with a reason.

What was sent is encoded anew before a transaction begins (`pictures.encode`): nobody waits for it with their ballot.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from governance.domain import limits
from governance.domain.calendar import in_utc
from governance.domain.draft import Draft
from governance.domain.names import printable
from governance.domain.phases import OVER, Phase
from governance.domain.signing_in import Role
from governance.errors import NotFoundError, RuleError
from governance.services import elections, nomination_mail, nomination_records, officers, often, outstanding
from governance.services.nomination_records import Filed
from governance.services.pictures import Picture
from governance.store.nominations import NominationRow
from governance.store.nominations import Photo as Row

LETTERS = 200
"""Of the description."""
_FIXED = (Phase.OPEN, Phase.TALLY, *OVER)


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo without its bytes.

    Attributes:
        digest: For its address, in hexadecimal.
        about: What it shows, for those who do not see it.
    """

    candidate: str
    digest: str
    width: int
    height: int
    about: str


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may do with a photo now.

    Attributes:
        own: Whether it is theirs; else they are an officer.
        closed: Why no other one can be given, in a sentence; empty if it can.
        reason: Whether an officer has to say why.
    """

    own: bool
    closed: str
    reason: bool


# ---- changing one ----------------------------------------------------------------------------------------------------


def rights(session: Session, by: str, election: str, candidate: str, *, now: datetime) -> Rights:
    """What somebody may do with a candidate's photo.

    Raises:
        NotPermittedError: It is neither theirs nor are they an officer.
        NotFoundError: There is no such election or candidate.
    """
    row = elections.get(session, election)
    draft, filed = elections.draft_of(row), _filed(session, election, candidate)
    own = by in _people(draft, filed, candidate)
    if not own:
        officers.require(session, by, Role.OFFICER)
        if not _known(draft, filed, candidate):
            msg = "There is no such candidate."
            raise NotFoundError(msg)
    phase = elections.progress(session, row).phase
    late = outstanding.nominated(draft) and now >= nomination_records.accepted_until(draft.calendar)
    return Rights(
        own,
        _closed(draft, filed, phase, own=own, late=late),
        not own and (outstanding.nominated(draft) or phase in _FIXED),
    )


def _closed(draft: Draft, filed: list[Filed], phase: Phase, *, own: bool, late: bool) -> str:
    if not draft.nominations.photo:
        return "This election has no photos."
    if phase in _FIXED:
        return "Photos are fixed once voting has opened, or the election is over."
    if own and outstanding.nominated(draft):
        if late:
            until = in_utc(nomination_records.accepted_until(draft.calendar))
            return (
                f"A photo could be given until {until}. If something is wrong with it, write to the returning officers."
            )
        if not any(one.nomination.stands for one in filed):
            return "A photo can be given once the nomination is accepted."
    return ""


def prepare(session: Session, by: str, election: str, candidate: str, *, now: datetime) -> None:
    """Check that somebody may give a photo, and count it: encoding one costs the server a second.

    Raises:
        NotPermittedError: It is neither theirs nor are they an officer.
        NotFoundError: There is no such election or candidate.
        RuleError: It can no longer be given, or they gave too many (`TooOftenError`).
    """
    if why := rights(session, by, election, candidate, now=now).closed:
        raise RuleError(why)
    if not often.count(session, limits.PHOTO, by, now):
        raise limits.PHOTO.refuse()


def put(  # noqa: PLR0917  what a photo is made of
    session: Session,
    by: str,
    election: str,
    candidate: str,
    picture: Picture,
    about: str,
    *,
    now: datetime,
    why: str = "",
) -> None:
    """Give a photo, or another one.

    Args:
        session: The database.
        by: Who does it.
        election: Of which election.
        candidate: Whose photo it is.
        picture: As `pictures.encode` made it.
        about: What it shows.
        now: The time.
        why: An officer's reason, for the log and the candidate, where candidates are nominated.

    Raises:
        NotPermittedError: It is neither theirs nor are they an officer.
        NotFoundError: There is no such election or candidate.
        RuleError: It can no longer be given; the description or the reason is missing, or too long.
    """
    may = rights(session, by, election, candidate, now=now)
    about = " ".join(about.split())
    if why_not := may.closed or problem(about):
        raise RuleError(why_not)
    _require_reason(may, why)
    officers.note(session, by, f"changed the photo of {candidate}", election=election, now=now, why=why.strip())
    _tell(session, may, election, candidate, "changed your photo", why, now=now)
    row = session.get(Row, (election, candidate)) or Row(election_id=election, candidate=candidate)
    row.jpeg, row.digest, row.width, row.height = picture.jpeg, picture.digest, picture.width, picture.height
    row.about, row.changed = about, now
    session.add(row)
    session.flush()


def problem(about: str) -> str:
    """Why a text cannot describe a photo; empty if it can."""
    if not about.strip():
        return "Please say in a few words what the photo shows, for people who cannot see it."
    if len(about) > LETTERS:
        return f"The description has at most {LETTERS} letters; this one has {len(about)}."
    return "" if printable(about) else "The description has signs in it that cannot be shown. Please type it anew."


def remove(session: Session, by: str, election: str, candidate: str, *, now: datetime, why: str = "") -> None:
    """Take a photo away: its owner at any time, an officer with a reason.

    Raises:
        NotPermittedError: It is neither theirs nor are they an officer.
        NotFoundError: There is no such election or candidate, or no photo.
        RuleError: An officer's reason is missing.
    """
    may = rights(session, by, election, candidate, now=now)
    row = session.get(Row, (election, candidate))
    if row is None:
        msg = "There is no photo."
        raise NotFoundError(msg)
    _require_reason(may, why)
    officers.note(session, by, f"took away the photo of {candidate}", election=election, now=now, why=why.strip())
    _tell(session, may, election, candidate, "took away your photo", why, now=now)
    session.delete(row)
    session.flush()


def _require_reason(may: Rights, why: str) -> None:
    if may.reason and not why.strip():
        msg = "Please say why: it is kept in the log."
        raise RuleError(msg)


def _tell(  # noqa: PLR0917  one call
    session: Session, may: Rights, election: str, candidate: str, what: str, why: str, *, now: datetime
) -> None:
    """Tell whom it shows what an officer did."""
    if may.reason:
        draft, filed = elections.draft_of(elections.get(session, election)), _filed(session, election, candidate)
        people = _people(draft, filed, candidate)
        nomination_mail.changed(session, people, draft.title, what, why.strip(), now=now)


def erase_others(session: Session, election: str, kept: Collection[str]) -> None:
    """Delete the photos of all but these candidates."""
    session.execute(delete(Row).where(Row.election_id == election, Row.candidate.not_in(kept)))


# ---- showing them ----------------------------------------------------------------------------------------------------

_SHOWN = (Row.candidate, Row.digest, Row.width, Row.height, Row.about)


def every(session: Session, election: str) -> Mapping[str, Photo]:
    """The photos of an election by the id of the candidate, whoever may see them."""
    rows = session.execute(select(*_SHOWN).filter_by(election_id=election))
    return {row.candidate: Photo(row.candidate, row.digest.hex(), row.width, row.height, row.about) for row in rows}


def get(session: Session, election: str, candidate: str) -> Photo | None:
    """A candidate's photo, whoever may see it; None if there is none."""
    return every(session, election).get(candidate)


def jpegs(session: Session, election: str) -> dict[str, bytes]:
    """The bytes of all photos, for the booklet."""
    rows = session.execute(select(Row.candidate, Row.jpeg).filter_by(election_id=election))
    return {row.candidate: row.jpeg for row in rows}


def jpeg(session: Session, reader: str, election: str, candidate: str, digest: str) -> bytes:
    """The bytes of a photo, for whoever may see it: `reader` is a member's id, or empty.

    Raises:
        NotFoundError: There is no such photo, or it is not for this reader.
    """
    row = session.get(Row, (election, candidate))
    if row is None or row.digest.hex() != digest or not may_see(session, reader, election, candidate):
        msg = "There is no such photo."
        raise NotFoundError(msg)
    return row.jpeg


def is_public(session: Session, election: str, candidate: str) -> bool:
    """Whether everybody may see a photo: the roll is frozen, as for what candidates say, and they stand."""
    row = elections.get(session, election)
    return row.frozen is not None and any(one.id == candidate for one in elections.draft_of(row).standing)


def may_see(session: Session, reader: str, election: str, candidate: str) -> bool:
    """Whether somebody may see a photo: before everybody may, members of those who accepted; officers; oneself."""
    if is_public(session, election, candidate):
        return True
    if not reader:
        return False
    filed = _filed(session, election, candidate)
    if reader in _people(elections.draft_of(elections.get(session, election)), filed, candidate):
        return True
    if Role.OFFICER in officers.person(session, reader).roles:
        return True
    return any(one.nomination.stands and one.nomination.admitted is not False for one in filed)


# ---- who it is -------------------------------------------------------------------------------------------------------


def name(session: Session, election: str, candidate: str) -> str:
    """The name of whoever stands, or was nominated; empty if there is nobody."""
    draft = elections.draft_of(elections.get(session, election))
    standing = [one.name for one in draft.standing if one.id == candidate]
    if standing:
        return standing[0]
    people = {one.nomination.nominee for one in _filed(session, election, candidate)}
    return next(iter(officers.names(session, people).values()), "")


def _filed(session: Session, election: str, candidate: str) -> list[Filed]:
    numbers = session.scalars(select(NominationRow.id).filter_by(election_id=election, candidate=candidate)).all()
    return [nomination_records.get(session, election, number) for number in numbers]


def _known(draft: Draft, filed: list[Filed], candidate: str) -> bool:
    accepted = any(one.nomination.accepted is not None for one in filed)  # before that it is nobody's business
    return accepted or any(one.id == candidate for one in draft.standing)


def _people(draft: Draft, filed: list[Filed], candidate: str) -> set[str]:
    """The one member who it is; empty where the candidate is no member."""
    stand = {one.member for one in draft.standing if one.id == candidate}
    return (stand | {one.nomination.nominee for one in filed}) - {""}
