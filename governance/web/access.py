"""Who asks: private unless said otherwise. A page that is not marked `@public` is for those who are signed in.

Whoever has still to pass a second step is not: to every view they are nobody, but to those of `second_step`.

What somebody may do is for the services to say; a page asks them, and hides nothing that they would refuse.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from flask_login import current_user, login_user, logout_user
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from governance.domain.signing_in import Role
from governance.services import accounts
from governance.services.accounts import Browser
from governance.services.officers import Person
from governance.web.extensions import has_database, login, now, reading

View = TypeVar("View", bound=Callable[..., object])
LOOPBACK = ("127.0.0.1", "localhost", "::1")
LONGEST = 1000
"""Letters of an address to go back to: it lies in the cookie, of which browsers keep 4 KB."""
SAFE = ("GET", "HEAD", "OPTIONS")
_KEPT = "_user_id"
"""Where Flask-Login keeps what `User.get_id` gives."""
_WAITING = "governance_waiting"


def public(view: View) -> View:
    """Mark a view that anybody may see."""
    vars(view)["public"] = True
    return view


def is_public(view: Callable[..., object]) -> bool:
    return bool(getattr(view, "public", False))


@dataclass(frozen=True, slots=True)
class User:
    """What Flask-Login keeps in the cookie: the secret of a session, never the id of a member."""

    token: str
    person: Person
    passed: datetime | None = None
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        return self.token

    def has(self, *roles: str) -> bool:
        """For templates: whether to offer a way that the services would refuse to others."""
        return any(Role(role) in self.person.roles for role in roles)


@login.user_loader  # type: ignore[untyped-decorator]
def _load(token: str) -> User | None:
    if not has_database():
        return None
    with reading() as reader:
        found = accounts.browser(reader, token, now=now())
    setattr(g, _WAITING, found if found is not None and found.waits else None)
    return None if found is None or found.waits else User(token, found.person, found.passed)


def waiting() -> Browser | None:
    """Who has passed the first step in this browser, and has still to pass the second."""
    if current_user.is_authenticated:  # asks for the user, if nobody has yet
        return None
    found: Browser | None = g.get(_WAITING)
    return found


def token() -> str:
    """The secret of this browser's session, whether or not somebody is signed in with it; empty without one."""
    return str(session.get(_KEPT, ""))


def signed_in() -> Person:
    """Whoever is signed in.

    Raises:
        Unauthorized: Nobody is (401), or a redirect to the page where one signs in, if a page was asked for.
    """
    if not current_user.is_authenticated:
        abort(_to_sign_in())
    person: Person = current_user.person
    return person


def begin(token: str) -> bool:
    """Let a browser in; nothing that was in its cookie stays. Whether somebody is signed in now: else one step is left."""
    session.clear()
    with reading() as reader:
        found = accounts.browser(reader, token, now=now())
    if found is None:
        return False
    if found.waits:
        session[_KEPT] = token
        return False
    login_user(User(token, found.person, found.passed))
    return True


def end() -> str:
    """Sign the browser out; gives the secret of the session that is to be ended."""
    ended = token()
    logout_user()
    session.clear()
    return ended


def local(address: str) -> str:
    """An address of ours to go on to; the member's own page for anything else."""
    parts = urlsplit(address)
    ours = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    ours = ours and len(address) <= LONGEST
    return address if ours and not parts.netloc and not parts.scheme else url_for("home.page")


def origin(host: str) -> str:
    """Where mailed links lead: to us, whatever name the asker gave the server.

    Else somebody could have a link sent to a member that tells its secret to another server. Only a server on one's own
    computer is believed.
    """
    asked = urlsplit(request.host_url)
    return f"{asked.scheme}://{asked.netloc}" if asked.hostname in LOOPBACK else f"https://{host}"


def private_by_default() -> Response | None:
    """Send whoever is not signed in to the page where one does, unless the page is public.

    Raises:
        Unauthorized: Something was sent, which cannot be sent on.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or is_public(view) or current_user.is_authenticated:
        return None
    return _to_sign_in()


def _to_sign_in() -> Response:
    if request.method not in SAFE or not has_database():
        raise Unauthorized
    onward = request.full_path.removesuffix("?")
    return redirect(url_for("second_step.ask" if waiting() else "accounts.ask", next=onward))


class Cookie(SecureCookieSessionInterface):
    """The session's cookie: sent over TLS alone, but for a server on one's own computer.

    Its name begins with __Host-, so that nobody who can answer for us without TLS, or for a name below ours, can set it,
    and so sign a browser in as somebody else (RFC 6265bis, section 4.1.3).
    """

    def get_cookie_name(self, app: Flask) -> str:
        name = super().get_cookie_name(app)
        bound = self.get_cookie_secure(app) and self.get_cookie_path(app) == "/" and not self.get_cookie_domain(app)
        return f"__Host-{name}" if bound else name

    def get_cookie_secure(self, app: Flask) -> bool:
        return super().get_cookie_secure(app) and urlsplit(request.host_url).hostname not in LOOPBACK


def register(app: Flask) -> None:
    app.session_interface = Cookie()
    app.before_request(private_by_default)
    app.context_processor(lambda: {"user": current_user, "has_database": has_database()})
