"""Finish a provider's flow by hand, without a transport."""

from __future__ import annotations

import json
from inspect import GEN_CREATED, getgeneratorstate
from typing import Any, TypeVar

from smsgateway.http import Flow, HttpResponse

__all__ = ["answer", "json_response"]

T = TypeVar("T")
_NOTHING: Any = object()


def json_response(payload: Any, *, status: int = 200) -> HttpResponse:
    """Make an answer whose body is `payload` as JSON."""
    return HttpResponse(
        status=status,
        headers={"content-type": "application/json"},
        body=json.dumps(payload).encode(),
    )


def answer(
    flow: Flow[T],
    *responses: HttpResponse | Exception,
    with_json: Any = _NOTHING,
    status: int = 200,
) -> T:
    """Answer each request of a flow and return the flow's result.

    A flow is a generator: `next(flow)` is its first request, if you want to look at it before::

        flow = Pigeon(token="t").send(message)
        request = next(flow)
        results = answer(flow, with_json={"messages": [...]})

    Args:
        flow: What a provider's method returned.
        *responses: One for each request; an exception is raised where the request was made.
        with_json: The only answer's body, instead of `responses`; without it, the body is empty.
        status: The only answer's HTTP status.

    Raises:
        AssertionError: The flow makes more requests than there are answers, or fewer.
    """
    if not responses:
        only = HttpResponse(status=status)
        responses = (only if with_json is _NOTHING else json_response(with_json, status=status),)
    pending = list(responses)
    try:
        request = next(flow) if getgeneratorstate(flow) == GEN_CREATED else None
        while pending:
            response = pending.pop(0)
            step = flow.throw if isinstance(response, Exception) else flow.send
            request = step(response)  # type: ignore[arg-type]  # each takes what it is given
    except StopIteration as end:
        assert not pending, f"The flow ended before {len(pending)} of the answers."  # noqa: S101 - for tests
        result: T = end.value
        return result
    raise AssertionError(f"The flow makes another request, {request!r}, and no answer is left.")
