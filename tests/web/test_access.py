"""Private unless said otherwise; this list is what was said."""

from flask import Flask
from flask.testing import FlaskClient

from governance.web.access import is_public

PUBLIC = {
    "accounts.ask",
    "accounts.asked",
    "accounts.code",
    "accounts.link",
    "accounts.outbox",
    "accounts.redeemed",
    "accounts.typed",
    "appointments.every",
    "appointments.file",
    "appointments.show",
    "board.checkpoint",
    "board.consistency",
    "board.cosign",
    "board.credential",
    "board.entries",
    "board.manifest",
    "board.receipt",
    "board.record",
    "board.statements",
    "booklet.page",
    "booklet.pdf",
    "booklet.photo",
    "calendars.feed_of",
    "calendars.feed_of_all",
    "calendars.page",
    "candidates.page",
    "candidates.said",
    "results.count",
    "results.download",
    "results.front",
    "results.papers",
    "results.report",
    "results.result",
    "results.style",
    "roll.page",
    "scrutiny.numbers",
    "seating.result",
    "seats.again",
    "seats.declared",
    "seats.due",
    "seats.every",
    "seats.export",
    "seats.holding",
    "seats.page",
    "seats.person",
    "seats.seat",
    "second_step.answered",
    "second_step.ask",
    "second_step.leave",
    "second_step.preparing",
    "second_step.set_up",
    "static",
    "voting.board",
    "voting.booth",
    "voting.mailed",
    "voting.page",
    "voting.practice",
    "voting.receipt",
    "voting.receipt_file",
}


def test_every_other_page_needs_a_sign_in(app: Flask) -> None:
    public = {name for name, view in app.view_functions.items() if is_public(view)}

    assert public == PUBLIC


def test_a_page_that_nobody_marked_is_refused(app: Flask, client: FlaskClient) -> None:
    app.add_url_rule("/members", view_func=lambda: "the members' addresses", endpoint="members")

    response = client.get("/members")

    assert response.status_code == 401
    assert "addresses" not in response.text
