"""For tests: of programs that send messages, and of providers.

The pytest fixture `sms_outbox` needs no import. For a provider there are `answer`, which finishes a
flow by hand; `FakeTransport`, which answers from a function; `ProviderContract`, the tests that
every provider passes; `Description`, which holds what it asks for against what the vendor
describes; and `use_cassette`, which replays recorded answers. All of it needs the extra `test`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smsgateway.testing.answering import answer, json_response
    from smsgateway.testing.cassettes import use_cassette
    from smsgateway.testing.contract import LocalProviderContract, ProviderContract
    from smsgateway.testing.description import Description
    from smsgateway.testing.outbox import Outbox
    from smsgateway.testing.transport import AsyncFakeTransport, FakeTransport

_HOME = {
    "AsyncFakeTransport": "transport",
    "Description": "description",
    "FakeTransport": "transport",
    "LocalProviderContract": "contract",
    "Outbox": "outbox",
    "ProviderContract": "contract",
    "answer": "answering",
    "json_response": "answering",
    "use_cassette": "cassettes",
}

__all__ = [
    "AsyncFakeTransport",
    "Description",
    "FakeTransport",
    "LocalProviderContract",
    "Outbox",
    "ProviderContract",
    "answer",
    "json_response",
    "use_cassette",
]


def __getattr__(name: str) -> Any:
    # pytest loads this package in every project that has it installed: it must stay light.
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
