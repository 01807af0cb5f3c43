"""The account at CPSMS that a command uses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, TypeVar

import click
from rich.console import RenderableType

from smsgateway.cli.account import choose, find
from smsgateway.cli.options import gateway_options
from smsgateway.cli.output import Output, json_option
from smsgateway.errors import ConfigurationError
from smsgateway.gateway import SmsGateway
from smsgateway.http import Flow
from smsgateway.phone import PhoneNumber
from smsgateway.words import visible
from smsgateway_cpsms.parameters import HIGHEST_ID, to_digits
from smsgateway_cpsms.provider import Cpsms

__all__ = ["Account", "group_argument", "region_option", "with_account"]

T = TypeVar("T")

group_argument = click.argument(
    "group_id", metavar="GROUP", type=click.IntRange(min=1, max=HIGHEST_ID)
)

region_option = click.option(
    "--region", metavar="DK", help="Where numbers without a country code are from."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account while a command uses it, and where the command's result goes."""

    gateway: SmsGateway
    provider: Cpsms
    output: Output

    @property
    def region(self) -> str | None:
        """Where numbers without a country code are from."""
        return self.gateway.options.region

    def run(self, flow: Flow[T]) -> T:
        """Finish one of the provider's calls."""
        return self.gateway.run(flow)

    def number(self, given: str) -> str:
        """Return a number in E.164. One with a `+` need not exist: a contact's may not, either.

        Raises:
            InvalidPhoneNumber: It is none.
        """
        is_whole = given.startswith("+")
        return f"+{to_digits(given if is_whole else PhoneNumber.parse(given, self.region))}"

    def show(self, value: object, *human: RenderableType) -> None:
        """Print a command's result; the vendor's words in it move no cursor."""
        shown = (visible(part) if isinstance(part, str) else part for part in human)
        self.output.show(value, *shown)


def with_account(
    command: Callable[Concatenate[Account, ...], None],
) -> Callable[..., None]:
    """Give a command `--gateway`, `--url`, `--json`, and the account that they name."""

    @wraps(command)
    def run(
        output: Output,
        /,
        *,
        gateway: str | None,
        url: str | None,
        region: str | None = None,
        **given: Any,
    ) -> None:
        _check(gateway, url)
        with choose(output, gateway=gateway, url=url, region=region) as opened:
            # A provider's name is one class in a process, and this one is ours.
            provider: Any = opened.provider
            command(Account(gateway=opened, provider=provider, output=output), **given)

    return gateway_options(json_option(click.pass_obj(run)))


def _check(gateway: str | None, url: str | None) -> None:
    """Refuse another provider's gateway, the embedded inbox too where nothing is configured."""
    provider = find(gateway, url).options.get("provider")
    if provider not in {None, Cpsms.name}:  # without one, `choose` says that it is missing
        given = repr(gateway) if gateway else "--url" if url else "The default"
        raise ConfigurationError(
            f"{given} is a gateway of {provider!r}; these commands need one of cpsms: "
            "name it by --gateway or --url."
        )
