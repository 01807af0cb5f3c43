"""What a provider's API can say, as data that the gateway checks a message against."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from smsgateway.errors import MessageError, UnsupportedFeature
from smsgateway.message import Message
from smsgateway.text import Encoding

__all__ = ["LOCAL", "AccountCapabilities", "Capabilities", "SenderRules"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderRules:
    """What a sender may be, and whether there must be one.

    Attributes:
        name: Characters that a name may have; None where nobody says.
        number: Digits that a number may have; None where nobody says.
        required: Whether a message needs one.
        instead: The provider's option that does as well; `AccountCapabilities` heeds it.
    """

    name: int | None = None
    number: int | None = None
    required: bool = False
    instead: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a provider's API can say, as data; the gateway checks it, in the same words for all.

    Attributes:
        max_recipients: Recipients that one request may name; None where the vendor states no limit.
        sender: What holds for the sender; None where the API takes none.
        schedule: It takes `send_at`.
        validity: It takes `validity`.
        flash: It takes `flash`.
        reference: Characters that `reference` may have; 0 where it takes none.
        report_url: It takes `report_url` for each message.
        encodings: The encodings that a message may force.
        max_characters: The longest text, in characters; None where it sets its own limit.
        joined_segments: Segments that the vendor promises to join; a longer text gets a warning.
        header_octets: The size of its concatenation header (3GPP TS 23.040, 9.2.3.24): 6 or 7. What
            is billed follows from it.
        idempotent: It takes a message with the same `id` once, however often it is sent to the same
            recipients; a repeat that it refuses with `Reason.DUPLICATE` proves that it has it.
        status_interval: Seconds that the vendor asks to leave between two looks at what became of
            messages.
        lookup_lag: Seconds after which a message that a look does not show was not taken.
        lookup_window: Seconds that a look reaches back; of an older message it says nothing. None
            where the vendor forgets nothing.
    """

    max_recipients: int | None = 1
    sender: SenderRules | None = SenderRules()
    schedule: bool = False
    validity: bool = False
    flash: bool = False
    reference: int = 0
    report_url: bool = False
    encodings: frozenset[Encoding] = frozenset()
    max_characters: int | None = None
    joined_segments: int | None = None
    header_octets: int = 6
    idempotent: bool = False
    status_interval: float = 0
    lookup_lag: float = 600
    lookup_window: float | None = None

    def check(self, message: Message, *, provider: str) -> None:
        """Refuse what the provider has no way to say.

        Raises:
            UnsupportedFeature: The message asks for something that the API lacks.
            MessageError: It has no sender and needs one, or a field is longer than the API takes.
        """
        asked = {
            "sender": (message.sender is not None, self.sender is not None),
            "send_at": (message.send_at is not None, self.schedule),
            "validity": (message.validity is not None, self.validity),
            "flash": (message.flash, self.flash),
            "reference": (message.reference is not None, self.reference > 0),
            "report_url": (message.report_url is not None, self.report_url),
            "encoding": (message.encoding is not None, message.encoding in self.encodings),
        }
        for field, (is_asked, is_able) in asked.items():
            if is_asked and not is_able:
                raise UnsupportedFeature(f"{provider} has no way to send {field}.", field=field)
        if options := self.missing_sender(message.sender):
            raise MessageError(
                f"{provider} needs a sender: give the message one, or the gateway the option "
                f"{options}.",
                field="sender",
            )
        self._check_lengths(message, provider=provider)

    def missing_sender(self, sender: str | None) -> str | None:
        """Name the options that would do where there is no sender and one is required."""
        rules = self.sender
        if sender is not None or rules is None or not rules.required:
            return None
        return "sender" if rules.instead is None else f"sender or {rules.instead}"

    def is_absence_proof(self, age: timedelta) -> bool:
        """Say whether a look that does not show a message of this age proves it was not taken."""
        seconds = age.total_seconds()
        window = self.lookup_window
        return seconds >= self.lookup_lag and (window is None or seconds < window)

    def _check_lengths(self, message: Message, *, provider: str) -> None:
        if self.max_characters is not None and len(message.text) > self.max_characters:
            raise MessageError(
                f"text has {len(message.text)} characters; {provider} takes {self.max_characters}.",
                field="text",
            )
        if message.reference is not None and len(message.reference) > self.reference:
            raise MessageError(
                f"reference has {len(message.reference)} characters; {provider} takes "
                f"{self.reference}.",
                field="reference",
            )
        if message.sender is not None and self.sender is not None:
            is_number = message.sender.removeprefix("+").isdecimal()
            most = self.sender.number if is_number else self.sender.name
            if most is not None and len(message.sender.removeprefix("+")) > most:
                kind = "number" if is_number else "name"
                raise MessageError(
                    f"sender is longer than the {most} characters that {provider} takes for a "
                    f"{kind}.",
                    field="sender",
                )


class AccountCapabilities(Capabilities):
    """Capabilities of a vendor that picks the sender itself where an account has `sender.instead`.

    On a provider's class they say what holds without that option; on an object, what holds for it.
    """

    __slots__ = ()

    def __get__(self, provider: object, _kind: type) -> Capabilities:
        rules = self.sender
        if provider is None or rules is None or rules.instead is None:
            return self
        return replace(self, sender=replace(rules, required=not getattr(provider, rules.instead)))


#: What a provider can do that keeps or shows messages itself.
LOCAL = Capabilities(
    max_recipients=None,
    schedule=True,
    validity=True,
    flash=True,
    reference=255,
    report_url=True,
    encodings=frozenset(Encoding),
)
