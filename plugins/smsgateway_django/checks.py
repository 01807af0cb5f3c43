"""System checks: every alias is built, without network, so that a slip is found before it matters.

| id | what is wrong |
| --- | --- |
| smsgateway.E001 | an alias cannot be used |
| smsgateway.E002 | `default` sends nothing to anybody, in a deployment |
| smsgateway.E003 | an alias has a `PUBLIC_URL`, and the webhook URLs are not included |
| smsgateway.E004 | `SMSGATEWAY_MAIL` is wrong, or the options of a mailer that sends SMS |
| smsgateway.E005 | `SMSGATEWAY_STORE` is wrong (with the app `smsgateway_django.store`) |
| smsgateway.W001 | there is no alias `default` |
| smsgateway.W002 | a secret stands in the settings, in a deployment |
| smsgateway.W003 | webhook URLs are included, and an alias has no secret to believe requests by |
| smsgateway.W004 | a request that fails takes the rows of what it sent (the same app) |
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields
from functools import partial
from operator import methodcaller
from typing import Any

from django.conf import settings
from django.core import mail
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004 - Django's name
from django.core.exceptions import ImproperlyConfigured
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from smsgateway.config import is_name, parse_url
from smsgateway.errors import ConfigurationError
from smsgateway.gateway import SmsGateway
from smsgateway.hooks import installed_plugins
from smsgateway.http import HttpRequest
from smsgateway.provider import SupportsReports
from smsgateway.webhook import MissingSecret
from smsgateway_django.aliases import build, gateways
from smsgateway_django.errors import InvalidGateway
from smsgateway_django.mail import EmailBackend
from smsgateway_django.mail_options import has_mailers, problems_with
from smsgateway_django.setting import DEFAULT, Alias, read_alias

__all__ = ["check_aliases", "check_deployment", "check_mail"]

_DEVELOPMENT = frozenset({"console", "file", "inbox", "locmem", "null"})


@register("smsgateway")
def check_aliases(**_: Any) -> list[CheckMessage]:
    """Build every alias."""
    try:
        aliases = list(gateways)
    except InvalidGateway as error:
        return [Error(str(error), id="smsgateway.E001")]
    found = [each for alias in aliases for each in _check(alias)]
    if DEFAULT not in aliases:
        found.append(
            Warning(
                "SMSGATEWAY has no alias 'default', by which send_sms() sends.",
                hint='To begin with: SMSGATEWAY = {"default": {"BACKEND": "console"}}',
                id="smsgateway.W001",
            )
        )
    return found


def _check(name: str) -> Iterator[CheckMessage]:
    try:
        alias = read_alias(name)
        gateway = build(name)
        for position in range(len(alias.previous)):
            before = methodcaller("config_before", position)
            build(name, before, place=f"PREVIOUS, entry {position + 1}: ")
        build(name, Alias.config_for_webhooks)
        _check_regions(alias, gateway)
    except InvalidGateway as error:
        yield Error(str(error), id="smsgateway.E001")
        return
    if not _is_routed(name):
        if alias.public_url is not None:
            include = 'Add to urlpatterns: path("sms/", include("smsgateway_django.urls"))'
            rename = "The name of an alias is a part of its URL, and must have no '/'."
            yield Error(
                f"SMSGATEWAY[{name!r}] has a PUBLIC_URL, but nothing answers there.",
                hint=rename if "/" in name else include,
                id="smsgateway.E003",
            )
        return
    for account, missing in _missing_secrets(gateway):
        yield Warning(
            f"SMSGATEWAY[{name!r}]: every webhook request of {account} will be refused. {missing}",
            id="smsgateway.W003",
        )


@register("smsgateway")
def check_mail(**_: Any) -> list[CheckMessage]:
    """Look at the setting of the e-mail backend, and at the mailers that are one."""
    return [
        Error(problem if place in problem else f"{place}: {problem}", id="smsgateway.E004")
        for place, make in _mail_backends()
        for problem in _problems_of(make)
    ]


def _mail_backends() -> Iterator[tuple[str, Callable[[], Any]]]:
    """Give each place in the settings that says an e-mail backend of ours, and what makes it."""
    if getattr(settings, "SMSGATEWAY_MAIL", {}) != {}:
        yield "SMSGATEWAY_MAIL", EmailBackend
    for name, mailer in (settings.MAILERS if has_mailers() else {}).items():
        with suppress(ImportError):
            if issubclass(import_string(str(mailer.get("BACKEND"))), EmailBackend):
                yield f"MAILERS[{name!r}]", partial(mail.mailers.__getitem__, name)


def _problems_of(make: Callable[[], Any]) -> Iterator[str]:
    try:
        yield from problems_with(make().options)
    except InvalidGateway:
        return  # the check of aliases says so
    except (ConfigurationError, ImproperlyConfigured) as error:
        yield str(error)


def _check_regions(alias: Alias, gateway: SmsGateway) -> None:
    from smsgateway.phone.numbering import check_region  # noqa: PLC0415 - loads phonenumbers

    for region in {leaf.options.region for leaf in gateway.route.leaves} - {None}:
        try:
            check_region(str(region))
        except ConfigurationError as error:
            raise alias.error(error) from error


def _is_routed(alias: str) -> bool:
    if not hasattr(settings, "ROOT_URLCONF"):
        return False  # a project without a site
    try:
        reverse("smsgateway:reports", args=[alias])
    except NoReverseMatch:
        return False
    return True


def _missing_secrets(gateway: SmsGateway) -> Iterator[tuple[str, str]]:
    """Let each provider read an empty request: what it lacks to believe any, it says first."""
    for leaf in gateway.route.leaves:
        if isinstance(leaf.provider, SupportsReports):
            try:
                leaf.provider.parse_reports(HttpRequest(method="POST", url="https://localhost/"))
            except MissingSecret as error:
                yield leaf.name, str(error)
            except Exception:  # noqa: BLE001, S110 - it read an empty request: no wonder
                pass


@register("smsgateway", deploy=True)
def check_deployment(**_: Any) -> list[CheckMessage]:
    """Look for what is fit for development only."""
    try:
        aliases = list(gateways)
    except InvalidGateway:
        return []  # the other check has said so
    return [each for alias in aliases for each in _check_deployed(alias)]


def _check_deployed(name: str) -> Iterator[CheckMessage]:
    try:
        alias, gateway = read_alias(name), build(name)
    except InvalidGateway:
        return  # the other check has said so
    if name == DEFAULT and all(leaf.name in _DEVELOPMENT for leaf in gateway.route.leaves):
        yield Error(
            f"SMSGATEWAY['default'] is {alias.backend!r}, which sends nothing to anybody.",
            id="smsgateway.E002",
        )
    secrets = _secrets_of(gateway)
    entries = [("OPTIONS", alias.options), *(("PREVIOUS", each) for each in alias.previous)]
    for place, option in sorted({(p, o) for p, each in entries for o in _given(each, secrets)}):
        yield Warning(
            f"SMSGATEWAY[{name!r}]: {place} holds {option!r} itself.",
            hint=f"{option + '_env'!r} or {option + '_file'!r} keeps it out of the settings.",
            id="smsgateway.W002",
        )


def _secrets_of(gateway: SmsGateway) -> frozenset[str]:
    """List the options of a gateway's accounts that are secrets."""
    return frozenset(
        field.name
        for leaf in gateway.route.leaves
        for field in fields(leaf.provider)
        if field.init and not field.repr
    )


def _given(options: object, secrets: frozenset[str]) -> Iterator[str]:
    """List the secrets in options, and in the accounts and URLs that a route is made of.

    One that the environment gave the settings is none of theirs.
    """
    if isinstance(options, str) and not is_name(options):
        with suppress(ConfigurationError):  # no URL
            options = parse_url(options, installed_plugins())
    if isinstance(options, Mapping):
        for name, value in options.items():
            if name in secrets and value not in os.environ.values():
                yield name
            yield from _given(value, secrets)
    elif isinstance(options, list | tuple):
        for each in options:
            yield from _given(each, secrets)
