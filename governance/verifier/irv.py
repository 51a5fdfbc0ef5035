"""The alternative vote (counting.md section 5, steps 1 to 3, and 8.4), `irv`, for one seat."""

from .stages import Papers, Terms
from .transfers import TransferLaw


class InstantRunoff(TransferLaw):
    """Units of one vote: no paper is ever divided."""

    PLACES = 0
    TIES = "backwards"
    FINAL = False

    def __init__(self, papers: Papers, terms: Terms) -> None:
        """Raise ValueError for more seats than one."""
        if terms.seats != 1:
            msg = "irv fills one seat"
            raise ValueError(msg)
        super().__init__(papers, terms)

    def _quota_now(self) -> int:
        """Step 2: more than half of the papers not exhausted, at every stage anew."""
        return sum(self._tallies.values()) // 2 + 1

    def _proceed(self) -> None:
        """Step 3."""
        self._exclude([self._pick(self._may_go(), highest=False)])
