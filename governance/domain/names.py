"""What may stand in a name, besides letters that print: the joiners that Persian and Indic scripts are written with."""

import re
import unicodedata
from collections.abc import Collection

JOINERS = "\u200c\u200d"
"""Zero width non-joiner and joiner: part of how a word is spelt, and invisible."""
_LONGEST_ID = 40


def shows(text: str, at: int) -> bool:
    """Whether the letter at a place can be shown: it prints, or it is one joiner between two letters."""
    if text[at] not in JOINERS:
        return text[at].isprintable()
    return 0 < at < len(text) - 1 and _is_letter(text[at - 1]) and _is_letter(text[at + 1])


def _is_letter(text: str) -> bool:
    return unicodedata.category(text)[0] in "LM"  # a mark belongs to the letter before it


def printable(text: str) -> bool:
    """Whether all of a text can be shown."""
    return all(shows(text, at) for at in range(len(text)))


def alike(text: str) -> str:
    """A name as readers see it: without what is invisible."""
    return "".join(letter for letter in text.strip() if letter not in JOINERS)


def slug(name: str, taken: Collection[str]) -> str:
    """An id made from a name, that nobody else has."""
    flat = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", flat).strip("-")[:_LONGEST_ID].strip("-") or "c"
    number, made = 1, base
    while made in taken:
        number += 1
        made = f"{base}-{number}"
    return made
