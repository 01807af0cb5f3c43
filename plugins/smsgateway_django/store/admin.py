"""The admin: everything can be looked at, with its numbers masked, and nothing can be changed."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.utils import display_for_value
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db import connections
from django.db.models import QuerySet
from django.db.transaction import non_atomic_requests
from django.forms import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join

from smsgateway.result import SendResult
from smsgateway_django.store.again import CannotSendAgain, Repeat
from smsgateway_django.store.lists import Columns, MessageList, ReadOnly, RecipientList
from smsgateway_django.store.models import IncomingMessage, Message, Recipient, Report, masked
from smsgateway_django.store.totals import total

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
    _TabularInline = admin.TabularInline[Recipient, Message]
    _FormSet = BaseInlineFormSet[Any, Any, Any]
else:  # Django's own classes take no brackets
    _ModelAdmin, _TabularInline, _FormSet = admin.ModelAdmin, admin.TabularInline, BaseInlineFormSet

__all__ = ["IncomingMessageAdmin", "MessageAdmin", "RecipientAdmin", "ReportAdmin"]

_SHOWN = 100  # of a message's recipients, on its page
_OUTCOME = (
    "state",
    "delivery",
    "delivery_at",
    "provider",
    "segments",
    "encoding",
    "price",
    "reason",
    "detail",
    "is_possible_duplicate",
)


class _FirstRecipients(_FormSet):
    """The first recipients of a message: some have a hundred thousand."""

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset()[:_SHOWN]


class _RecipientInline(Columns, ReadOnly, _TabularInline):
    model = Recipient
    formset = _FirstRecipients
    fields = readonly_fields = _OUTCOME  # each under its number
    ordering = ("pk",)
    verbose_name_plural = f"recipients (the first {_SHOWN})"


@admin.register(Message)
class MessageAdmin(ReadOnly, _ModelAdmin):
    """Messages, and what became of each."""

    list_display = ("created_at", "alias", "sender", "states", "reference")
    list_filter = ("alias", "created_at")
    date_hierarchy = "created_at"
    search_fields = ("reference__exact", "identity__exact", "recipients__to__endswith")
    search_help_text = "A reference, an id, or the last digits of a number"
    change_list_template = "admin/smsgateway_store/change_list.html"
    change_form_template = "admin/smsgateway_store/change_form.html"
    inlines = (_RecipientInline,)
    fields = readonly_fields = (
        "alias",
        "sender",
        "text",
        "reference",
        "identity",
        "created_at",
        "send_at",
        "finished_at",
        "totals",
        "reports",
        "sent_again",
    )

    def get_changelist(self, *_: object, **__: object) -> type[ChangeList]:
        """Show a list with totals."""
        return MessageList

    @admin.display(description="recipients")
    def states(self, row: Any) -> str:
        """Say how many recipients are in which state."""
        return "being sent" if row.is_being_sent else row.states

    @admin.display(description="total")
    def totals(self, row: Message) -> str:
        """Say what the message has come to."""
        return str(total(Recipient.objects.filter(message=row)))

    @admin.display(description="delivery reports")
    def reports(self, row: Message) -> str:
        """List the first reports as they came, with those that changed nothing."""
        found = Report.objects.filter(recipient__message=row).select_related("recipient")
        lines = (
            (
                display_for_value(each.created_at, "-"),
                each.recipient,
                each.status,
            )
            for each in found.order_by("pk")[:_SHOWN]
        )
        return format_html_join("", "<div>{}: {} {}</div>", lines) or "-"

    @admin.display(description="sent again")
    def sent_again(self, row: Message) -> str:
        """Link the messages by which this one was sent again."""
        identities = Recipient.objects.filter(message=row).exclude(again="").values("again")
        links = (
            (reverse("admin:smsgateway_store_message_change", args=[each.pk]), each)
            for each in Message.objects.filter(identity__in=identities).order_by("pk")
        )
        return format_html_join(", ", '<a href="{}">{}</a>', links) or "-"

    def get_urls(self) -> list[URLPattern]:
        """Add the page that asks whether to send a message again."""
        view = self.admin_site.admin_view(self.send_again)
        for alias in connections:
            # Not in a transaction: who is sent to again is written down before anything is sent.
            view = non_atomic_requests(alias)(view)
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
            return self._sent_again(request, repeat)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": message,
            "title": "Send again",
            "obstacle": repeat.obstacle,
            "failed": repeat.failed[:_SHOWN],
            "failed_count": repeat.failed.count(),
            "unknown": repeat.unknown[:_SHOWN],
            "unknown_count": repeat.unknown.count(),
        }
        return TemplateResponse(request, "admin/smsgateway_store/send_again.html", context)

    def _sent_again(self, request: HttpRequest, repeat: Repeat) -> HttpResponse:
        try:
            result = repeat.send(unknown="unknown" in request.POST)
        except CannotSendAgain as error:
            self.message_user(request, f"Nothing was sent. {error}", messages.ERROR)
        else:
            all_taken = len(result.accepted) == len(result.recipients)
            words = f"Sent again: {_outcome(result)}."
            self.message_user(request, words, messages.SUCCESS if all_taken else messages.WARNING)
            self.log_change(request, repeat.message, words)
        page = reverse("admin:smsgateway_store_message_change", args=[repeat.message.pk])
        return HttpResponseRedirect(page)


def _outcome(result: SendResult) -> str:
    counts = Counter(recipient.status for recipient in result.recipients)
    return ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in counts.items())


@admin.register(Recipient)
class RecipientAdmin(Columns, ReadOnly, _ModelAdmin):
    """Every recipient of every message."""

    list_display = (
        "sent_at",
        "link",
        "number",
        "state",
        "delivery",
        "provider",
        "segments",
        "price",
    )
    list_filter = ("status", "delivery", "provider", "message__alias", "message__created_at")
    list_select_related = ("message",)
    date_hierarchy = "message__created_at"
    search_fields = ("to__endswith", "provider_message_id__exact", "message__reference__exact")
    search_help_text = "The last digits of a number, a provider's id, or a reference"
    change_list_template = "admin/smsgateway_store/change_list.html"
    fields = readonly_fields = ("link", "number", "provider_message_id", "code", *_OUTCOME)

    def get_changelist(self, *_: object, **__: object) -> type[ChangeList]:
        """Show a list with totals."""
        return RecipientList

    @admin.display(description="sent", ordering="message__created_at")
    def sent_at(self, row: Recipient) -> datetime:
        """Say when its message was given to the gateway."""
        return row.message.created_at

    @admin.display(description="message", ordering="message")
    def link(self, row: Recipient) -> str:
        """Link the message."""
        page = reverse("admin:smsgateway_store_message_change", args=[row.message.pk])
        return format_html('<a href="{}">{}</a>', page, row.message)


@admin.register(Report)
class ReportAdmin(ReadOnly, _ModelAdmin):
    """Delivery reports, among them those that wait for their message."""

    list_display = ("created_at", "alias", "provider", "recipient", "number", "status", "reason")
    list_filter = (("recipient", admin.EmptyFieldListFilter), "status", "provider", "created_at")
    list_select_related = ("recipient",)
    date_hierarchy = "created_at"
    fields = readonly_fields = (
        "alias",
        "provider",
        "recipient",
        "number",
        "provider_message_id",
        "status",
        "provider_status",
        "reason",
        "reported_at",
        "created_at",
    )

    @admin.display(description="number")
    def number(self, row: Report) -> str:
        """Show the number of one that waits."""
        return masked(row.to) if row.to else "-"


@admin.register(IncomingMessage)
class IncomingMessageAdmin(ReadOnly, _ModelAdmin):
    """Messages that came in."""

    list_display = ("created_at", "alias", "provider", "from_number", "to_number")
    list_filter = ("alias", "provider", "created_at")
    date_hierarchy = "created_at"
    search_fields = ("sender__endswith", "provider_message_id__exact")
    search_help_text = "The last digits of a number, or a provider's id"
    fields = readonly_fields = (
        "alias",
        "provider",
        "from_number",
        "to_number",
        "text",
        "provider_message_id",
        "received_at",
        "created_at",
    )

    @admin.display(description="from", ordering="sender")
    def from_number(self, row: IncomingMessage) -> str:
        """Show who sent it."""
        return masked(row.sender)

    @admin.display(description="to", ordering="to")
    def to_number(self, row: IncomingMessage) -> str:
        """Show the account's number."""
        return masked(row.to)
