"""Test the socket that is served on."""

import socket

from hearthd.api.server import listen


def test_no_reply_waits_for_an_acknowledgement() -> None:
    """What is written goes out at once on every connection, however small."""
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
