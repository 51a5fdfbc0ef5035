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
