"""The forms in which a file may hold ranked papers, told by the end of its name (docs/counting.md 8.5)."""

from governance.count import blt_reader, preflib, rankings_csv
from governance.count.blt import Election
from governance.errors import MalformedError

FORMS = ("blt", *preflib.KINDS, "csv")


def read(data: bytes, form: str) -> Election:
    """What a file in one of `FORMS` says. Where the form does not know the number of places, `seats` is 0.

    Raises:
        MalformedError: The bytes are not of that form; the text names the line.
    """
    if form == "blt":
        return blt_reader.read(data)
    if form == "csv":
        return rankings_csv.read(data)
    if form in preflib.KINDS:
        return preflib.read(data, form)
    raise MalformedError(f"the form {form!r} is none of {', '.join(FORMS)}")


def of_name(name: str) -> str:
    """The form that a file's name says; BLT if it says none, as ever."""
    ending = name.rpartition(".")[2].lower()
    return ending if ending in FORMS else "blt"
