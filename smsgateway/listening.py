"""Listening on an address: for the servers that run on a user's own machine."""

from __future__ import annotations

import socket

from smsgateway.errors import ConfigurationError

__all__ = ["listen"]

_BACKLOG = 1024


def listen(host: str, port: int) -> socket.socket:
    """Listen on an address; port 0 is any that is free.

    Raises:
        ConfigurationError: It is taken, or not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Not create_server: asyncio sends an answer at once (TCP_NODELAY) only on a socket that says
    # that it is TCP, and each answer would wait for 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        raise ConfigurationError(f"{host}:{port} cannot be listened on: {error}.") from error
    return listener
