"""Makes the web application."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from governance.web import (
    access,
    accounts,
    adoption,
    appointing,
    appointments,
    board,
    booklet,
    calendars,
    candidates,
    challenges,
    clock,
    compression,
    consents,
    contests,
    eligibility,
    errors,
    extensions,
    files,
    filters,
    forms,
    growth,
    headers,
    home,
    interests,
    local_times,
    mail,
    masthead,
    members,
    my_seats,
    nominations,
    objections,
    officer,
    officials,
    photos,
    profiles,
    results,
    roles,
    roll,
    scrutiny,
    seat_desk,
    seat_entering,
    seat_mending,
    seat_requests,
    seat_taking,
    seat_term,
    seating,
    seats,
    second_step,
    setting_up,
    terms,
    vacancies,
    voting,
)
from governance.web.keyfile import read_key

HERE = Path(__file__).parent
MOST = 2**20
"""Bytes of a request; pages that take files say so themselves (`forms.uploads`)."""


def create_app(config: Mapping[str, object] | None = None) -> Flask:
    """The application; it reads instance/config.py and instance/secret.key unless a test hands it a configuration.

    It is named after the package, so that Flask finds instance/ in a checkout and under var/ of an installed wheel.
    Without a SECRET there is no database and no sign-in: it shows the record that lies in RECORDS.
    """
    templates = _templates()
    app = Flask("governance", template_folder=templates, static_folder=HERE / "static", static_url_path="/static")
    instance = Path(app.instance_path)
    app.config.from_mapping(
        RECORDS=instance / "demonstration",
        DATABASE_URL=f"sqlite:///{quote(str(instance / 'governance.sqlite'))}",
        SECRET=None,  # 32 bytes; whoever has them and the database can sign in as anybody
        MAIL_URL=None,  # smtp://user:password@host:port; `governance mail` sends
        MAIL_FROM="elections@localhost",
        DEVELOPMENT=False,  # shows waiting mail on a page, where there is no MAIL_URL
        CLOCK=extensions.clock,
        PROXIES=0,  # servers of your own that a request comes through: so many X-Forwarded-For and -Proto are believed
        ORGANISATION="Global Mental Health Action Network",  # until `governance organisation` has named it
        DEMONSTRATION=None,  # says on the page that the people and votes are made up; by itself for those of `make run`
        CONTACT=None,  # an address or a sentence, shown on every page
        PSEUDO_RTL=False,  # lay the pages out from right to left, to see whether they hold
        MAX_CONTENT_LENGTH=MOST,
        SESSION_COOKIE_NAME="session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=True,  # but on 127.0.0.1: access.py
    )
    if config is None:
        app.config["SECRET"] = read_key(instance)
        app.config.from_pyfile(instance / "config.py", silent=True)
        app.config.from_prefixed_env("GOVERNANCE")  # GOVERNANCE_MAIL_URL and the like
    else:
        app.config.from_mapping(config)

    proxies = int(app.config["PROXIES"])
    if proxies:  # the name of the server is never taken from them
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=0)  # type: ignore[method-assign]
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.lstrip_blocks = True  # pages go over slow links: no spaces before what is not shown
    if not app.debug:
        files.keep_templates(app, templates)
    app.context_processor(lambda: _locale(app))
    for part in (
        compression,
        extensions,
        access,
        forms,
        second_step,
        clock,
        errors,
        filters,
        files,
        headers,
        local_times,
        masthead,
    ):
        part.register(app)
    for pages in (
        results,
        accounts,
        second_step,
        home,
        members,
        mail,
        growth,
        roll,
        objections,
        roles,
        officer,
        setting_up,
        terms,
        officials,
        board,
        voting,
        consents,
        contests,
        eligibility,
        candidates,
        booklet,
        photos,
        calendars,
        nominations,
        profiles,
        scrutiny,
        challenges,
        adoption,
        seats,
        seat_desk,
        seat_entering,
        seat_mending,
        seat_term,
        interests,
        seating,
        my_seats,
        seat_requests,
        seat_taking,
        vacancies,
        appointments,
        appointing,
    ):
        app.register_blueprint(pages.bp)
    return app


def _templates() -> Path:
    """Inside the package in a wheel, beside it in a checkout."""
    installed = HERE / "templates"
    return installed if installed.is_dir() else HERE.parents[1] / "templates"


def _locale(app: Flask) -> dict[str, str]:
    return {"lang": "ar-XB", "dir": "rtl"} if app.config["PSEUDO_RTL"] else {"lang": "en", "dir": "ltr"}
