"""Backends of the site's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from smsgateway.provider import Capabilities
from smsgateway_null import Null


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter(Null):
    """Counts messages, as the built-in `null` does, whose name it keeps.

    Attributes:
        branch: Which shop sends.
    """

    branch: str = "main street"


class Silent(Null):
    """Takes messages, and has no way to ask for delivery reports."""

    name: ClassVar[str] = "silent"
    capabilities: ClassVar[Capabilities] = Capabilities()
