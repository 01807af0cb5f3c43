"""What the admin's pages have in common: masked numbers, totals, and nothing to change."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.db.models import Count, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest

from smsgateway.result import SendStatus
from smsgateway_django.store.models import Recipient, masked
from smsgateway_django.store.totals import Cost, total

__all__ = ["END_OF_NUMBER", "Columns", "Masked", "MessageList", "ReadOnly", "RecipientList"]

_DIGITS = 8  # of a number that is searched for
#: What can be searched for where numbers can be.
END_OF_NUMBER = f"a number, at least its last {_DIGITS} digits"
_NUMBERS = frozenset({"to", "sender"})


class ReadOnly:
    """What nobody may change, and whoever has the permission may look at."""

    def has_add_permission(self, *_: object) -> bool:
        """Tell that nobody may."""
        return False

    def has_change_permission(self, *_: object) -> bool:
        """Tell that nobody may."""
        return False

    def has_delete_permission(self, *_: object) -> bool:
        """Tell that nobody may: `smsprune` deletes."""
        return False


class Masked(admin.ModelAdmin):  # type: ignore[type-arg]  # Django's takes no brackets
    """Pages that show no whole number, and do not help to guess one digit after the other."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuse what the URL asks of a number."""
        return _NUMBERS.isdisjoint(lookup.split(LOOKUP_SEP)) and super().lookup_allowed(
            lookup, value, request
        )

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Search for numbers only where every word has the digits of one."""
        fields = super().get_search_fields(request)
        words = request.GET.get(SEARCH_VAR, "").split()
        if all(sum(map(str.isdigit, word)) >= _DIGITS for word in words):
            return list(fields)
        return [field for field in fields if not field.endswith("__endswith")]


class RecipientList(ChangeList):
    """A list that says what all of it has come to, not just the page that is shown."""

    def get_results(self, request: HttpRequest) -> None:
        """Find the rows of a page, and add up those of all pages."""
        super().get_results(request)
        self.totals = total(self._recipients(self.queryset.order_by().values("pk")))

    def _recipients(self, keys: QuerySet[Any, Any]) -> QuerySet[Recipient]:
        return Recipient.objects.filter(pk__in=keys)


class MessageList(RecipientList):
    """The list of messages, which says of each how many of its recipients are in which state."""

    def get_results(self, request: HttpRequest) -> None:
        """Find the rows of a page, and the states of their recipients."""
        super().get_results(request)
        rows: list[Any] = list(self.result_list)
        states = _states(Recipient.objects.filter(message__in=[row.pk for row in rows]))
        for row in rows:
            row.states = ", ".join(states[row.pk])
        self.result_list = rows

    def _recipients(self, keys: QuerySet[Any, Any]) -> QuerySet[Recipient]:
        return Recipient.objects.filter(message__in=keys)


def _states(recipients: QuerySet[Recipient]) -> defaultdict[int, list[str]]:
    counts = recipients.order_by().values("message", "status", "delivery").annotate(n=Count("pk"))
    states = defaultdict(list)
    for each in counts.order_by("message", "status", "delivery"):
        state = each["delivery"] or each["status"].replace("_", " ")
        states[each["message"]].append(f"{each['n']} {state}")
    return states


class Columns:
    """The columns of a recipient."""

    @admin.display(description="number", ordering="to")
    def number(self, row: Recipient) -> str:
        """Show the number, masked."""
        return masked(row.to)

    @admin.display(description="status", ordering="status")
    def state(self, row: Recipient) -> str:
        """Show what is known of the send."""
        if row.status == SendStatus.UNKNOWN and row.message.is_being_sent:
            return "being sent"
        return row.status.replace("_", " ")

    @admin.display(description="possible duplicate")
    def duplicate(self, row: Recipient) -> str:
        """Show what there is to worry about, and nothing else."""
        return "yes" if row.is_possible_duplicate else "-"

    @admin.display(description="cost", ordering="cost")
    def price(self, row: Recipient) -> str:
        """Show the cost, and whether it is an estimate."""
        if row.cost is None:
            return "-"
        return str(Cost(amount=row.cost, currency=row.currency, is_estimate=row.is_estimate))
