"""The points that are left on the account."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from smsgateway.http import Flow
from smsgateway.pricing import Money
from smsgateway_cpsms.calling import Calling

__all__ = ["Credit", "read_points"]

_THOUSANDS = re.compile(r"-?[1-9][0-9]{0,2}(?:\.[0-9]{3})+", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,6})?", re.ASCII)


class Credit(Calling):
    """Tells what is left on the account."""

    __slots__ = ()

    def balance(self) -> Flow[Money]:
        """Ask for the points that are left, by `GET /v2/creditvalue`.

        Raises:
            ProviderError: The answer is no, or makes no sense.
        """
        answer = yield from self._call("GET", "creditvalue")
        points = read_points(answer.entry().fields.get("credit"))
        if points is None:
            raise answer.unexpected("credit is missing or makes no sense")
        return Money(points, "points")


def read_points(credit: Any) -> Decimal | None:
    """Read a number as Danes write it, or None where it is none.

    A dot is for thousands where a comma follows or where it stands before three digits each time.

    >>> read_points("9.843,40")
    Decimal('9843.40')
    """
    if type(credit) not in {str, int, Decimal}:
        return None
    written = "".join(str(credit).split())
    if "," in written or (isinstance(credit, str) and _THOUSANDS.fullmatch(written)):
        written = written.replace(".", "").replace(",", ".")
    return Decimal(written) if _NUMBER.fullmatch(written) else None
