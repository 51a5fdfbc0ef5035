"""In which capacity somebody votes: in person, or as the one named delegate of an organisation.

A delegate who is a member in person too has two memberships, at two addresses: two lines on the roll, two codes, two
votes, one in each capacity. In each capacity a person votes once, so nobody speaks for two organisations.
"""

from enum import StrEnum


class Kind(StrEnum):
    """Who is a member."""

    INDIVIDUAL = "individual"
    ORGANISATION = "organisation"


def listed_as(name: str, delegate: str) -> str:
    """The name on the roll: of a person, or of an organisation with whoever votes for it."""
    return f"{name} (delegate: {delegate})" if delegate else name
