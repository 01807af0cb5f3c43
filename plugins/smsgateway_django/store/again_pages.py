"""The admin's pages by which a message is sent again."""

from __future__ import annotations

from collections import Counter
from typing import Any

import django
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from smsgateway.result import SendResult
from smsgateway_django.store.again import CannotSendAgain, Repeat
from smsgateway_django.store.models import Message
from smsgateway_django.transactions import never_atomic

__all__ = ["AgainPages"]

_SHOWN = 100  # recipients of each kind


class AgainPages(admin.ModelAdmin):  # type: ignore[type-arg]  # Django's takes no brackets
    """A button on the page of a message, and the page that it leads to."""

    def get_urls(self) -> list[URLPattern]:
        """Add the page that asks whether to send a message again."""
        # Not in a transaction: who is sent to again is written down before anything is sent.
        view = never_atomic(self.admin_site.admin_view(self.send_again))
        own = path("<int:key>/again/", view, name="smsgateway_store_message_again")
        return [own, *super().get_urls()]

    def has_send_again_permission(self, request: HttpRequest) -> bool:
        """Tell whether somebody may send messages again."""
        user: Any = request.user  # what lets nobody into the admin has no permissions
        return bool(user.has_perm("smsgateway_store.send_again"))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Offer to send the message again, where that is possible."""
        may = self.has_send_again_permission(request)
        context["can_send_again"] = may and Repeat(kwargs["obj"]).obstacle is None
        return super().render_change_form(request, context, *args, **kwargs)

    def send_again(self, request: HttpRequest, key: int) -> HttpResponse:
        """Ask whether to send a message again, and do it."""
        message = get_object_or_404(self.get_queryset(request), pk=key)
        if not (
            self.has_view_permission(request, message) and self.has_send_again_permission(request)
        ):
            raise PermissionDenied
        repeat = Repeat(message)
        if request.method == "POST":
            return self._send(request, repeat)
        opts, back = self.opts, _page(message)
        context = {
            **self.admin_site.each_context(request),
            "opts": opts,
            "title": "Send again",
            "crumbs": [
                (reverse("admin:index"), "Home"),
                (reverse("admin:app_list", args=[opts.app_label]), opts.app_config.verbose_name),
                (reverse("admin:smsgateway_store_message_changelist"), "Messages"),
                (back, message),
            ],
            "has_list_of_crumbs": django.VERSION >= (6, 1),
            "back": back,
            "obstacle": repeat.obstacle,
            "failed": repeat.failed.order_by("pk")[:_SHOWN],
            "failed_count": repeat.failed.count(),
            "unknown": repeat.unknown.order_by("pk")[:_SHOWN],
            "unknown_count": repeat.unknown.count(),
        }
        return TemplateResponse(request, "admin/smsgateway_store/send_again.html", context)

    def _send(self, request: HttpRequest, repeat: Repeat) -> HttpResponse:
        try:
            result = repeat.send(unknown="unknown" in request.POST)
        except CannotSendAgain as error:
            self.message_user(request, f"Nothing was sent. {error}", messages.ERROR)
        else:
            all_taken = len(result.accepted) == len(result.recipients)
            words = f"Sent again: {_outcome(result)}."
            self.message_user(request, words, messages.SUCCESS if all_taken else messages.WARNING)
            self.log_change(request, repeat.message, words)
        return HttpResponseRedirect(_page(repeat.message))


def _page(message: Message) -> str:
    return reverse("admin:smsgateway_store_message_change", args=[message.pk])


def _outcome(result: SendResult) -> str:
    counts = Counter(recipient.status for recipient in result.recipients)
    return ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in counts.items())
