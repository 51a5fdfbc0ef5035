"""What candidates say, in as many languages as they wish, until voting opens.

Where the calendar dates nominations, whoever has accepted one writes too, and until acceptance ends; an officer corrects
with a reason, which the log keeps and the candidate is told.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from governance.domain import limits
from governance.domain.calendar import in_utc
from governance.domain.draft import Draft
from governance.domain.phases import Phase
from governance.domain.signing_in import Role
from governance.errors import NotFoundError, RuleError
from governance.services import elections, nomination_mail, nomination_records, officers, often, outstanding
from governance.store.elections import Election
from governance.store.elections import Statement as Row

WORDS = 500
"""A statement has at most so many words in one language, where no terms of nominations say otherwise."""
LETTERS = 5_000
"""And at most so many characters: some scripts have no spaces between words."""
LANGUAGES: Mapping[str, str] = MappingProxyType(
    {
        "en": "English",
        "am": "አማርኛ",
        "ar": "العربية",
        "bn": "বাংলা",
        "de": "Deutsch",
        "es": "Español",
        "fa": "فارسی",
        "fr": "Français",
        "ha": "Hausa",
        "he": "עברית",
        "hi": "हिन्दी",
        "id": "Bahasa Indonesia",
        "it": "Italiano",
        "ja": "日本語",
        "ko": "한국어",
        "ms": "Bahasa Melayu",
        "my": "မြန်မာဘာသာ",
        "ne": "नेपाली",
        "nl": "Nederlands",
        "pl": "Polski",
        "pt": "Português",
        "ru": "Русский",
        "si": "සිංහල",
        "so": "Soomaali",
        "sw": "Kiswahili",
        "ta": "தமிழ்",
        "th": "ไทย",
        "tl": "Tagalog",
        "tr": "Türkçe",
        "uk": "Українська",
        "ur": "اردو",
        "vi": "Tiếng Việt",
        "zh": "中文",
    }
)
"""Codes of languages (BCP 47), each with its own name for itself. English comes first."""
_UNSEEN = "\n\t\u200c\u200d\u200e\u200f"
"""What cannot be seen and belongs to a text; marks that override the direction do not."""
_RIGHT_TO_LEFT = ("ar", "fa", "he", "ur")


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody says in one language.

    Attributes:
        language: Its code, for `lang`; `name` is what the language calls itself.
        dir: `ltr` or `rtl`.
    """

    language: str
    name: str
    dir: str
    text: str

    @property
    def paragraphs(self) -> list[str]:
        """Its lines that are not empty."""
        return [line for line in self.text.splitlines() if line.strip()]


@dataclass(frozen=True, slots=True)
class Speaker:
    """A candidate and whatever they say, English first."""

    id: str
    name: str
    said: tuple[Statement, ...]


def say(
    session: Session,
    by: str,
    election: str,
    candidate: str,
    text: str,
    *,
    now: datetime,
    language: str = "en",
    why: str = "",
) -> None:
    """Write or correct a candidate's statement in one language; an empty one is taken away, the same one stays as it is.

    Args:
        session: The database.
        by: Who does it.
        election: Of which election.
        candidate: Whose statement.
        text: What they say.
        now: The time.
        language: Its code.
        why: The reason for which an officer corrects it, where candidates are nominated; the log keeps it, and the
            candidate is told.

    Raises:
        NotPermittedError: Only the candidate and officers may.
        NotFoundError: There is no such candidate.
        RuleError: It is too long, the language is not offered, voting has opened, acceptance has ended, an officer
            gives no reason, or it is changed very often.
    """
    row = elections.get(session, election)
    own = may_say(session, by, row, candidate)
    if elections.progress(session, row).phase in (
        Phase.OPEN,
        Phase.TALLY,
        Phase.COUNTED,
        Phase.CANCELLED,
        Phase.ABANDONED,
    ):
        msg = "Statements are fixed once voting has opened, or the election is over."
        raise RuleError(msg)
    draft = elections.draft_of(row)
    if own and is_late(draft, now):
        msg = f"Statements are fixed since {in_utc(until(draft))}. Is there a mistake in it? Write to us."
        raise RuleError(msg)
    if not own and outstanding.nominated(draft) and not why.strip():
        msg = "Say why: it is kept in the log, and the candidate is told."
        raise RuleError(msg)
    if language not in LANGUAGES:
        msg = "This language is not on the list."
        raise RuleError(msg)
    if wrong := problem(text, most(draft)):
        raise RuleError(wrong)
    said = tidy(text)
    key = {"election_id": election, "candidate": candidate, "language": language}
    if (session.scalar(select(Row.text).filter_by(**key)) or "") == said:
        return
    if own and not often.count(session, limits.WRITE, by, now):
        raise limits.WRITE.refuse()
    session.execute(delete(Row).filter_by(**key))
    if said:
        session.add(Row(**key, text=said, changed=now))
    what = f"changed the statement of {candidate} ({LANGUAGES[language]})"
    told = why.strip() if not own and outstanding.nominated(draft) else ""
    officers.note(session, by, what, election=election, now=now, why=told)
    if told:
        whom = _whom(session, row, candidate)
        nomination_mail.changed(session, whom, draft.title, "changed your statement", told, now=now)


