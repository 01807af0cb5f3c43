"""System checks of the e-mail backend: the setting `SMSGATEWAY_MAIL`, and mailers that are one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from django.conf import settings
from django.core import mail
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from smsgateway.errors import ConfigurationError, InvalidPhoneNumber
from smsgateway.fields import no_such
from smsgateway.phone import to_e164
from smsgateway_django.aliases import build
from smsgateway_django.dotted import import_dotted, is_dotted
from smsgateway_django.errors import InvalidGateway
from smsgateway_django.mail import EmailBackend
from smsgateway_django.mail_options import MailOptions, has_mailers
from smsgateway_django.setting import read_setting

__all__ = ["check_mail"]

_TEXTS = "others leads back to a backend that texts: it must be one that mails."


@register("smsgateway")
def check_mail(**_: Any) -> list[CheckMessage]:
    """Look at the setting of the e-mail backend, and at the mailers that are one."""
    return [
        Error(problem if place in problem else f"{place}: {problem}", id="smsgateway.E004")
        for place, make in _backends()
        for problem in _problems_of(make)
    ]


def _backends() -> Iterator[tuple[str, Callable[[], EmailBackend | None]]]:
    """Give each place in the settings that may say a backend of ours, and what makes it."""
    if getattr(settings, "SMSGATEWAY_MAIL", {}) != {}:
        yield "SMSGATEWAY_MAIL", EmailBackend
    for name in settings.MAILERS if has_mailers() else ():
        yield f"MAILERS[{name!r}]", partial(_mailer, name)


def _mailer(name: str) -> Any:
    """Make a mailer, if it is a backend of ours."""
    mailer = settings.MAILERS[name]
    if not isinstance(mailer, Mapping):
        raise ConfigurationError("it must be a dict.")
    if not is_dotted(mailer.get("BACKEND", "a.default")):
        raise ConfigurationError("BACKEND must be the dotted path of an e-mail backend.")
    if not _is_ours(mailer):
        return None
    if not isinstance(mailer.get("OPTIONS", {}), Mapping):
        raise ConfigurationError("OPTIONS must be a dict.")
    return mail.mailers[name]


def _is_ours(mailer: object) -> bool:
    """Tell whether a mailer texts; what is wrong with one that does not is for Django to say."""
    path = mailer.get("BACKEND") if isinstance(mailer, Mapping) else None
    with suppress(ConfigurationError):
        return is_dotted(path) and _texts(import_dotted(str(path)))
    return False


def _texts(backend: object) -> bool:
    return isinstance(backend, type) and issubclass(backend, EmailBackend)


def _problems_of(make: Callable[[], EmailBackend | None]) -> Iterator[str]:
    try:
        backend = make()
        if backend is not None:
            yield from _problems_with(backend.options)
    except InvalidGateway:
        return  # the check of aliases says so
    except (ConfigurationError, ImproperlyConfigured) as error:
        yield str(error)


def _problems_with(options: MailOptions) -> Iterator[str]:
    """Say what is wrong with options, as far as that can be known before a mail is sent."""
    aliases = read_setting()
    if options.using in aliases:
        yield from _problems_with_numbers(options)
    else:
        yield no_such(options.using, "alias", list(aliases), of="SMSGATEWAY")
    if options.others is not None:
        yield from _problems_with_others(options.others)


def _problems_with_numbers(options: MailOptions) -> Iterator[str]:
    region = build(options.using).options.region
    for address, number in options.numbers.items():
        try:
            to_e164(str(number), region)
        except InvalidPhoneNumber as error:
            yield f"the number of {address} is wrong. {error}"


def _problems_with_others(others: str) -> Iterator[str]:
    if has_mailers():
        if others not in settings.MAILERS:
            yield no_such(others, "alias", list(map(str, settings.MAILERS)), of="MAILERS")
        elif _is_ours(settings.MAILERS[others]):
            yield _TEXTS
    elif not is_dotted(others):  # not quoted: a URL holds a password
        yield "others must be the dotted path of an e-mail backend."
    else:
        yield from _problems_with_path(others)


def _problems_with_path(others: str) -> Iterator[str]:
    try:
        backend = import_dotted(others)
    except ConfigurationError as error:
        yield f"others must be the dotted path of an e-mail backend: it {error}"
    else:
        if _texts(backend):
            yield _TEXTS
