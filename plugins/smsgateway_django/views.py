"""The view that providers call."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest as DjangoRequest
from django.http import HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from smsgateway.errors import ConfigurationError, UnsupportedFeature, WebhookError
from smsgateway.hooks import PluginFailed
from smsgateway.http import HttpRequest
from smsgateway_django.aliases import gateways
from smsgateway_django.discretion import discreet
from smsgateway_django.errors import InvalidGateway
from smsgateway_django.setting import read_alias
from smsgateway_django.transactions import never_atomic

__all__ = ["receive"]

_log = logging.getLogger("smsgateway.django")

_LONGEST = 64 * 1024  # bytes; a vendor's are some hundred
_ALLOWED = ("GET", "HEAD", "POST")


@csrf_exempt
@login_not_required
@sensitive_post_parameters()
@never_atomic  # or a receiver that breaks the transaction would undo what others have kept
def receive(request: DjangoRequest, alias: str, token: str = "") -> HttpResponse:
    """Take what an alias's provider brings: delivery reports and incoming messages.

    It answers 200 when every receiver took it, 400 to what is not to be believed or cannot be read,
    404 where there is no such alias or its provider makes no requests, 413 to what is too long, and
    500 when a receiver raised, so that the provider comes again. The answer has no body: some
    vendors send one on as an SMS.

    Args:
        request: What the provider sent.
        alias: Whose provider it is.
        token: What ends the path for vendors that sign nothing; the provider reads it there.
    """
    status = _receive(request, alias, token)
    response = HttpResponse(status=status, content_type="text/plain")
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        response["Allow"] = ", ".join(_ALLOWED)
    # Django would log the path, which holds the token, and mail the whole request to the ADMINS,
    # with its number and text. It has no public way to say so; a test sees that it works.
    response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 - see above
    return response


@discreet
def _receive(request: DjangoRequest, alias: str, token: str) -> HTTPStatus:
    if alias not in gateways:
        return HTTPStatus.NOT_FOUND
    if request.method == "HEAD":
        return HTTPStatus.OK  # some vendors look whether anybody is there
    if request.method not in _ALLOWED:
        return HTTPStatus.METHOD_NOT_ALLOWED
    return _hand_over(request, alias, token)


def _hand_over(request: DjangoRequest, alias: str, token: str) -> HTTPStatus:
    try:
        # As the vendor called it: by HTTPS, whatever a proxy made of it.
        site = read_alias(alias).public_url or f"https://{request.get_host()}"
        gateways.receive(
            alias,
            HttpRequest(
                method=str(request.method),
                url=f"{site}{request.get_full_path()}",
                headers=request.headers,
                body=_body(request),
                received_at=datetime.now(UTC),
            ),
        )
    except RequestDataTooBig:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    except UnsupportedFeature:
        return HTTPStatus.NOT_FOUND
    except (WebhookError, ConfigurationError) as error:
        # Vendors sign the URL that they call: this one, or no signature is right.
        url = f"{site}{request.path.removesuffix(token)}"
        _log.warning("SMSGATEWAY[%r]: a webhook request to %s was refused: %s", alias, url, error)
        return HTTPStatus.BAD_REQUEST
    except PluginFailed:
        return HTTPStatus.INTERNAL_SERVER_ERROR  # it has been logged, where it happened
    except InvalidGateway as error:
        _log.error("%s", error)
        return HTTPStatus.INTERNAL_SERVER_ERROR
    return HTTPStatus.OK


def _body(request: DjangoRequest) -> bytes:
    """Read what was sent.

    Raises:
        RequestDataTooBig: It is longer than what vendors send.
        WebhookError: It was cut short.
    """
    try:
        body = request.body
    except UnreadablePostError as error:
        raise WebhookError("It was cut short.") from error
    if len(body) > _LONGEST:
        raise RequestDataTooBig
    return body
