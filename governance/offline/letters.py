"""The letter that brings a voting code: as a plain mail, or as a sheet to print. No picture, no tracking, no tricks."""

import unicodedata
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import quote, urlsplit

from governance.crypto.credentials import show_code
from governance.domain.names import JOINERS, printable
from governance.errors import MalformedError
from governance.offline import files
from governance.offline.pairing import Person
from governance.offline.roll import check_address

WORDS = ("name", "title", "code", "link", "page", "contact", "registrar")
"""What a template may name, each as $name."""
_MAX_TEMPLATE = 2**16
_HOSTS = ("localhost", "127.0.0.1", "::1")

MAIL = """\
Dear $name,

this is your voting code for: $title

    $code

To vote, open this address. It has the code in it already:

    $link

Or open $page, sign in, and type the code. Capital and small letters are the same.

The code is yours alone. Nobody will ever ask you for it, by mail, by telephone or in any other way. Do not pass this mail
on. The code seals your vote; nobody can see from it how you voted.

If it is lost, ask for it again: $contact. You will get the same code; there is no other for you.

$registrar, registrar of this election. I made the codes on a computer that is not the voting server.
"""

SHEET = """\
$name

Your voting code for: $title

    $code

To vote, open $page, sign in, and type the code. Capital and small letters are the same.

The code is yours alone. Nobody will ever ask you for it. Keep this sheet until the result stands, and show it to nobody.

If it is lost, ask for it again: $contact. You will get the same code; there is no other for you.

$registrar, registrar of this election
"""

_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Voting codes: print, and delete this file</title>
<style>
  body { font: 12pt/1.5 sans-serif; margin: 2cm; }
  pre { font: inherit; white-space: pre-wrap; break-after: page; }
</style>
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is the same in every letter of one election."""

    election: str
    title: str
    base: str
    """The address of the voting server, without a slash at its end."""
    contact: str
    registrar: str
    sender: str = ""
    """A mail address."""
    template: str = ""
    """Instead of ours."""

    def page(self) -> str:
        """Where this election is voted."""
        return f"{self.base}/vote/{quote(self.election)}"

    def link(self, code: str) -> str:
        """The page with the code behind the #, which a browser never sends to a server."""
        return f"{self.page()}#code={code}"

    def text(self, person: Person, template: str, code: str) -> str:
        """One letter."""
        return Template(self.template or template).substitute(
            name=person.name,
            title=self.title,
            code=show_code(code),
            link=self.link(code),
            page=self.page(),
            contact=self.contact,
            registrar=self.registrar,
        )

    def mail(self, person: Person, code: str) -> EmailMessage:
        """One mail. The same mail sent twice by accident has one Message-ID, so that it can be shown once."""
        message = EmailMessage()
        message["From"] = Address(display(self.registrar), addr_spec=self.sender)
        message["To"] = Address(display(person.name), addr_spec=person.email)
        message["Subject"] = f"Your voting code: {self.title}"
        message["Date"] = formatdate()
        number = sha256(f"{self.election}/{person.member}/{person.salt}/{person.again}".encode()).hexdigest()[:32]
        message["Message-ID"] = f"<{number}@{self.sender.partition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(self.text(person, MAIL, code))
        return message


def display(name: str) -> str:
    """A name as it may stand before an address: where the library folds a long one, it forgets the quotes around signs."""
    kept = (letter if unicodedata.category(letter)[0] in "LMN" or letter in f"-'{JOINERS}" else " " for letter in name)
    return " ".join("".join(kept).split())


def sheets(letter: Letter, people: list[Person], *, html: bool) -> str:
    """All sheets in one file, each on a page of its own."""
    texts = [letter.text(person, SHEET, person.code) for person in people]
    if html:
        return _PAGE + "".join(f"<pre>{escape(text)}</pre>\n" for text in texts)
    return "\f".join(texts)


def read_base(text: str) -> str:
    """The address of the server, for links.

    Raises:
        MalformedError: It is none that a code may be given to.
    """
    try:
        url = urlsplit(text)
        _ = url.port
    except ValueError:
        url = urlsplit("")
    secure = url.scheme == "https" or (url.scheme == "http" and url.hostname in _HOSTS)
    if not secure or not url.hostname or url.query or url.fragment or url.username or not text.isprintable():
        msg = "--base-url: an address like https://vote.example.org is needed"
        raise MalformedError(msg)
    return text.rstrip("/")


def read_text(option: str, text: str) -> str:
    """One line of text, for a header or a letter.

    Raises:
        MalformedError: It is empty, or has a letter that cannot be printed.
    """
    if not text.strip() or not printable(text) or "=?" in text:  # RFC 2047's codes are decoded by mail programs
        msg = f"{option}: one line of text is needed, without the two characters =? together"
        raise MalformedError(msg)
    return text.strip()


def read_sender(text: str) -> str:
    """The address that mails come from.

    Raises:
        MalformedError: It is none.
    """
    try:
        check_address(text)
    except MalformedError:
        msg = "--from: a plain mail address is needed"
        raise MalformedError(msg) from None
    return text


def read_template(path: Path) -> str:
    """A letter of the registrar's own, tried once.

    Raises:
        MalformedError: It is not UTF-8, names something else than WORDS, or would bring no code.
    """
    try:
        text = files.read(path, _MAX_TEMPLATE).decode("utf-8-sig")
        Template(text).substitute(dict.fromkeys(WORDS, ""))
    except (UnicodeDecodeError, KeyError, ValueError):
        msg = f"{path}: a template is UTF-8, and may name only {', '.join('$' + word for word in WORDS)}"
        raise MalformedError(msg) from None
    if not {"code", "link"} & set(Template(text).get_identifiers()):
        msg = f"{path}: a letter without $code or $link would bring no code"
        raise MalformedError(msg)
    return text
