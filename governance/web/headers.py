"""What a browser may do with our pages: load our own files, and nothing else.

Strict-Transport-Security is the operator's, whose server ends the TLS connection.
"""

from flask import Flask, Response, current_app, request, session

from governance.web.access import is_public

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def protect(response: Response) -> Response:
    """Set the headers; browsers keep no private page, and look for a newer public one, unless the view said otherwise.

    Nobody is sent on to a name that the asker gave the server, nor from TLS to none: an address of ours is a path.

    A public page is private too, once it speaks to somebody who is signed in or has a token in it: the next person at a
    shared computer would find it with the back button.
    """
    response.headers.update(HEADERS)
    ours = request.host_url
    if response.location and response.location.startswith(ours):  # as werkzeug sends on to a slash at the end
        response.location = "/" + response.location.removeprefix(ours).lstrip("/\\")
    view = current_app.view_functions.get(request.endpoint or "")
    private = view is not None and not is_public(view)
    private = private or (response.mimetype == "text/html" and request.endpoint != "static" and _speaks())
    response.headers.setdefault("Cache-Control", "no-store" if private else "no-cache")
    return response


def _speaks() -> bool:
    return (bool(request.cookies) and bool(session)) or session.modified


def register(app: Flask) -> None:
    app.after_request(protect)
