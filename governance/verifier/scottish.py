"""Scottish STV (counting.md section 1), `scottish-stv`. The steps' numbers are those of the section."""

from .transfers import Pile, TransferLaw


class Scottish(TransferLaw):
    """Units of 0.00001 of a vote."""

    PLACES = 5
    TIES = "backwards"
    FINAL = False

    def _quota_now(self) -> int:
        """Step 2: a whole number of votes, the same at every stage."""
        return (self._valid // (self._terms.seats + 1) + 1) * self._unit

    def _proceed(self) -> None:
        surpluses = [name for name in self._winners() if self._tallies[name] > self._quota]
        if surpluses:
            self._transfer(self._pick(surpluses, highest=True))
        else:
            # Step 6.
            self._exclude([self._pick(self._may_go(), highest=False)])

    def _transfer(self, name: str) -> None:
        """Step 5: every paper goes on at surplus * value // tally."""
        tally = self._tallies[name]
        surplus = tally - self._quota

        def value(pile: Pile) -> int:
            return surplus * pile.value // tally

        self._transfer_from_all(name, value)
