"""System checks: every alias is built, without network, so that a slip is found before it matters.

| id | what is wrong |
| --- | --- |
| smsgateway.E001 | an alias cannot be used |
| smsgateway.E002 | `default` sends nothing to anybody, in a deployment |
| smsgateway.E003 | an alias has a `PUBLIC_URL`, and the webhook URLs are not included |
| smsgateway.E004 | `SMSGATEWAY_MAIL` is wrong |
| smsgateway.E005 | `SMSGATEWAY_STORE` is wrong (with the app `smsgateway_django.store`) |
| smsgateway.W001 | there is no alias `default` |
| smsgateway.W002 | a secret stands in the settings, in a deployment |
| smsgateway.W003 | webhook URLs are included, and an alias has no secret to believe requests by |
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004 - Django's name
from django.urls import NoReverseMatch, reverse

from smsgateway.config import no_such
from smsgateway.errors import ConfigurationError, WebhookError
from smsgateway.gateway import SmsGateway
from smsgateway.http import HttpRequest
from smsgateway.provider import SupportsReports
from smsgateway.webhook import MissingSecret
from smsgateway_django.aliases import build, gateways
from smsgateway_django.errors import InvalidGateway
from smsgateway_django.setting import DEFAULT, Alias, read_alias

__all__ = ["check_aliases", "check_deployment", "check_mail"]

_OF_MAIL = ["NUMBERS", "OTHERS", "SEGMENTS", "USING"]
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
        build(name, Alias.config_for_webhooks)
        _check_regions(alias, gateway)
    except InvalidGateway as error:
        yield Error(str(error), id="smsgateway.E001")
        return
    if not _is_routed(name):
        if alias.public_url is not None:
            yield Error(
                f"SMSGATEWAY[{name!r}] has a PUBLIC_URL, but nothing answers there.",
                hint='Add to urlpatterns: path("sms/", include("smsgateway_django.urls"))',
                id="smsgateway.E003",
            )
        return
    for missing in _missing_secrets(gateway):
        yield Warning(
            f"SMSGATEWAY[{name!r}]: every webhook request will be refused. {missing}",
            id="smsgateway.W003",
        )


@register("smsgateway")
def check_mail(**_: Any) -> list[CheckMessage]:
    """Look at the setting of the e-mail backend."""
    setting = getattr(settings, "SMSGATEWAY_MAIL", {})
    if not isinstance(setting, Mapping):
        return [Error("SMSGATEWAY_MAIL must be a dict.", id="smsgateway.E004")]
    problems = [no_such(str(key), "key", _OF_MAIL) for key in setting if key not in _OF_MAIL]
    aliases = getattr(settings, "SMSGATEWAY", {})
    if (using := setting.get("USING", DEFAULT)) not in aliases and setting:
        problems.append(no_such(str(using), "alias", list(aliases), of="SMSGATEWAY"))
    return [Error(f"SMSGATEWAY_MAIL: {each}", id="smsgateway.E004") for each in problems]


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


def _missing_secrets(gateway: SmsGateway) -> Iterator[str]:
    """Let each provider read an empty request: what it lacks to believe any, it says first."""
    for leaf in gateway.route.leaves:
        if isinstance(leaf.provider, SupportsReports):
            try:
                leaf.provider.parse_reports(HttpRequest(method="POST", url="https://localhost/"))
            except MissingSecret as error:
                yield str(error)
            except WebhookError:
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
    for option in _secrets_given(alias, gateway):
        yield Warning(
            f"SMSGATEWAY[{name!r}]: OPTIONS holds {option!r} itself.",
            hint=f"{option + '_env'!r} or {option + '_file'!r} keeps it out of the settings.",
            id="smsgateway.W002",
        )


def _secrets_given(alias: Alias, gateway: SmsGateway) -> list[str]:
    """List the secrets in an alias's options, but for those that the environment gave them."""
    secrets = {
        field.name
        for leaf in gateway.route.leaves
        for field in fields(leaf.provider)
        if field.init and not field.repr
    }
    given = secrets & alias.options.keys()
    return sorted(name for name in given if alias.options[name] not in os.environ.values())
