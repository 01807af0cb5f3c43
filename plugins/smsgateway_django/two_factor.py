"""django-two-factor-auth: `TWO_FACTOR_SMS_GATEWAY = "smsgateway_django.two_factor.Gateway"`."""

from __future__ import annotations

from django.contrib import messages
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from two_factor.middleware.threadlocals import get_current_request
from two_factor.plugins.phonenumber.models import PhoneDevice

from smsgateway_django.codes import send_code, try_to_send_code
from smsgateway_django.discretion import discreet

__all__ = ["Gateway"]


class Gateway:
    """Sends the codes of two-factor-auth, in the words of `two_factor/twilio/sms_message.html`.

    It makes no calls: `TWO_FACTOR_CALL_GATEWAY` stays unset.

    When a send fails at login, two-factor-auth would answer HTTP 500. So the user gets to the form
    for the code nevertheless, with its backup tokens and other devices: a send whose outcome is
    unknown may have been one. The operator finds a line in the log `smsgateway.django`. The user
    reads an error of `django.contrib.messages`, if that is installed, your `two_factor/_base.html`
    shows messages, and `two_factor.middleware.threadlocals.ThreadLocals` is in `MIDDLEWARE`.
    """

    @discreet
    def send_sms(self, device: PhoneDevice, token: str) -> None:
        """Send a code to a device.

        Raises:
            InvalidGateway: The alias cannot be used, at the set-up of a user's first device.
            SmsGatewayError: The send failed there: two-factor-auth catches it and tells the user.
        """
        words = render_to_string("two_factor/twilio/sms_message.html", {"token": token})
        text, number = words.strip(), device.number.as_e164
        if device.pk is None and device.name == "default":  # a backup phone has no name yet
            send_code(text, number)
        elif not try_to_send_code(text, number) and (request := get_current_request()):
            problem = _("The text message could not be sent. Try again, or use another method.")
            messages.error(request, problem, fail_silently=True)
