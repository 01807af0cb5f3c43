"""What both transports agree on: what may go out, and what a failure means."""

from __future__ import annotations

import re
import ssl
from http.client import HTTPException
from os import strerror
from socket import gaierror
from typing import TYPE_CHECKING

from smsgateway.errors import ConfigurationError, NotSent, OutcomeUnknown, Reason, TransportError

if TYPE_CHECKING:
    from smsgateway.http import HttpRequest
    from smsgateway.transport.proxy import Proxy

__all__ = ["TOKEN", "BadAnswer", "failure", "outgoing_headers", "require_plain"]

# All that the libraries would add otherwise, each its own.
OWN_HEADERS = {
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    "User-Agent": "pluggable-smsgateway",
}

# Where a request ends and whom it is for: a server that is told it twice may read two requests.
FRAMING = {"content-length", "host", "transfer-encoding"}

# RFC 9110, sections 5.1 and 5.5, and RFC 3986. Anything else would be read differently by one
# library or another, or would end a line and start one of its own.
TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(r"[\t\x20-\x7e]*")
_URL = re.compile(r"(?i:https?)://[\w.:\[\]-]+(?:[/?#][!#-;=?-\[\]_a-z~]*)?", re.ASCII)


class BadAnswer(HTTPException):
    """The answer is not a whole HTTP answer of a reasonable size."""


def outgoing_headers(request: HttpRequest) -> dict[str, str]:
    """Return the headers to send, besides Host and those about the body.

    Raises:
        ConfigurationError: The method, the URL or a header has a character that HTTP forbids, or
            a header says what the transport says itself.
    """
    if not TOKEN.fullmatch(request.method):
        raise ConfigurationError("An HTTP method has a character that HTTP forbids.")
    if not _URL.fullmatch(request.url):
        raise ConfigurationError("A provider's URL has a character that must be %-encoded.")
    for name, value in request.headers.items():
        if not TOKEN.fullmatch(name):
            raise ConfigurationError("An HTTP header's name has a character that HTTP forbids.")
        if not _VALUE.fullmatch(value):
            raise ConfigurationError(f"The HTTP header {name} may hold printable ASCII only.")
        if name.lower() in FRAMING:
            raise ConfigurationError(f"The HTTP header {name} is for the transport to set.")
    return {**OWN_HEADERS, **request.headers}


def require_plain(encoding: str | None) -> None:
    """Look at an answer's Content-Encoding.

    Raises:
        BadAnswer: It is compressed. We never ask for that, and never let it unfold in memory.
    """
    if encoding is not None and encoding.lower() != "identity":
        raise BadAnswer("it is compressed, and nobody asked for that")


def failure(
    host: str, error: BaseException, *, written: bool, proxy: Proxy | None = None
) -> TransportError:
    """Say what an exchange that ended in this error means for the request.

    Args:
        host: Where it was to be sent.
        error: What some library raised; only the reason is taken from it.
        written: Whether the first byte may have left.
        proxy: What leads there, if something does.
    """
    if proxy is not None:
        host = f"{host}, by the proxy {proxy.host}"
    error = _root(error)
    if written:
        return OutcomeUnknown(
            f"The request was sent to {host}, but no whole answer came: {_why(error)}.",
            reason=_reason(error),
        )
    return NotSent(f"Nothing was sent to {host}: {_why(error)}.", reason=_reason(error))


def _root(error: BaseException) -> BaseException:
    chain = [error]
    while (cause := chain[0].__cause__) is not None:
        chain.insert(0, cause)
    telling = (ssl.SSLError, TimeoutError, BadAnswer, OSError)
    return next((link for kind in telling for link in chain if isinstance(link, kind)), error)


def _reason(error: BaseException) -> Reason:
    if isinstance(error, ssl.SSLError):
        return Reason.TLS
    return Reason.TIMEOUT if isinstance(error, TimeoutError) else Reason.CONNECTION


def _why(error: BaseException) -> str:
    # Never a library's own words: some put the URL, which may hold a number, into them.
    match error:
        case ssl.SSLError():
            what = getattr(error, "verify_message", None) or getattr(error, "reason", None)
            return f"TLS failed ({what})" if what else "TLS failed"  # Python's own have neither
        case TimeoutError():
            return "it took too long"
        case BadAnswer():
            return str(error)
        case gaierror():
            return "its name cannot be resolved"
        case OSError() if error.errno:
            return strerror(error.errno)
    return type(error).__name__
