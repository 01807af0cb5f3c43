"""A world for routes: birds that are told how to answer, and a clock that only pauses move."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from smsgateway import (
    GatewayOptions,
    Message,
    Money,
    NotSent,
    OutcomeUnknown,
    Reason,
    RecipientResult,
    SendStatus,
)
from smsgateway.http import Flow, HttpRequest, HttpResponse
from smsgateway.options import Guarantee
from smsgateway.provider import Capabilities
from smsgateway.refusal import refusal
from smsgateway.routing import Clock, Errand, Exchange, Leaf, Route, Terms, finish

DANE, DANE_2, SWEDE = "+4522334488", "+4522334499", "+46701234567"
START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

REFUSED = NotSent("No route.", reason=Reason.CONNECTION)
BAD_CERTIFICATE = NotSent("TLS failed.", reason=Reason.TLS)
CUT_OFF = OutcomeUnknown("Cut off.", reason=Reason.CONNECTION)
OK = HttpResponse(status=200)
UNPAID = HttpResponse(status=402)
UNAUTHORISED = HttpResponse(status=401)
TOO_MANY = HttpResponse(status=429, headers={"retry-after": "20"})
TOO_MANY_FOR_NOW = HttpResponse(status=429)
BROKEN = HttpResponse(status=500)

Answer = HttpResponse | Exception | dict[str, Any]

MOST = Capabilities(max_recipients=2, reference=32, flash=True, lookup_lag=600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bird:
    """A provider that says what its answer says of each number, and else accepts it."""

    name: str
    capabilities: Capabilities = field(default=MOST, repr=False)

    def ask(self, path: str, **body: Any) -> HttpRequest:
        return HttpRequest.json("POST", f"https://{self.name}.example/{path}", body)

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        response = yield self.ask(
            "send", to=message.to, sender=message.sender, reference=message.reference
        )
        if response.status != 200:
            raise refusal(response, provider=self.name)
        said = json.loads(response.body or "{}")
        return [
            RecipientResult(to=number, status=SendStatus(said.get(number, "accepted")))
            for number in message.to
            if said.get(number) != "left out"
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller(Bird):
    """A bird that tells its balance."""

    def balance(self) -> Flow[Money]:
        response = yield self.ask("balance")
        if response.status != 200:
            raise refusal(response, provider=self.name)
        return Money(json.loads(response.body or "17"), "points")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seer(Bird):
    """A bird that can be asked what it took."""

    def look_up(self, message: Message, since: datetime) -> Flow[list[RecipientResult]]:
        response = yield self.ask(
            "look_up", to=message.to, reference=message.reference, since=since.isoformat()
        )
        if response.status != 200:
            raise refusal(response, provider=self.name)
        taken = json.loads(response.body or "[]")
        return [RecipientResult(to=n, status=SendStatus.ACCEPTED) for n in taken]


def leaf(provider: Any, **options: Any) -> Leaf:
    """Make an account of a provider, or of a bird of this name."""
    # Any: a provider's name is one of its class; each bird has its own.
    bird: Any = Bird(name=provider) if isinstance(provider, str) else provider
    return Leaf(bird, GatewayOptions(**options))


def says(payload: Any) -> HttpResponse:
    """Make an answer with this JSON."""
    return HttpResponse(status=200, body=json.dumps(payload).encode())


class World:
    """What the birds are asked, what they answer, and what time it is.

    Attributes:
        asked: Each request as bird, path and recipients.
        bodies: The bodies of the requests.
        pauses: The seconds of each pause.
        time: The seconds since the start.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.bodies: list[dict[str, Any]] = []
        self.pauses: list[float] = []
        self.time = 1000.0
        self.clock = Clock(
            seconds=lambda: self.time,
            now=lambda: START + timedelta(seconds=self.time - 1000),
            chance=lambda: 0.5,
        )
        self._answers: dict[str, deque[Answer]] = defaultdict(deque)
        self._habits: dict[str, Answer] = {}
        self.on_exchange: Callable[[], object] = lambda: None

    def answer(self, place: str, *answers: Answer) -> None:
        """Let a bird (`"a"`), or one of its paths (`"a/balance"`), answer so, one after another."""
        self._answers[place].extend(answers)

    def always(self, place: str, answer: Answer) -> None:
        """Let a bird, or one of its paths, answer so whenever nothing else is left to say."""
        self._habits[place] = answer

    def exchange(self, step: Exchange) -> HttpResponse:
        url, body = step.request.url, json.loads(step.request.body)
        bird, path = url.removeprefix("https://").split(".example/")
        self.asked.append(bird if path == "send" else f"{bird}/{path}")
        self.bodies.append(body)
        self.on_exchange()
        place = bird if path == "send" else f"{bird}/{path}"
        answers = self._answers[place]
        answer = answers.popleft() if answers else self._habits.get(place, OK)
        if isinstance(answer, Exception):
            raise answer
        return says(answer) if isinstance(answer, dict) else answer

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.time += seconds

    def errand(
        self,
        route: Route,
        *numbers: str,
        guarantee: Guarantee | None = None,
        budget: float = 0.0,
        own_reference: str | None = None,
        **fields: Any,
    ) -> Errand:
        message = Message(text="Hej", to=numbers or DANE, **{"reference": own_reference, **fields})
        terms = Terms(
            guarantee=guarantee,
            deadline=self.time + budget,
            analyses={},
            reference=own_reference,
            clock=self.clock,
        )
        return Errand(route, message, terms)

    def send(self, route: Route, *numbers: str, **terms: Any) -> list[RecipientResult]:
        """Send a message, and say what became of each recipient."""
        errand = self.errand(route, *numbers, **terms)
        finish(errand.work(), self.exchange, self.pause)
        return list(errand.results())

    def words(self, route: Route, *numbers: str, **terms: Any) -> list[str]:
        """Send a message, and say in words what became of each recipient, and who says so."""
        results = self.send(route, *numbers, **terms)
        return [f"{result.provider} {result.status}" for result in results]
