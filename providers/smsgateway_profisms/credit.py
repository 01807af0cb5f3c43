"""What is left on the account."""

from __future__ import annotations

from smsgateway.http import Flow
from smsgateway.pricing import Money
from smsgateway.reading import pick_list, pick_money, pick_text
from smsgateway_profisms.calling import Calling

__all__ = ["Credit"]


class Credit(Calling):
    """Tells what is left on the account."""

    __slots__ = ()

    def balance(self) -> Flow[Money]:
        """Ask for the credit that is left, by `user_info`.

        Unverified: the reply's fields, which a client's code shows and no documentation.

        Raises:
            ProviderError: The answer is no, or makes no sense, or there is no such account.
        """
        data = yield from self._call("user_info", {}, service="general")
        for account in pick_list(data, "account"):
            if self.account in {None, pick_text(account, "number")}:
                credit = pick_money(account, pick_text(account, "currency"), "credit")
                if credit is None:
                    raise self._unexpected("the credit is missing or makes no sense")
                return credit
        raise self._unexpected("the user has no such account")
