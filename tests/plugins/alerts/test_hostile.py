"""What nobody sends on purpose: a clear 4xx or one sane SMS, no crash, and no second number."""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smsgateway import analyze
from smsgateway.errors import WebhookError
from smsgateway.http import HttpRequest
from smsgateway_alerts import Notification
from smsgateway_alerts.door import LONGEST, Door
from smsgateway_alerts.source import Call
from smsgateway_alerts.text import summary, written
from tests.plugins.alerts.captured import (
    ANNA,
    BY_NAME,
    CALLS,
    EVA,
    SECRET,
    WEB,
    call_of,
    captured,
    headers_of,
    parsed,
    post,
    read,
    source_of,
)
from tests.plugins.alerts.conftest import World

pytestmark = pytest.mark.many

STRANGER = "+4522334488"
JSON = [name for name in WEB if "json" in captured(name)]
HOSTILE: dict[str, Any] = {
    "null": None,
    "a boolean": True,
    "a huge number": 10**400,
    "a negative number": -1,
    "a float": 1e300,
    "an empty list": [],
    "a list of lists": [[[[]]]],
    "an object": {"to": STRANGER, "text": {"x": 1}},
    "an empty text": "",
    "a NUL": "\x00",
    "half a surrogate": "\ud83d",
    "a template": "{{ ''.__class__.__mro__ }}{% for i in range(9**9) %}x{% endfor %}",
    "a number": STRANGER,
    "line ends": "a\r\nTo: +4522334488\r\n\r\nb",
    "a shell": "$(touch pwned); `id` | sh",
    "turned around": "\u202e\u2066abc",
    "a long text": "é" * 200_000,
    "emoji": "🔥👨‍👩‍👧" * 500,
    "a deep object": json.loads("[" * 500 + "]" * 500),
}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """List the places of a document, the whole of it first."""
    yield path
    items = value.items() if isinstance(value, dict) else ()
    for key, each in items or (enumerate(value) if isinstance(value, list) else ()):
        yield from places(each, (*path, key))


def replaced(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    changed = copy.deepcopy(document)
    place = changed
    for key in path[:-1]:
        place = place[key]
    if value is MISSING:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return changed


MISSING = object()


def check(world: World, door: Door, name: str, body: bytes) -> list[tuple[str, str]]:
    """Post a body: what comes of it is a clear answer, and one sane SMS to whom it may go."""
    source = source_of(name).name
    headers = {"Authorization": f"Bearer {SECRET}"} | headers_of(name)
    request = HttpRequest(method="POST", url="https://localhost/", headers=headers)
    content = body if len(body) <= LONGEST else None

    answer = door.answer(request, f"/alerts/{source}", content)

    document = json.loads(answer.body)
    assert answer.status in {200, 413, 422}, document
    if answer.status == 200:
        assert document["queued"] <= 1
    else:
        assert set(document) == {"error"}
        assert STRANGER not in document["error"]
    told = world.queued(door)
    for to, text in told:
        assert to == ANNA
        assert analyze(text).segments == 1
        assert text.isprintable()
    return told


def the_only_recipient(world: World) -> Door:
    return Door(world.desk(recipients=[ANNA]))


@pytest.mark.parametrize("name", JSON)
def test_a_payload_with_a_field_missing_is_no_crash(world: World, name: str) -> None:
    door, document = the_only_recipient(world), captured(name)["json"]
    for path in [path for path in places(document) if path]:
        body = json.dumps(replaced(document, path, MISSING)).encode()

        check(world, door, name, body)


def spoiled(value: Any, *, most: int = sys.maxsize) -> Iterator[tuple[str, bytes]]:
    """Put a value into each place of each payload, or into so many of them."""
    for name in JSON:
        document = captured(name)["json"]
        found = list(places(document))
        for path in found[:: 1 + len(found) // most]:
            yield name, json.dumps(replaced(document, path, value)).encode()


def text_of(name: str, body: bytes) -> str | None:
    """Read a payload; None where it is refused, or says nothing."""
    try:
        told = parsed(source_of(name).name, post(body, **headers_of(name)))
    except WebhookError:
        return None
    return written(summary(told)) if told.alerts else None


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_each_field_may_hold_something_else(value: Any) -> None:
    texts = {text_of(name, body) for name, body in spoiled(value)} - {None}

    assert {analyze(str(text)).segments for text in texts} == {1}
    assert all(str(text).isprintable() for text in texts)


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_a_payload_with_something_else_in_a_field_is_no_crash(world: World, value: Any) -> None:
    door = the_only_recipient(world)
    for name, body in spoiled(value, most=3):
        check(world, door, name, body)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_stands_anywhere_is_no_crash(world: World, data: st.DataObject) -> None:
    door = world.door = world.door or the_only_recipient(world)
    name = data.draw(st.sampled_from(JSON))
    document = captured(name)["json"]
    anything = st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(st.characters(codec=None))
        | st.just(STRANGER),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
        max_leaves=8,
    )
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(places(document))))
        document = replaced(document, path, data.draw(anything))

    check(world, door, name, json.dumps(document).encode())


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200), source=st.sampled_from(sorted(BY_NAME)))
def test_noise_is_no_crash(world: World, body: bytes, source: str) -> None:
    door = world.door = world.door or the_only_recipient(world)
    headers = {
        "Authorization": f"Bearer {SECRET}",
        "Content-Type": "multipart/form-data; boundary=x",
    }
    request = HttpRequest(method="POST", url="https://localhost/", headers=headers)

    answer = door.answer(request, f"/alerts/{source}", body)

    assert answer.status in {200, 404, 422}


def test_a_hundred_thousand_alerts_are_one_sms(world: World) -> None:
    door = the_only_recipient(world)
    body = b'{"alerts":[' + b"{}," * 99_999 + b"{}]}"

    told = check(world, door, "alertmanager-firing-single", body)

    assert told == [(ANNA, "100000 DOWN alert")]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"commonLabels": {"to": STRANGER, "phone": EVA}}, id="a common label"),
        pytest.param({"groupLabels": {"to": STRANGER}}, id="a group label"),
        pytest.param({"receiver": STRANGER}, id="the receiver"),
        pytest.param({"to": STRANGER, "recipients": [EVA]}, id="a field that there is not"),
    ],
)
def test_a_number_smuggled_in_is_told_nothing(world: World, change: dict[str, Any]) -> None:
    door = the_only_recipient(world)
    body = json.dumps(captured("alertmanager-firing-single")["json"] | change).encode()

    told = check(world, door, "alertmanager-firing-single", body)

    assert [to for to, _ in told] == [ANNA]


def spoiled_calls(value: str) -> Iterator[Notification | None]:
    """Put a value into each variable and argument of each call."""
    for name in CALLS:
        call, source = call_of(name), source_of(name).name
        for variable in call.environ:
            yield read(source, replace(call, environ={**call.environ, variable: value}))
        yield read(source, replace(call, subject=value))
        yield read(source, Call(message=value))


@pytest.mark.parametrize(
    "value",
    [pytest.param(text, id=name) for name, text in HOSTILE.items() if isinstance(text, str)],
)
def test_a_call_with_something_else_in_a_variable_is_one_sane_sms(value: str) -> None:
    texts = [written(summary(told)) for told in spoiled_calls(value) if told is not None]

    assert {analyze(text).segments for text in texts} == {1}
    assert all(text.isprintable() for text in texts)
