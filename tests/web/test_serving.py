import socket
import struct
from threading import Event
from urllib.parse import urlsplit

from flask import Flask, Response

from tests.web.serving import serving


def test_an_answer_is_closed_when_the_browser_has_gone() -> None:
    """The request has a body that nobody asked for; the server is reading it when the connection is reset."""
    asked, sent, closed = Event(), Event(), Event()
    app = Flask(__name__)

    @app.get("/")
    def short() -> Response:
        asked.set()
        sent.wait(10)
        answer = Response(b"short")
        answer.call_on_close(closed.set)
        return answer

    with serving(app) as address:
        to = urlsplit(address)
        browser = socket.create_connection((to.hostname, to.port))
        browser.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n")
        assert asked.wait(10)
        browser.sendall(b"more")
        sent.set()
        answer = b""
        while not answer.endswith(b"short"):
            answer += browser.recv(4096)
        assert not closed.wait(0.2)  # it waits for the rest
        browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # reset, not a polite end
        browser.close()
        assert closed.wait(10)
