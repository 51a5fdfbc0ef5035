"""Pages that show other people's personal data to an official: who looked is in the log before anybody sees them."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from governance.services import views
from governance.web.access import signed_in
from governance.web.extensions import now, reading, transaction


@contextmanager
def looking(what: str, *, election: str | None = None) -> Iterator[Session]:
    """A session that only reads, for one such page: once it was read, the log says that they looked.

    What is refused was not looked at. Nothing is written, and no lock taken, where the log says so today.

    Args:
        what: For the log: "looked at …", without a personal detail.
        election: Its id, where the page is about one.
    """
    with reading() as reader:
        yield reader
    looked(what, election=election)


def looked(what: str, *, election: str | None = None) -> None:
    """Put into the log that whoever is signed in looks at this; for a page that knows it only once it has read."""
    me, moment = signed_in().id, now()
    with reading() as reader:
        if views.noted(reader, me, what, election=election, now=moment):
            return
    with transaction() as writer:
        views.note(writer, me, what, election=election, now=moment)
