"""What candidates say, in as many languages as they wish, until voting opens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from governance.domain.phases import Phase
from governance.domain.signing_in import Role
from governance.errors import NotFoundError, RuleError
from governance.services import elections, officers
from governance.store.elections import Election
from governance.store.elections import Statement as Row

WORDS = 500
"""A statement has at most so many words in one language."""
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
    session: Session, by: str, election: str, candidate: str, text: str, *, now: datetime, language: str = "en"
) -> None:
    """Write or correct a candidate's statement in one language; an empty one is taken away.

    Raises:
        NotPermittedError: Only the candidate and officers may.
        NotFoundError: There is no such candidate.
        RuleError: It is too long, the language is not offered, or voting has opened.
    """
    row = elections.get(session, election)
    may_say(session, by, row, candidate)
    if elections.progress(session, row).phase in (
        Phase.OPEN,
        Phase.TALLY,
        Phase.COUNTED,
        Phase.CANCELLED,
        Phase.ABANDONED,
    ):
        msg = "Statements are fixed once voting has opened, or the election is over."
        raise RuleError(msg)
    if language not in LANGUAGES:
        msg = "This language is not on the list."
        raise RuleError(msg)
    if why := problem(text):
        raise RuleError(why)
    said = _said(text)
    key = {"election_id": election, "candidate": candidate, "language": language}
    session.execute(delete(Row).filter_by(**key))
    if said:
        session.add(Row(**key, text=said, changed=now))
    what = f"changed the statement of {candidate} ({LANGUAGES[language]})"
    officers.note(session, by, what, election=election, now=now)


def problem(text: str) -> str:
    """Why a text cannot be a statement; empty if it can."""
    said = _said(text)
    words, letters = len(said.split()), len(said)
    if words > WORDS or letters > LETTERS:
        return f"A statement has at most {WORDS} words and {LETTERS} letters; this one has {words} and {letters}."
    if not all(letter.isprintable() or letter in _UNSEEN for letter in said):
        return "The statement has signs in it that cannot be shown. Please type it anew."
    return ""


def _said(text: str) -> str:
    return "\n".join(text.split("\r\n")).strip()


def may_say(session: Session, by: str, row: Election, candidate: str) -> None:
    """Check that somebody may write for a candidate: the candidate, or an officer.

    Raises:
        NotPermittedError: They may not.
        NotFoundError: There is no such candidate.
    """
    members = {
        one.member
        for contest in elections.draft_of(row).contests
        for one in contest.candidates
        if one.id == candidate and not one.reopen
    }
    if not members:
        msg = "There is no such candidate."
        raise NotFoundError(msg)
    if by not in members:
        officers.require(session, by, Role.OFFICER)


def speaker(session: Session, election: str, candidate: str) -> Speaker:
    """A candidate and what they say.

    Raises:
        NotFoundError: There is no such candidate.
    """
    draft = elections.draft_of(elections.get(session, election))
    names = [one.name for contest in draft.contests for one in contest.candidates if one.id == candidate]
    if not names:
        msg = "There is no such candidate."
        raise NotFoundError(msg)
    return Speaker(candidate, names[0], tuple(_all(session, election).get(candidate, ())))


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
