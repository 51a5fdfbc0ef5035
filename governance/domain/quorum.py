"""How many have to vote in a contest, so that its votes are opened."""

from collections.abc import Mapping

_WHOLE = 100


def least(fewest: int, percent: int, voters: int) -> int:
    """The fewest ballots that are opened: as the contest says, and so many percent of its roll, rounded up."""
    return max(fewest, -(-percent * voters // _WHOLE))


def on_rolls(styles: Mapping[tuple[str, ...], int], contest: str) -> int:
    """How many may vote in a contest, from how many there are of each style."""
    return sum(count for contests, count in styles.items() if contest in contests)
