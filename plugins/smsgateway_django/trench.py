"""django-trench: `"HANDLER": "smsgateway_django.trench.Dispatcher"`.

It knows no names of methods but its own, so the method is called `sms_twilio` or `sms_api`.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from trench.backends.base import AbstractMessageDispatcher
from trench.responses import (
    DispatchResponse,
    FailedDispatchResponse,
    SuccessfulDispatchResponse,
)

from smsgateway_django.codes import try_to_send_code

__all__ = ["Dispatcher"]


class Dispatcher(AbstractMessageDispatcher):  # type: ignore[misc]  # trench has no types
    """Sends the codes of trench, in its own words, which it has translated.

    When a send fails, who sets a method up or asks for a code is answered HTTP 422. At login trench
    does not look: the user waits for a code, and can ask for another.
    """

    def dispatch_message(self) -> DispatchResponse:
        """Send a code, and make the answer to who wants it."""
        text = _("Your verification code is: ") + self.create_code()
        if try_to_send_code(text, str(self._to)):
            return SuccessfulDispatchResponse(_("SMS message with MFA code has been sent."))
        return FailedDispatchResponse(_("SMS message with MFA code could not be sent."))