def most(draft: Draft) -> int:
    """How many words a statement may have in one language."""
    return draft.nominations.words if outstanding.nominated(draft) else WORDS


def until(draft: Draft) -> datetime:
    """Until when candidates write for themselves."""
    return nomination_records.accepted_until(draft.calendar) if outstanding.nominated(draft) else draft.calendar.opens


def is_late(draft: Draft, now: datetime) -> bool:
    """Whether acceptance has ended, so that only an officer corrects."""
    return outstanding.nominated(draft) and now >= until(draft)


def problem(text: str, words: int = WORDS) -> str:
    """Why a text cannot be a statement; empty if it can."""
    said = tidy(text)
    number, letters = len(said.split()), len(said)
    if number > words or letters > LETTERS:
        return f"A statement has at most {words} words and {LETTERS} letters; this one has {number} and {letters}."
    return "" if shows(said) else "The statement has signs in it that cannot be shown. Please type it anew."


def shows(text: str) -> bool:
    """Whether all of a text can be shown."""
    return all(letter.isprintable() or letter in _UNSEEN for letter in text)


def tidy(text: str) -> str:
    """What somebody typed, as it is kept."""
    return "\n".join(text.split("\r\n")).strip()


def may_say(session: Session, by: str, row: Election, candidate: str) -> bool:
    """Check that somebody may write for a candidate: the candidate (then True), or an officer.

    Raises:
        NotPermittedError: They may not.
        NotFoundError: There is no such candidate.
    """
    whom = _whom(session, row, candidate)
    if by in whom:
        return True
    officers.require(session, by, Role.OFFICER)  # first: an id is made from a name, and may be of somebody rejected
    if not whom:
        msg = "There is no such candidate."
        raise NotFoundError(msg)
    return False


def _whom(session: Session, row: Election, candidate: str) -> set[str]:
    """The member who it is; an empty id where the candidate is no member, nothing where there is none."""
    draft = elections.draft_of(row)
    members = {one.member for one in draft.standing if one.id == candidate}
    nominee = _nominees(session, row.id, draft).get(candidate)
    return members if nominee is None else members | {nominee}


def _nominees(session: Session, election: str, draft: Draft) -> dict[str, str]:
    """Ids of members by their ids as candidates: who has accepted a nomination, and stands by it."""
    if not outstanding.nominated(draft):
        return {}
    found = nomination_records.every(session, election)
    standing = (one for one in found if one.nomination.accepted is not None and not one.nomination.ended)
    return {one.row.candidate: one.nomination.nominee for one in standing}


def speaker(session: Session, election: str, candidate: str, *, nominated: bool = False) -> Speaker:
    """A candidate and what they say.

    Args:
        session: The database.
        election: Of which election.
        candidate: Whom.
        nominated: Also somebody who has accepted a nomination and does not stand in the draft: not for everybody.

    Raises:
        NotFoundError: There is no such candidate.
    """
    draft = elections.draft_of(elections.get(session, election))
    lists = [*(one.candidates for one in draft.contests), *(one.candidates for one in draft.unopposed)]
    names = [one.name for candidates in lists for one in candidates if one.id == candidate]
    if not names and nominated and (member := _nominees(session, election, draft).get(candidate)):
        names = [officers.names(session, [member])[member]]
    if not names:
        msg = "There is no such candidate."
        raise NotFoundError(msg)
    return Speaker(candidate, names[0], tuple(_all(session, election).get(candidate, ())))


def erase_others(session: Session, election: str, kept: Collection[str]) -> None:
    """Delete what all but these candidates said."""
    session.execute(delete(Row).where(Row.election_id == election, Row.candidate.not_in(kept)))


def every(session: Session, election: str) -> Mapping[str, Sequence[Statement]]:
    """What each candidate says who says something."""
    return _all(session, election)


def texts(session: Session, election: str, *, language: str = "en") -> dict[str, str]:
    """What each candidate says, in one language, or else in the first that they wrote in."""
    return {
        candidate: next((one.text for one in said if one.language == language), said[0].text)
        for candidate, said in _all(session, election).items()
    }


def _all(session: Session, election: str) -> dict[str, list[Statement]]:
    said: dict[str, list[Statement]] = {}
    rows = session.scalars(select(Row).filter_by(election_id=election)).all()
    order = list(LANGUAGES)
    for row in sorted(rows, key=lambda row: order.index(row.language) if row.language in order else len(order)):
        name = LANGUAGES.get(row.language, row.language)
        direction = "rtl" if row.language in _RIGHT_TO_LEFT else "ltr"
        said.setdefault(row.candidate, []).append(Statement(row.language, name, direction, row.text))
    return said
