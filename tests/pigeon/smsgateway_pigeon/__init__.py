"""Pigeon: https://pigeon.example/docs/v1"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from smsgateway import AuthenticationError, Message, Reason, RecipientResult, SendStatus, hookimpl
from smsgateway.http import Flow, HttpRequest
from smsgateway.provider import Capabilities
from smsgateway.reading import pick_list, pick_number, pick_text
from smsgateway.refusal import refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Pigeon:
    """Sends through Pigeon, which takes 500 recipients a request."""

    token: str = field(repr=False)
    base_url: str = "https://api.pigeon.example"

    name: ClassVar[str] = "pigeon"
    credentials: ClassVar[tuple[str, ...]] = ("token",)
    capabilities: ClassVar[Capabilities] = Capabilities(max_recipients=500)

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        """Send a message; Pigeon answers for each recipient."""
        response = yield HttpRequest.json(
            "POST",
            f"{self.base_url}/v1/messages",
            {"to": list(message.to), "text": message.text, "from": message.sender},
            headers={"Authorization": f"Bearer {self.token}"},
        )
        if response.status == 401:
            raise AuthenticationError("Pigeon refused the token.", provider=self.name)
        if response.status != 200:
            raise refusal(response, provider=self.name)
        return list(_results(response.json()))


def _results(answer: Any) -> Iterator[RecipientResult]:
    """Read what is said of each recipient; one of whom nothing clear is said is left out."""
    for entry in pick_list(answer, "messages"):
        number, message_id = pick_number(entry, "to"), pick_text(entry, "id")
        state = pick_text(entry, "state")
        if number and state == "flying":
            yield RecipientResult(to=number, status=SendStatus.ACCEPTED, message_id=message_id)
        elif number and state == "grounded":
            yield RecipientResult(to=number, status=SendStatus.REJECTED, reason=Reason.REFUSED)


@hookimpl
def register_providers() -> list[type[Pigeon]]:
    """Bring Pigeon in."""
    return [Pigeon]
