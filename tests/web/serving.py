"""A web server for a test, and what it must do when a browser leaves in the middle of an answer."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ANSWER = "tests.answer"


class Handler(WSGIRequestHandler):
    """Closes the answer when the connection was reset: Werkzeug, reading what is left of the request, then skips that,
    and a file stays open until it is collected.
    """

    def connection_dropped(self, _: BaseException, environ: "WSGIEnvironment | None" = None) -> None:
        close = getattr((environ or {}).get(ANSWER), "close", None)
        if close is not None:
            close()


@contextmanager
def serving(app: Flask, seconds: float = 0.1) -> Iterator[str]:
    """The address under which the application is served, on a free port; closing takes up to `seconds`."""

    def kept(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[Any]:
        environ[ANSWER] = answer = app(environ, start)
        return answer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, kept, threaded=True, request_handler=Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": seconds})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
