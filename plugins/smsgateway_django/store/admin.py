"""The admin: everything can be looked at, with its numbers masked, and nothing can be changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import display_for_value
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from smsgateway_django.store.again_pages import AgainPages
from smsgateway_django.store.lists import (
    END_OF_NUMBER,
    Columns,
    Masked,
    MessageList,
    ReadOnly,
    RecipientList,
)
from smsgateway_django.store.models import (
    IncomingMessage,
    Message,
    Recipient,
    Report,
    masked,
    masked_sender,
)
from smsgateway_django.store.totals import total

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
    "duplicate",
)


class _FirstRecipients(BaseInlineFormSet):  # type: ignore[type-arg]  # Django's takes no brackets
    """The first recipients of a message: some have a hundred thousand."""

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset()[:_SHOWN]


class _RecipientInline(Columns, ReadOnly, admin.TabularInline):  # type: ignore[type-arg]  # no brackets
    model = Recipient
    formset = _FirstRecipients
    fields = readonly_fields = _OUTCOME  # each under its number
    ordering = ("pk",)
    verbose_name_plural = f"recipients (the first {_SHOWN})"


@admin.register(Message)
class MessageAdmin(AgainPages, ReadOnly, Masked):
    """Messages, and what became of each."""

    list_display = ("created_at", "alias", "from_sender", "states", "reference")
    list_filter = ("alias", "created_at")
    date_hierarchy = "created_at"
    search_fields = ("reference__exact", "identity__exact", "recipients__to__endswith")
    search_help_text = f"A reference, an id, or {END_OF_NUMBER}"
    change_list_template = "admin/smsgateway_store/billed_list.html"
    inlines = (_RecipientInline,)
    fields = readonly_fields = (
        "alias",
        "from_sender",
        "words",
        "reference",
        "identity",
        "created_at",
        "send_at",
        "finished_at",
        "billed",
        "reports",
        "sent_again",
    )

    def get_changelist(self, *_: object, **__: object) -> type[ChangeList]:
        """Show a list with totals."""
        return MessageList

    @admin.display(description="sender", ordering="sender")
    def from_sender(self, row: Message) -> str:
        """Show whom it is from."""
        return masked_sender(row.sender) if row.sender else "-"

    @admin.display(description="text")
    def words(self, row: Message) -> str:
        """Show the text, or say that it is not there on purpose."""
        return "One-time codes are not kept." if row.is_code else row.text or "-"

    @admin.display(description="recipients")
    def states(self, row: Any) -> str:
        """Say how many recipients are in which state."""
        return "being sent" if row.is_being_sent else row.states

    @admin.display(description="billed")
    def billed(self, row: Message) -> str:
        """Say what the message has come to."""
        return str(total(Recipient.objects.filter(message=row)))

    @admin.display(description="delivery reports")
    def reports(self, row: Message) -> str:
        """List the first reports as they came, with those that changed nothing."""
        found = Report.objects.filter(recipient__message=row).select_related("recipient")
        lines = (
            (display_for_value(each.created_at, "-"), each.recipient, each.status)
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


@admin.register(Recipient)
class RecipientAdmin(Columns, ReadOnly, Masked):
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
    search_help_text = f"A reference, a provider's id, or {END_OF_NUMBER}"
    change_list_template = "admin/smsgateway_store/billed_list.html"
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
class ReportAdmin(ReadOnly, Masked):
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
class IncomingMessageAdmin(ReadOnly, Masked):
    """Messages that came in."""

    list_display = ("created_at", "alias", "provider", "from_number", "to_number")
    list_filter = ("alias", "provider", "created_at")
    date_hierarchy = "created_at"
    search_fields = ("sender__endswith", "provider_message_id__exact")
    search_help_text = f"A provider's id, or {END_OF_NUMBER}"
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
