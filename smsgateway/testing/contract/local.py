"""What every provider is, whether it makes requests or not."""

# ruff: noqa: D102, S101 - these are tests: they assert, and their names say what

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, ClassVar

import pytest

from smsgateway.errors import MessageError, UnsupportedFeature
from smsgateway.gateway import SmsGateway
from smsgateway.hooks import Plugins
from smsgateway.http import HttpRequest, HttpResponse
from smsgateway.message import Message
from smsgateway.provider import Capabilities
from smsgateway.testing.contract.sending import Send, secrets, send_async, send_sync
from smsgateway.testing.imports import imports_of
from smsgateway.text import Encoding

__all__ = ["FEATURES", "LocalProviderContract", "declares"]

_NOON = datetime(2040, 1, 1, 12, tzinfo=UTC)
_NOON_ELSEWHERE = _NOON.replace(tzinfo=timezone(timedelta(hours=5)))

#: What a message may ask for, and other values of it where there are some.
FEATURES: dict[str, tuple[Any, ...]] = {
    "send_at": (_NOON, _NOON + timedelta(days=1), _NOON_ELSEWHERE + timedelta(days=1)),
    "validity": (timedelta(hours=1), timedelta(hours=2)),
    "flash": (True,),
    "reference": ("order-17", "order-18"),
    "report_url": ("https://shop.example/reports", "https://shop.example/other"),
    "encoding": (Encoding.UCS2, Encoding.GSM7),
}
_ASKED = [(field, value) for field, several in FEATURES.items() for value in several]
_EFFECTS = {  # modules by which code reaches what only a transport may reach
    *("aiohttp", "asyncio", "concurrent", "ftplib", "http", "httpx", "multiprocessing", "pycurl"),
    *("requests", "selectors", "smtplib", "socket", "socketserver", "ssl", "subprocess"),
    *("threading", "urllib.request", "urllib3"),
}
_SECRETS = {"key", "password", "secret", "token"}
_PUBLIC = {"id", "public", "sid", "uuid"}


class LocalProviderContract:
    """The tests that a provider passes even if it makes no requests.

    A subclass says which `provider` to test, and may send another `message`.
    """

    provider: ClassVar[Any]
    message: ClassVar[Message] = Message(
        text="The contract's code is 73-19-02.", to="+4522334488", sender="Acme"
    )

    @pytest.fixture(params=[send_sync, send_async], ids=["sync", "async"])
    def send(self, request: pytest.FixtureRequest) -> Send:
        """Send a message with the given answers, through a gateway of each kind."""
        function: Send = request.param
        return function

    def asking(self, field: str, value: Any) -> Message:
        """Make a message that asks for a feature; some need another one beside it."""
        return replace(self.message, **{field: value})

    def test_its_name_fits_into_a_gateway_url(self) -> None:
        name = type(self.provider).name

        assert re.fullmatch("[a-z0-9][a-z0-9-]*", name), f"{name!r} is not a URL's scheme"

    def test_its_capabilities_are_data_of_its_class(self) -> None:
        capabilities = type(self.provider).capabilities

        assert isinstance(capabilities, Capabilities)

    def test_its_options_are_the_fields_of_a_frozen_dataclass(self) -> None:
        kind = type(self.provider)

        assert is_dataclass(kind), f"{kind.__name__} is not a dataclass"
        assert kind.__dataclass_params__.frozen, f"{kind.__name__} is not frozen"  # type: ignore[attr-defined]  # dataclasses sets it
        options = {field.name for field in fields(kind) if field.init}
        assert not options & {"name", "capabilities", "credentials"}, "use ClassVar"
        assert set(getattr(kind, "credentials", ())) <= options

    def test_its_repr_shows_no_secret(self) -> None:
        shown = repr(self.provider) + str(self.provider)

        assert [secret for secret in secrets(self.provider) if secret in shown] == []

    def test_its_secrets_are_hidden_options(self) -> None:
        *names, last = getattr(self.provider, "credentials", None) or (None,)
        shown = [field.name for field in fields(self.provider) if field.init and field.repr]

        assert [name for name in shown if name == last or _is_secret(name, names)] == []

    def test_it_imports_nothing_that_has_an_effect(self) -> None:
        imported = set(imports_of(type(self.provider).__module__))

        reached = {n for n in imported if _EFFECTS & {n, n.partition(".")[0]}}
        assert reached == set(), "a provider translates; a transport moves bytes"

    @pytest.mark.parametrize(("field", "value"), _ASKED)
    def test_a_feature_is_refused_unless_it_is_declared(self, field: str, value: Any) -> None:
        gateway = SmsGateway(self.provider, plugins=Plugins())

        try:
            gateway.send(replace(self.message, **{field: value}), dry_run=True)
            refused = None
        except UnsupportedFeature as error:
            refused = error.field

        assert refused == (None if declares(self.provider, field, value) else field)

    def test_it_needs_a_sender_only_where_that_is_declared(self, send: Send) -> None:
        is_needed = self.provider.capabilities.missing_sender(None) is not None

        try:
            send(self.provider, replace(self.message, sender=None), self.answer)
            refused = None
        except MessageError as error:
            refused = error.field

        assert refused == ("sender" if is_needed else None)

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer a request so that it is accepted; a local provider makes none."""
        raise AssertionError(f"{self.provider.name} makes a request: {request!r}")

    def test_what_is_accepted_is_accepted_for_every_recipient(self, send: Send) -> None:
        sent = send(self.provider, self.message, self.answer)

        assert {r.to: str(r.status) for r in sent.result.recipients} == dict.fromkeys(
            self.message.to, "accepted"
        )

    def test_every_feature_that_it_declares_is_accepted(self, send: Send) -> None:
        failed = [
            (field, value)
            for field, value in _ASKED
            if declares(self.provider, field, value)
            and not send(self.provider, self.asking(field, value), self.answer).is_accepted
        ]

        assert failed == []


def _is_secret(option: str, names: Iterable[str]) -> bool:
    """Tell whether an option is called a secret; no name of an account and no public key is one."""
    words = set(option.split("_"))
    return bool(words & _SECRETS) and not words & _PUBLIC and option not in names


def declares(provider: Any, field: str, value: Any) -> bool:
    """Tell whether a provider says that it takes a feature."""
    capabilities: Capabilities = provider.capabilities
    if field == "encoding":
        return value in capabilities.encodings
    return bool(getattr(capabilities, {"send_at": "schedule"}.get(field, field)))
