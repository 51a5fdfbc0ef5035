"""What the board says, with the manifest, of contests that need no vote."""

from collections.abc import Iterable

from governance.domain.draft import Unopposed

SUBJECT = "Elected without a vote"
"""Of the notice: results are shown with it."""


def body(unopposed: Iterable[Unopposed]) -> str:
    """A line for each contest: who is elected, and which places stay vacant."""
    return "\n".join(map(line, unopposed))


def line(one: Unopposed) -> str:
    """Like “Youth: Ana Example is elected. 1 place stays vacant.”."""
    names = [candidate.name for candidate in one.candidates]
    told = [f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} elected."] if names else []
    if one.vacant:
        told.append(f"{one.vacant} {'place stays' if one.vacant == 1 else 'places stay'} vacant.")
    return f"{one.title}: {' '.join(told)}"
