"""The site's views."""

from __future__ import annotations

from functools import partial

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse

from smsgateway_django import asend_sms, send_sms


@login_not_required
def order(request: HttpRequest) -> HttpResponse:
    """Take an order, and text the customer when it is in the database."""
    with transaction.atomic():
        transaction.on_commit(partial(send_sms, "Tak for din ordre.", request.POST["phone"]))
    return HttpResponse(status=201)


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    """Fail."""
    raise ValueError(request.path)


@login_not_required
async def remind(request: HttpRequest) -> JsonResponse:
    """Text somebody, and say what became of it."""
    result = await asend_sms("Husk din tid i morgen.", request.POST["phone"])
    return JsonResponse({"statuses": [recipient.status for recipient in result.recipients]})
