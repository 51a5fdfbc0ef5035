"""How often somebody may do something, and the one error that says it was too often."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from governance.errors import RuleError


class TooOftenError(RuleError):
    """It may be done later (429)."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many times in a window; windows follow each other from a fixed moment, so counting needs one row each."""

    name: str
    times: int
    window: timedelta

    def start(self, now: datetime) -> datetime:
        """When the window of a moment began."""
        seconds = int(self.window.total_seconds())
        return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)

    def refuse(self) -> TooOftenError:
        """What to raise once it is reached."""
        return TooOftenError("That was too often in a short time. Please wait a little, and try again.")


MAIL = Limit("mail", 5, timedelta(hours=1))
"""Sign-in mails to one address, asked for in one place: whoever floods a mailbox locks nobody else out."""
MAIL_IN_ALL = Limit("mail in all", 20, timedelta(hours=1))
"""Sign-in mails to one address, wherever they were asked for."""
WRONG = Limit("wrong", 20, timedelta(days=1))
"""Wrong digits for one member; after them only the link of a mail signs in."""
ASK = Limit("ask", 30, timedelta(hours=1))
"""Sign-in requests from one place, whatever the addresses."""
CAST = Limit("cast", 30, timedelta(hours=1))
"""Ballots of one member that were taken."""
REFUSED = Limit("refused", 30, timedelta(hours=1))
"""Ballots of one member that were refused: each costs the server a check."""
NOMINATE = Limit("nominate", 10, timedelta(days=1))
"""Nominations that one member makes, of whomever."""
SECOND = Limit("second", 60, timedelta(days=1))
"""Nominations that one member seconds, or no longer does."""
NOMINEE_MAIL = Limit("nominee mail", 5, timedelta(days=1))
"""Mails to one address that somebody nominated its member; further nominations stand on their page alone."""
ENOUGH_MAIL = Limit("enough mail", 1, timedelta(days=1))
"""Mails about one nomination that enough have seconded it."""
WRITE = Limit("write", 60, timedelta(hours=1))
"""Statements and declarations of one member that were changed: each is a line in the log, where others have to be found."""
ERASE = Limit("erase", 1, timedelta(days=1))
"""Looking for what is known of people and has had its time."""
PHOTO = Limit("photo", 20, timedelta(hours=1))
"""Photos of one member that were taken to be encoded anew: each costs the server a second."""
WRONG_CODE = Limit("wrong code", 10, timedelta(hours=1))
"""Wrong codes of one person's second step; after them the codes of an authenticator wait, a recovery code does not."""
WRONG_CODES = Limit("wrong codes", 20, timedelta(days=1))
"""The same in a day: so many guesses find a code of six digits in one of 16,000 days."""
SECOND_STEP = Limit("second step", 20, timedelta(days=1))
"""Changes of one person's second step: each is a mail and a line in the log."""
