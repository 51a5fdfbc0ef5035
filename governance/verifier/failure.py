"""What can go wrong with a record, as exceptions with the section and the name that the contract gives the check."""

from typing import Final

SECTIONS: Final = {
    "form": "1",
    "ceremony": "6",
    "manifest": "7",
    "ballot": "8",
    "close": "9",
    "mix input": "9",
    "shuffle": "9",
    "decrypt": "10",
    "result": "11",
    "count": "11",
    "tree": "13",
    "board": "13",
    "order": "13",
}
"""The section of protocol.md for every name of a check (section 14); `manifest` may also be of section 4."""

CHECKS: Final = (*((section, name) for name, section in SECTIONS.items()), ("4", "manifest"))
"""Every check as (section, name); docs/checks.json lists the same."""


class CheckFailedError(Exception):
    """A check of the contract does not hold.

    `name` is one of section 14's names, `section` its section, `detail` a sentence for people.
    """

    def __init__(self, name: str, detail: str, section: str = "") -> None:
        super().__init__(detail)
        self.name = name
        self.section = section or SECTIONS[name]
        self.detail = detail


class NotARecordError(Exception):
    """The input is no record at all, or the call is wrong (exit code 2 of interfaces.md)."""
