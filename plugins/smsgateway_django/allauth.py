"""django-allauth: `SMSAdapter`, from which your `ACCOUNT_ADAPTER` derives.

It says what allauth does not: how phone numbers are kept is still yours to say, in `set_phone`,
`get_phone`, `set_phone_verified` and `get_user_by_phone`.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smsgateway_django.codes import try_to_send_code, try_to_send_notice

__all__ = ["SMSAdapter"]


class SMSAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Texts codes, and to who enters a number what that number stands for.

    allauth would answer HTTP 500 when a send fails. So the user gets to the form for the code, with
    an error of `django.contrib.messages`, and can ask for another code. It is the same whether or
    not the number has an account.

    Attributes:
        code_text: What is sent with a code.
        unknown_account_text: What is sent to a number without an account.
        account_already_exists_text: What is sent to a number that has one already.
    """

    code_text: str | Promise = gettext_lazy("Your code is %(code)s.")
    unknown_account_text: str | Promise = gettext_lazy("There is no account with this number.")
    account_already_exists_text: str | Promise = gettext_lazy(
        "There is an account with this number already."
    )

    def send_verification_code_sms(
        self,
        user: AbstractBaseUser,  # noqa: ARG002 - allauth gives it
        phone: str,
        code: str,
        **_kwargs: Any,
    ) -> None:
        """Send a code."""
        self._tell(is_sent=try_to_send_code(str(self.code_text) % {"code": code}, phone))

    def send_unknown_account_sms(self, phone: str, **_kwargs: Any) -> None:
        """Tell the owner of a number that it has no account."""
        self._tell(is_sent=try_to_send_notice(str(self.unknown_account_text), phone))

    def send_account_already_exists_sms(self, phone: str) -> None:
        """Tell the owner of a number that it has an account already."""
        self._tell(is_sent=try_to_send_notice(str(self.account_already_exists_text), phone))

    def _tell(self, *, is_sent: bool) -> None:
        if not is_sent:
            problem = _("The text message could not be sent.")
            self.add_message(self.request, messages.ERROR, message=problem)
