"""Names as scripts need them: one joiner between two letters, and nowhere else."""

import pytest

from governance.domain import membership, names
from governance.domain.names import alike, printable

HEAD = "email,name,country,region,joined\n"
PERSIAN = "\u0645\u06cc\u200c\u0631\u0632\u0627"
"""With a non-joiner."""
SINHALA = "\u0dc1\u0dca\u200d\u0dbb\u0dd3"
"""With a joiner after a mark."""


@pytest.mark.parametrize("name", ["", "Ada", "Ada Ñandú", PERSIAN, SINHALA, f"{PERSIAN} {SINHALA}"])
def test_what_can_be_shown(name: str) -> None:
    assert printable(name)


@pytest.mark.parametrize("joiner", names.JOINERS)
@pytest.mark.parametrize("pattern", ["*Ada", "Ada*", "A**da", "A* da", "A *da", "A*1", "*", "A-*da"])
def test_a_joiner_anywhere_else_cannot(pattern: str, joiner: str) -> None:
    assert not printable(pattern.replace("*", joiner))


@pytest.mark.parametrize("letter", ["\u200b", "\u2060", "\ufeff", "\u202e", "\u00ad", "\n", "\x00", "\u2028"])
def test_nothing_else_that_is_invisible_can(letter: str) -> None:
    assert not printable(f"A{letter}da")


def test_two_names_that_look_alike_are_alike() -> None:
    assert alike(" A\u200cda ") == alike("Ada")
    assert alike(PERSIAN) == PERSIAN.replace("\u200c", "")


def test_the_members_list_takes_them_in_names_and_not_in_addresses() -> None:
    good = membership.read(f"{HEAD}bo@example.org,{PERSIAN},IR,{SINHALA},2020-01-01\n".encode())
    bad = membership.read(f"{HEAD}b\u0645\u200c\u0645@example.org,Bo,IR,asia,2020-01-01\n".encode())

    assert [row.name for _, row in good.rows] == [PERSIAN]
    assert [mistake.why for mistake in bad.mistakes] == ["the e-mail address is not one"]
