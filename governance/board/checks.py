"""The numbered checks of a record (protocol.md, sections 14 and 15) and the failure that names one."""

from enum import Enum

from governance.errors import GovernanceError


class Check(Enum):
    """(section, name), in the order in which a report lists them."""

    FORM = ("1", "form")
    TREE = ("13", "tree")
    CEREMONY = ("6", "ceremony")
    CODEC = ("4", "manifest")
    MANIFEST = ("7", "manifest")
    BALLOT = ("8", "ballot")
    CLOSE = ("9", "close")
    MIX_INPUT = ("9", "mix input")
    SHUFFLE = ("9", "shuffle")
    DECRYPT = ("10", "decrypt")
    RESULT = ("11", "result")
    COUNT = ("11", "count")
    ORDER = ("13", "order")
    BOARD = ("13", "board")

    @property
    def section(self) -> str:
        """The section of protocol.md."""
        return self.value[0]

    @property
    def title(self) -> str:
        """The name of the check."""
        return self.value[1]


class CheckError(GovernanceError):
    """A check failed; the text says which and why, in one line."""

    def __init__(self, check: Check, detail: str) -> None:
        super().__init__(f"section {check.section}, {check.title}: {detail}")
        self.check = check
        self.detail = detail


class Need:
    """Says what must hold for one check: `need(holds, detail)` raises the check's error where it does not."""

    __slots__ = ("_check", "_where")

    def __init__(self, check: Check, where: str = "") -> None:
        self._check = check
        self._where = f"{where}: " if where else ""

    def __call__(self, holds: bool, detail: str) -> None:  # noqa: FBT001  it reads as a sentence
        """Go on if it holds.

        Raises:
            CheckError: It does not.
        """
        if not holds:
            raise CheckError(self._check, self._where + detail)
