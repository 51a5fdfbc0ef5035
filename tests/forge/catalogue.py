"""All forgeries, by row of protocol.md, section 15."""

from collections import Counter

from tests.forge import (
    of_ballots,
    of_boards,
    of_bytes,
    of_ceremonies,
    of_forms,
    of_manifests,
    of_mixes,
    of_openings,
    of_orders,
    of_results,
    of_zips,
)
from tests.forge.forgery import Forgery

FORGERIES: list[Forgery] = sorted(
    (
        *of_ballots.FORGERIES,
        *of_boards.FORGERIES,
        *of_bytes.FORGERIES,
        *of_ceremonies.FORGERIES,
        *of_forms.FORGERIES,
        *of_manifests.FORGERIES,
        *of_mixes.FORGERIES,
        *of_openings.FORGERIES,
        *of_orders.FORGERIES,
        *of_results.FORGERIES,
        *of_zips.FORGERIES,
    ),
    key=lambda forgery: forgery.row,
)


def by_row() -> Counter[int]:
    """How many there are of each row."""
    return Counter(forgery.row for forgery in FORGERIES)
