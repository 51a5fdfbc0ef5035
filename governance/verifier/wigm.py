"""The PR Foundation's reference WIGM (counting.md section 3, and 8.4 W1 to W4), `wigm-prf` and `wigm-prf-batch`."""

from .stages import Papers, Terms
from .transfers import Pile, TransferLaw


class Wigm(TransferLaw):
    """Units of 0.0001 of a vote."""

    PLACES = 4
    TIES = "lots"
    FINAL = True

    def __init__(self, papers: Papers, terms: Terms) -> None:
        super().__init__(papers, terms)
        self._transferred: set[str] = set()

    def _quota_now(self) -> int:
        """Step A (W1)."""
        return self._total // (self._terms.seats + 1) + 1

    def _pending(self) -> list[str]:
        """Return the elected whose surplus, be it 0, is not transferred yet (W2)."""
        return [name for name in self._winners() if name not in self._transferred]

    def _proceed(self) -> None:
        pending = self._pending()
        if pending:
            self._transfer(self._pick(pending, highest=True))
        else:
            # B4 (W4).
            self._exclude([self._pick(self._may_go(), highest=False)])

    def _transfer(self, name: str) -> None:
        """B3 (W1): weight * surplus is cut to a unit, and so is its quotient by the tally."""
        tally = self._tallies[name]
        surplus = tally - self._quota
        self._transferred.add(name)

        def value(pile: Pile) -> int:
            return pile.value * surplus // self._unit * self._unit // tally

        self._transfer_from_all(name, value)


class WigmBatch(Wigm):
    """The same, but sure losers are defeated together, before any surplus is transferred."""

    def _proceed(self) -> None:
        # B2 (W3).
        waiting = sum(self._tallies[name] - self._quota for name in self._pending())
        losers = self._largest_group(waiting, or_equal=False)
        if losers:
            self._exclude(losers)
        else:
            super()._proceed()
