"""The count of one contest under the rules offered (counting.md); each law has a file of its own."""

from collections.abc import Mapping
from typing import Final

from .ers97 import Ers97
from .irv import InstantRunoff
from .meek import Meek
from .scottish import Scottish
from .stages import MAX_RESULT, CountTooLongError, Law, Papers, Terms
from .wigm import Wigm, WigmBatch

__all__ = ["LAWS", "MAX_RESULT", "CountTooLongError", "Papers", "Terms", "count"]

LAWS: Final[Mapping[str, type[Law]]] = {
    "scottish-stv": Scottish,
    "meek-prf": Meek,
    "wigm-prf": Wigm,
    "wigm-prf-batch": WigmBatch,
    "ers97": Ers97,
    "irv": InstantRunoff,
}


def count(papers: Papers, terms: Terms, rule: str) -> dict[str, object]:
    """Count; return the count object of interfaces.md.

    Raises:
        KeyError: the rule is not offered.
        ValueError: the rule cannot fill that many seats.
        CountTooLongError: the object would be longer than a record may hold.
        TooHardError: whether the constraints can be met was not found within the bounded work.
    """
    law = LAWS[rule](papers, terms)
    law.run()
    return law.result(rule)
