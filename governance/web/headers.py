"""What a browser may do with our pages: load our own files, and nothing else.

Strict-Transport-Security is the operator's, whose server ends the TLS connection.
"""

from flask import Flask, Response, current_app, request

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
    """Set the headers; browsers keep no private page, and look for a newer public one, unless the view said otherwise."""
    response.headers.update(HEADERS)
    view = current_app.view_functions.get(request.endpoint or "")
    private = view is not None and not is_public(view)
    response.headers.setdefault("Cache-Control", "no-store" if private else "no-cache")
    return response


def register(app: Flask) -> None:
    app.after_request(protect)
