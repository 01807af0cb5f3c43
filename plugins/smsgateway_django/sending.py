"""`send_sms` and `asend_sms`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Unpack

from asgiref.sync import sync_to_async
from django.utils.functional import Promise

from smsgateway.message import Message, MessageFields, Recipients
from smsgateway.result import SendResult
from smsgateway_django.aliases import gateways
from smsgateway_django.discretion import discreet, forget_variables
from smsgateway_django.setting import DEFAULT

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

__all__ = ["asend_sms", "send_sms"]


@discreet
def send_sms(
    text: StrOrPromise,
    to: Recipients,
    *,
    using: str | None = None,
    **fields: Unpack[MessageFields],
) -> SendResult:
    """Send a text by an alias of `SMSGATEWAY` and say what became of each recipient.

    Inside a transaction, send when it is through, so that a rollback texts nobody::

        transaction.on_commit(partial(send_sms, "Your order is on its way.", order.phone))

    Args:
        text: What is sent; of a lazy translation, what it says now.
        to: One number or many, as people type them or as a `PhoneNumberField` holds them.
        using: The alias; `default` where None.
        **fields: The other fields of a `Message`, such as `sender`, `send_at`, `reference`.

    Raises:
        GatewayDoesNotExist: There is no such alias.
        MessageError: The message cannot be sent as it is; nothing was sent.
        SendFailed: No recipient was accepted; its `result` says why.
    """
    said: Any = {name: _said(value) for name, value in fields.items()}
    return gateways[using or DEFAULT].send(Message(text=_said(text), to=to, **said))


async def asend_sms(
    text: StrOrPromise,
    to: Recipients,
    *,
    using: str | None = None,
    **fields: Unpack[MessageFields],
) -> SendResult:
    """Send a text as `send_sms` does, without keeping the event loop waiting.

    It goes through the same gateway and its connections, in the thread in which Django does what
    cannot be awaited, so that receivers of signals find the database, and its transaction, as they
    know them. That thread does one thing at a time: many messages that are awaited together go one
    after another, so give one message many recipients where that is possible. If the caller is
    cancelled the message goes out nevertheless, and `post_send` tells what became of it.
    """
    handled = sys.exception()
    try:
        return await sync_to_async(send_sms)(text, to, using=using, **fields)
    except Exception as error:
        forget_variables(error, handled)
        del text, to, fields
        raise


def _said(value: Any) -> Any:
    """Let a lazy translation say its words, in the language that is active now."""
    return str(value) if isinstance(value, Promise) else value
