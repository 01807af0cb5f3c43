"""What the provider `http` makes of a configuration: the requests, and the meaning of answers.

No vendor stands behind the canned answers; they are what configurations in this module describe.
"""

from __future__ import annotations

import doctest
import json
import textwrap
import tomllib
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, ClassVar
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlencode, urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import smsgateway_http
from smsgateway import (
    AuthenticationError,
    ConfigurationError,
    InsufficientCredit,
    Message,
    MessageError,
    Money,
    NotSent,
    OutcomeUnknown,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
    RecipientResult,
    SmsGateway,
    SmsGatewayError,
    UnexpectedResponse,
    UnsupportedFeature,
)
from smsgateway.hooks import Plugins
from smsgateway.http import HttpRequest, HttpResponse
from smsgateway.testing import FakeTransport, ProviderContract, answer, json_response
from smsgateway_http import Http, Table, provider, table

KEY = "5f2a-c0ffee-9d"
API = "https://api.brevdue.example/v2"
ANNA, BENT, CARL = "+4522334488", "+4533445599", "+46701234567"
PLUGINS = Plugins([smsgateway_http])
PLAIN = Message(text="Hej", to=ANNA)
FULL = Message(
    text="Hej",
    to=ANNA,
    sender="Acme",
    send_at=datetime(2030, 1, 31, 9, 30, tzinfo=timezone(timedelta(hours=1))),
    validity=timedelta(hours=1),
    flash=True,
    reference="order-17",
    report_url="https://shop.example/reports?a=1&b=2",
)
BODY: dict[str, Any] = {
    "to": "{to}",
    "text": "{text}",
    "from": "{sender}",
    "options": {"at": "{send_at}", "ttl": "{validity}", "flash": "{flash}"},
    "ref": "{reference}",
    "callback": "{report_url}",
    "class": 1,
    "test": False,
    "campaign": None,
}
JSON = Http(
    base_url=API,
    endpoint="/messages",
    headers=Table({"Authorization": "Bearer {api_key}"}),
    body=Table(BODY),
    api_key=KEY,
    id_path="messages.0.id",
    status_path="messages.0.status",
    accepted_values="queued, sent",
    refused_values="failed",
    segments_path="messages.0.parts",
    cost_path="messages.0.price",
    currency="DKK",
    code_path="error.code",
    codes=Table({"17": "invalid_number", "18": "insufficient_credit"}),
    error_path="error.message",
)
FORM = Http(
    base_url=API,
    endpoint="/send.php?v=2",
    headers=Table({"Authorization": "Basic {basic}"}),
    content="form",
    body=Table(
        {
            "to": "{digits}",
            "text": "{text}",
            "from": "{sender}",
            "at": "{send_at_unix}",
            "flash": "{flash}",
            "unicode": 1,
        }
    ),
    username="acme",
    password=KEY,
    status_path="ok",
    accepted_values="true",
    code_path="error",
    codes=Table({"17": "invalid_number"}),
)
MANY = Http(
    base_url=API,
    body=Table({"numbers": ["{to}"], "text": "{text}", "from": "{sender}"}),
    max_recipients=3,
    results_path="results",
    to_path="msisdn",
    id_path="id",
    code_path="error",
    codes=Table({"17": "invalid_number", "18": "insufficient_credit"}),
    error_path="words",
)
GET = Http(
    base_url=API,
    endpoint="/{username}/send/{reference}?to={to}&text={text}&from={sender}&key={api_key}&v=2",
    method="GET",
    username="acme",
    api_key=KEY,
    id_path="id",
)
ACCEPTED = {"messages": [{"id": "b-17", "status": "queued", "parts": 2, "price": "0.64"}]}
REFUSED = {"error": {"code": 17, "message": "That is no number"}}
ENTRY = {"msisdn": "4522334488", "id": 171}


def options(**changes: Any) -> dict[str, Any]:
    """Give the options of the simplest configuration that there is, with changes."""
    least = {
        "base_url": API,
        "body": Table({"to": "{to}", "text": "{text}"}),
        "id_path": "id",
    }
    return {**least, **changes}


def asked(gateway: Http, message: Message = PLAIN) -> HttpRequest:
    return next(gateway.send(message))


def document(gateway: Http, message: Message = PLAIN) -> Any:
    return json.loads(asked(gateway, message).body)


def read(gateway: Http, body: Any, *, status: int = 200, **fields: Any) -> list[RecipientResult]:
    return answer(gateway.send(replace(PLAIN, **fields)), with_json=body, status=status)


class TestJson(ProviderContract):
    provider = JSON
    accepted: ClassVar[Any] = ACCEPTED
    refused: ClassVar[Any] = json_response(REFUSED, status=400)


class TestForm(ProviderContract):
    provider = FORM
    accepted: ClassVar[Any] = {"ok": True}
    refused: ClassVar[Any] = {"ok": False, "error": "17"}


class TestManyRecipients(ProviderContract):
    provider = MANY
    accepted: ClassVar[Any] = {"results": [ENTRY]}
    refused: ClassVar[Any] = {"results": [{"msisdn": "4522334488", "error": 17, "words": "No"}]}


# Its options


def test_its_package_is_a_plugin_that_brings_it() -> None:
    assert PLUGINS.providers == {"http": Http}


def test_the_vendor_of_the_docstring_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BREVDUE_KEY", KEY)
    example = textwrap.dedent((provider.__doc__ or "").split("::\n")[1].split("\nIn a URL")[0])
    account = tomllib.loads(example)["gateways"]["main"]

    gateway = SmsGateway.from_config(account, plugins=PLUGINS)

    flow = gateway.provider.send(replace(PLAIN, text='Say "{api_key}"', sender="Acme"))
    request = next(flow)
    assert (request.method, request.url) == ("POST", f"{API}/messages")
    assert request.header("Authorization") == f"Bearer {KEY}"
    assert json.loads(request.body) == {
        "from": "Acme",
        "body": 'Say "{api_key}"',
        "recipients": [{"msisdn": "4522334488"}],
        "class": "promotion",
        "test": False,
    }
    (result,) = answer(flow, with_json=ACCEPTED)
    assert (str(result.status), result.cost) == ("accepted", Money("0.64", "DKK"))


def test_a_url_says_the_same() -> None:
    query = urlencode(
        {
            "body": '{"to": "{to}", "text": "{text}"}',
            "headers": '{"Authorization": "Basic {basic}"}',
            "id_path": "id",
        },
        quote_via=quote,
    )

    gateway = SmsGateway.from_url(
        f"http://acme:{KEY}@api.brevdue.example/v2?{query}", plugins=PLUGINS
    )

    request = asked(gateway.provider)
    assert request.url == API
    assert request.header("Authorization") == f"Basic {b64encode(f'acme:{KEY}'.encode()).decode()}"
    assert json.loads(request.body) == {"to": ANNA, "text": "Hej"}


def test_the_examples_of_tables_are_true() -> None:
    failed, tried = doctest.testmod(table)

    assert (failed, tried > 0) == (0, True)


def test_the_repr_of_a_table_shows_nothing_of_it() -> None:
    assert repr(Table({"Authorization": KEY})) == "<Table of 1>"


@pytest.mark.parametrize(
    "given",
    ["", "[]", "1", "null", '{"a"', "{" * 9000, {"a": {1, 2}}, {"a": float("nan")}, [], 17, None],
    ids=["empty", "list", "number", "null", "cut", "deep", "set", "nan", "[]", "17", "None"],
)
def test_a_table_is_a_json_object(given: Any) -> None:
    with pytest.raises(ConfigurationError, match="JSON objects"):
        Table(given)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"base_url": "http://api.brevdue.example"}, "not safe"),
        ({"base_url": f"{API}?key=1"}, "belong to endpoint"),
        ({"base_url": f"{API}/{{to}}"}, "belong to endpoint"),
        ({"endpoint": "https://brevdue.example/send"}, "begins with"),
        ({"endpoint": "send"}, "begins with"),
        ({"endpoint": "/send it"}, "begins with"),
        ({"endpoint": "/send\r\nHost: x"}, "begins with"),
        ({"endpoint": "/send#there"}, "begins with"),
        ({"endpoint": '/send"it|'}, "begins with"),
        ({"endpoint": "/{{send}}"}, "begins with"),
        ({"endpoint": "/send}"}, "begins with"),
        ({"method": "PUT"}, "POST or GET"),
        ({"method": "GET"}, "has no body"),
        ({"content": "xml"}, "json or form"),
        ({"content": "form", "body": Table({"to": ["{to}"], "text": "{text}"})}, "'to' must be"),
        ({"headers": Table({"X A": "1"})}, "name"),
        ({"headers": Table({"content-Length": "1"})}, "name"),
        ({"headers": Table({"X-A": 1})}, "X-A"),
        ({"headers": Table({"X-A": "1\r\nX-B: 2"})}, "X-A"),
        ({"headers": Table({"X-A": "ø"})}, "X-A"),
        ({"headers": Table({"X-A": ""})}, "X-A"),
        ({"body": Table({"to": "{to}"})}, "{text}"),
        ({"body": Table({"text": "{text}"})}, "{to} or {digits}"),
        ({"body": Table({"{to}": "{to}", "text": "{text}"})}, "nothing into names"),
        ({"api_key": KEY}, "no template says it"),
        ({"headers": Table({"X-A": "{api_key}"})}, "needs api_key"),
        ({"headers": Table({"X-A": "{api_key}"}), "api_key": ""}, "needs api_key"),
        ({"headers": Table({"X-A": "{api_key}"}), "api_key": "a\r\nb"}, "api_key stands in"),
        ({"headers": Table({"X-A": "{basic}"}), "username": "acme"}, "needs password"),
        ({"max_recipients": 0}, "1 or more"),
        ({"max_recipients": 2}, "need results_path"),
        ({"max_recipients": 2, "endpoint": "/{to}"}, "must stand alone"),
        ({"max_recipients": 2, "headers": Table({"X-A": "{digits}"})}, "must stand alone"),
        ({"max_recipients": 2, "content": "form"}, "must stand alone"),
        ({"max_recipients": 2, "body": Table({"to": "+{digits}", "text": "{text}"})}, "alone"),
        ({"id_path": None}, "no yes"),
        ({"id_path": ""}, "id_path looks like"),
        ({"id_path": "messages..id"}, "id_path looks like"),
        ({"status_path": "status"}, "needs accepted_values"),
        ({"accepted_values": "ok"}, "needs status_path"),
        ({"refused_values": "failed"}, "needs status_path"),
        ({"cost_path": "price"}, "needs currency"),
        ({"currency": "DKK"}, "needs cost_path"),
        ({"cost_path": "price", "currency": "kroner"}, "ISO 4217"),
        ({"results_path": "results"}, "needs to_path"),
        ({"accepted_status": ""}, "accepted_status"),
        ({"accepted_status": "200,404"}, "accepted_status"),
        ({"codes": Table({"17": "refused"})}, "needs code_path"),
        ({"codes": Table({"17": "invalid_numbr"}), "code_path": "code"}, "'invalid_number'"),
        ({"codes": Table({"17": 4}), "code_path": "code"}, "No reason is called '4'"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Http(**options(**changes))

    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{txt}", "called 'txt'. Did you mean 'text'?"),
        ("{text.__class__}", "called 'text.__class__'"),
        ("{text[0]}", "(not shown: it may be a secret)"),
        ("{text!r}", "(not shown: it may be a secret)"),
        ("{text:>10}", "(not shown: it may be a secret)"),
        ("{}", "No placeholder"),
        ("{0}", "called '0'"),
        ("{self}", "called 'self'"),
        ("{base_url}", "called 'base_url'"),
        ("{extra}", "called 'extra'"),
        ("{text", "lone brace"),
        ("text}", "lone brace"),
        ("{{text}", "lone brace"),
        ("{te{text}xt}", "lone brace"),
    ],
)
@pytest.mark.parametrize("place", ["headers", "body"])
def test_a_template_reaches_nothing_but_its_placeholders(
    template: str, words: str, place: str
) -> None:
    places = {
        "headers": Table({"X-A": template}),
        "body": Table({"to": "{to}", "text": "{text}", "more": [{"x": template}]}),
    }

    with pytest.raises(ConfigurationError) as caught:
        Http(**options(**{place: places[place]}))

    assert words in str(caught.value)


@pytest.mark.parametrize("name", ["txt", "text.__class__", "text[0]", "text!r", "", "te/xt"])
def test_a_url_reaches_nothing_but_its_placeholders(name: str) -> None:
    with pytest.raises(ConfigurationError, match="No placeholder"):
        Http(**options(endpoint=f"/send/{{{name}}}?x=1"))


def test_its_capabilities_are_what_its_templates_say() -> None:
    least, most = Http(**options()).capabilities, JSON.capabilities

    assert (least.max_recipients, least.sender, least.reference) == (1, None, 0)
    assert not any((least.schedule, least.validity, least.flash, least.report_url))
    assert all((most.schedule, most.validity, most.flash, most.report_url, most.sender))
    assert (most.reference, MANY.capabilities.max_recipients) == (255, 3)


@pytest.mark.parametrize(
    ("endpoint", "is_needed"),
    [
        pytest.param("/{sender}/send?to={to}&text={text}", True, id="in the path"),
        pytest.param("/send?to={to}&text={text}&from={sender}", False, id="in the query"),
    ],
)
def test_it_needs_a_sender_where_the_path_does(endpoint: str, *, is_needed: bool) -> None:
    missing = Http(**options(endpoint=endpoint)).capabilities.missing_sender(None)

    assert (missing is not None) is is_needed


@pytest.mark.parametrize("field", ["sender", "send_at", "validity", "flash", "reference"])
def test_what_no_template_says_cannot_be_asked_for(field: str) -> None:
    gateway = SmsGateway(Http(**options()), plugins=Plugins())
    message = replace(PLAIN, **{field: getattr(FULL, field)})

    with pytest.raises(UnsupportedFeature) as caught:
        gateway.send(message, dry_run=True)

    assert caught.value.field == field


# What it asks for


def test_a_plain_message_leaves_out_what_it_does_not_say() -> None:
    request = asked(JSON)

    assert (request.method, request.url) == ("POST", f"{API}/messages")
    assert request.headers == {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Authorization": f"Bearer {KEY}",
    }
    assert json.loads(request.body) == {
        "to": ANNA,
        "text": "Hej",
        "class": 1,
        "test": False,
        "campaign": None,
    }


def test_everything_that_a_message_can_ask_for_is_said() -> None:
    assert document(JSON, FULL) == {
        **document(JSON),
        "from": "Acme",
        "options": {"at": "2030-01-31T08:30:00Z", "ttl": 3600, "flash": True},
        "ref": "order-17",
        "callback": "https://shop.example/reports?a=1&b=2",
    }


def test_a_form_says_the_same_in_its_own_way() -> None:
    request = asked(FORM, replace(FULL, validity=None, reference=None, report_url=None))

    assert request.url == f"{API}/send.php?v=2"
    assert dict(parse_qsl(request.body.decode(), strict_parsing=True)) == {
        "to": "4522334488",
        "text": "Hej",
        "from": "Acme",
        "at": str(int(datetime(2030, 1, 31, 8, 30, tzinfo=UTC).timestamp())),
        "flash": "true",
        "unicode": "1",
    }


def test_a_form_leaves_out_what_the_message_does_not_say() -> None:
    assert asked(FORM).body == b"to=4522334488&text=Hej&unicode=1"


def test_a_get_says_all_in_its_url() -> None:
    request = asked(GET, replace(PLAIN, reference="order 17/2", text="a&b=c %41 + ø?#"))

    assert (request.method, request.body) == ("GET", b"")
    assert request.headers == {"Accept": "application/json"}
    assert request.url == (
        f"{API}/acme/send/order%2017%2F2?to=%2B4522334488"
        f"&text=a%26b%3Dc%20%2541%20%2B%20%C3%B8%3F%23&key={KEY}&v=2"
    )


def test_a_post_may_say_all_in_its_url() -> None:
    gateway = Http(**options(endpoint="?to={to}&text={text}", body=Table()))

    request = asked(gateway)

    assert (request.method, request.url) == ("POST", f"{API}?to=%2B4522334488&text=Hej")
    assert "Content-Type" not in request.headers


def test_a_body_that_says_nothing_is_an_empty_object() -> None:
    gateway = Http(**options(endpoint="?to={to}&text={text}", body=Table({"from": "{sender}"})))

    assert asked(gateway).body == b"{}"


def test_more_recipients_are_a_list() -> None:
    alone = replace(MANY, body=Table({"to": "{digits}", "text": "{text}"}))
    message = replace(PLAIN, to=(ANNA, BENT))

    assert document(MANY, message)["numbers"] == [ANNA, BENT]
    assert document(MANY)["numbers"] == [ANNA]
    assert document(alone, message)["to"] == ["4522334488", "4533445599"]


def test_what_stands_beside_a_list_of_recipients_stays_there() -> None:
    body = Table({"to": [0, "{to}", None, {"x": "{to}"}, [], "{sender}"], "text": "{text}"})

    sent = document(replace(MANY, body=body), replace(PLAIN, to=(ANNA, BENT)))

    assert sent["to"] == [0, ANNA, BENT, None, {"x": [ANNA, BENT]}, []]


def test_what_is_empty_without_the_message_is_left_out() -> None:
    body = {"to": "{to}", "text": "{text}", "a": {"b": ["{sender}"]}, "c": {}, "d": "x{sender}"}

    assert document(Http(**options(body=Table(body)))) == {"to": ANNA, "text": "Hej", "c": {}}


def test_a_doubled_brace_is_a_brace() -> None:
    body = Table({"to": "{to}", "text": "{{{text}}} {{text}}", "brace": "{{"})

    sent = document(Http(**options(body=body)))

    assert sent == {"to": ANNA, "text": "{Hej} {text}", "brace": "{"}


def test_a_value_in_a_longer_text_is_spelled_as_in_json() -> None:
    body = Table({"to": "tel:{to}", "text": "{text}", "flags": "flash={flash};ttl={validity}"})

    sent = document(Http(**options(body=body)), FULL)

    assert (sent["to"], sent["flags"]) == (f"tel:{ANNA}", "flash=true;ttl=3600")


def test_a_header_replaces_ours_of_the_same_name() -> None:
    headers = Table({"content-type": "application/vnd.brevdue+json", "ACCEPT": "*/*"})

    request = asked(Http(**options(headers=headers)))

    assert request.headers == {"Content-Type": "application/vnd.brevdue+json", "Accept": "*/*"}


def test_a_header_that_the_message_does_not_say_is_left_out() -> None:
    gateway = Http(**options(headers=Table({"X-Reference": "no. {reference}"})))

    assert asked(gateway).header("X-Reference") is None
    assert asked(gateway, FULL).header("X-Reference") == "no. order-17"


def test_extra_fields_are_added_under_ours() -> None:
    message = replace(PLAIN, extra={"http": {"tag": "blue", "text": "Other", "class": 7}})

    assert document(JSON, message) == {**document(JSON), "tag": "blue"}
    assert b"tag=blue" in asked(FORM, message).body


def test_extra_fields_without_a_body_are_refused() -> None:
    message = replace(PLAIN, reference="order-17", extra={"http": {"tag": "blue"}})

    with pytest.raises(UnsupportedFeature) as caught:
        asked(GET, message)

    assert caught.value.field == "extra"


def test_half_a_surrogate_in_a_secret_breaks_nothing() -> None:
    basic = replace(FORM, password="half-\ud83d")
    key = replace(GET, api_key="half-\ud83d")

    assert asked(basic).header("Authorization") == f"Basic {b64encode(b'acme:half-?').decode()}"
    assert "&key=half-%3F&" in asked(key, FULL).url


# What stands in a message, however hostile

TEXTS = [
    '"',
    '", "to": "+4599999999',
    "{api_key} {text} {{ }} {0} {text.__class__}",
    "\\u0022\\",
    "a&to=4599999999#?/%22%",
    "line\r\nX-Evil: 1\r\n\r\n\x00",
    "👍🏽 \u2028 </script>",
    "%s %(key)s ${KEY} $(id)",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_never_more_than_a_text(text: str) -> None:
    message = replace(PLAIN, text=text, reference="r")

    assert document(JSON, message) == {**document(JSON), "text": text, "ref": "r"}
    form = parse_qsl(asked(FORM, message).body.decode(), strict_parsing=True)
    assert form == [("to", "4522334488"), ("text", text), ("unicode", "1")]
    query = parse_qsl(urlsplit(asked(GET, message).url).query, strict_parsing=True)
    assert query == [("to", ANNA), ("text", text), ("key", KEY), ("v", "2")]


@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_comes_back_out_of_the_request(text: str) -> None:
    path = replace(GET, endpoint="/{text}/send?to={to}", username=None, api_key=None)
    message = replace(PLAIN, text=text, reference="r")
    assume(text not in {".", ".."})

    assert document(JSON, message) == {**document(JSON), "text": text, "ref": "r"}
    form = parse_qsl(asked(FORM, message).body.decode(), strict_parsing=True)
    assert dict(form)["text"] == text
    query = parse_qsl(urlsplit(asked(GET, message).url).query, strict_parsing=True)
    assert dict(query)["text"] == text
    step = asked(path, message).url.removeprefix(f"{API}/").removesuffix("/send?to=%2B4522334488")
    assert (unquote(step), "/" in step) == (text, False)


@pytest.mark.parametrize("reference", [".", ".."])
def test_a_value_never_becomes_a_step_of_the_path(reference: str) -> None:
    with pytest.raises(MessageError) as caught:
        asked(GET, replace(PLAIN, reference=reference))

    assert caught.value.field == "reference"


def test_a_path_that_needs_what_the_message_lacks_is_not_sent() -> None:
    with pytest.raises(MessageError, match="needs reference") as caught:
        asked(GET)

    assert caught.value.field == "reference"


@pytest.mark.parametrize("text", ["a\r\nX-Evil: 1", "a\nb", "ø", "👍", "a\x00", "\x7f", "a\tb"])
def test_a_header_holds_one_line_of_ascii(text: str) -> None:
    gateway = Http(**options(headers=Table({"X-Text": "{reference}{text}"})))

    with pytest.raises(MessageError) as caught:
        asked(gateway, replace(FULL, text=text))

    assert caught.value.field == "text"
    assert text not in str(caught.value)


@pytest.mark.parametrize("sender", ["Acme\r\nX-Evil: 1", "Acme\n"])
def test_a_sender_of_more_than_one_line_is_no_message(sender: str) -> None:
    with pytest.raises(MessageError):
        replace(PLAIN, sender=sender)


# What the answers mean


def test_a_yes_is_read_by_its_paths() -> None:
    (result,) = read(JSON, ACCEPTED)

    assert result == RecipientResult(
        to=ANNA,
        status=result.status,
        message_id="b-17",
        segments=2,
        cost=Money("0.64", "DKK"),
    )
    assert str(result.status) == "accepted"


def test_a_yes_for_later_is_scheduled() -> None:
    (result,) = read(JSON, ACCEPTED, send_at=FULL.send_at)

    assert str(result.status) == "scheduled"


@pytest.mark.parametrize(
    "body",
    [
        {"messages": [{"id": "b-17", "status": "odd"}]},
        {"messages": [{"id": "b-17"}]},
        {"messages": [{"status": "queued"}]},
        {"messages": [{"id": None, "status": "queued"}]},
        {"messages": [{"id": False, "status": "queued"}]},
        {"messages": [{"id": True, "status": "queued"}]},
        {"messages": [{"id": 0, "status": "queued"}]},
        {"messages": [{"id": "0", "status": "queued"}]},
        {**ACCEPTED, "error": {"code": 99}},
        {**ACCEPTED, "error": {"code": True}},
        {"messages": {"0": {"id": "b-17", "status": "queued"}}},
        {"messages": []},
        {"error": {"code": 99, "message": "What?"}},
    ],
)
def test_what_is_neither_yes_nor_no_is_unknown(body: Any) -> None:
    with pytest.raises(UnexpectedResponse):
        read(JSON, body)


@pytest.mark.parametrize(
    ("body", "status", "kind", "reason"),
    [
        (REFUSED, 200, ProviderError, "invalid_number"),
        (REFUSED, 400, ProviderError, "invalid_number"),
        (REFUSED, 500, ProviderError, "invalid_number"),
        ({**ACCEPTED, **REFUSED}, 200, ProviderError, "invalid_number"),
        ({"error": {"code": "18"}}, 400, InsufficientCredit, "insufficient_credit"),
        ({"messages": [{"status": "failed"}]}, 200, ProviderError, "refused"),
        ({"messages": [{"status": "failed"}]}, 500, ProviderUnavailable, "provider_unavailable"),
        ({"error": {"code": 99}}, 400, ProviderError, "invalid_request"),
        ({"error": {"code": 99}}, 401, AuthenticationError, "authentication"),
        ({}, 402, InsufficientCredit, "insufficient_credit"),
        ({}, 429, RateLimited, "rate_limited"),
        ({}, 503, ProviderUnavailable, "provider_unavailable"),
        ({}, 404, NotSent, "invalid_request"),
        ({}, 302, NotSent, "redirect"),
        ({}, 408, OutcomeUnknown, "timeout"),
        (ACCEPTED, 203, UnexpectedResponse, "unexpected_response"),
    ],
)
def test_a_no_is_what_its_code_or_its_status_means(
    body: Any, status: int, kind: type[Exception], reason: str
) -> None:
    with pytest.raises(kind) as caught:
        read(JSON, body, status=status)

    assert type(caught.value) is kind
    assert getattr(caught.value, "reason", None) == reason


def test_a_no_has_the_vendors_code_and_words() -> None:
    with pytest.raises(ProviderError, match="code 17: That is no number") as caught:
        read(JSON, REFUSED, status=400)

    assert (caught.value.code, caught.value.provider) == ("17", "http")


@pytest.mark.parametrize("quoted", ["Your code is 73-19-02.", KEY, f"acme:{KEY}"])
@pytest.mark.parametrize(
    "spell",
    [str, lambda words: quote(words, safe=""), quote_plus],
    ids=["", "url", "form"],
)
def test_an_error_quotes_nothing_private_even_from_a_url(quoted: str, spell: Any) -> None:
    body = {"error": {"message": f"No: /send?x={spell(quoted)}"}}
    gateway = replace(GET, error_path="error.message")

    with pytest.raises(ProviderError) as caught:
        read(gateway, body, status=400, text="Your code is 73-19-02.", reference="r")

    assert str(caught.value) == "http answered HTTP 400."


def test_an_id_beside_a_code_that_nobody_knows_is_no_yes() -> None:
    gateway = Http(**options(code_path="error"))

    with pytest.raises(UnexpectedResponse):
        read(gateway, {"id": 17, "error": 99})


@pytest.mark.parametrize("code", [None, 0, "0", False, "", 200])
def test_a_code_may_say_that_nothing_is_wrong(code: object) -> None:
    gateway = Http(
        **options(
            id_path="id", code_path="code", status_path="status", accepted_values="queued,200"
        )
    )

    (result,) = read(gateway, {"id": 17, "status": "queued", "code": code})

    assert (str(result.status), result.message_id) == ("accepted", "17")


@pytest.mark.parametrize("word", ["true", "1", "OK"])
def test_a_status_may_be_true_or_a_number(word: str) -> None:
    gateway = replace(FORM, accepted_values="true,1,OK")

    (result,) = read(gateway, {"ok": {"true": True, "1": 1, "OK": "OK"}[word]})

    assert str(result.status) == "accepted"


def test_a_recipient_that_an_answer_names_must_be_ours() -> None:
    gateway = Http(**options(to_path="to"))

    (result,) = read(gateway, {"id": 1, "to": "4522334488"})
    with pytest.raises(UnexpectedResponse):
        read(gateway, {"id": 1, "to": "4533445599"})

    assert result.to == ANNA


def test_each_of_many_recipients_has_its_own_result() -> None:
    entries = [
        {"msisdn": "4533445599", "error": 17, "words": "No such number"},
        ENTRY,
        {"msisdn": "46701234567", "error": 99},
        {"msisdn": "4599999999", "id": 172},
        {"id": 173},
        None,
    ]

    results = read(MANY, {"results": entries}, to=(ANNA, BENT, CARL))

    assert {r.to: (str(r.status), r.reason, r.code, r.detail, r.message_id) for r in results} == {
        ANNA: ("accepted", None, None, None, "171"),
        BENT: ("rejected", "invalid_number", "17", "No such number", None),
    }


def test_a_recipient_that_cannot_be_paid_for_is_not_sent_to() -> None:
    (result,) = read(MANY, {"results": [{"msisdn": "4522334488", "error": 18}]})

    assert (str(result.status), result.reason) == ("not_sent", "insufficient_credit")


def test_a_yes_counts_wherever_a_number_is_named_twice() -> None:
    entries = [ENTRY, {"msisdn": "4522334488", "error": 18}]
    transport = FakeTransport(lambda _: json_response({"results": entries}))

    result = SmsGateway(MANY, transport=transport, plugins=Plugins()).send(PLAIN)

    assert [str(recipient.status) for recipient in result.recipients] == ["accepted"]


WORDS = st.none() | st.booleans() | st.integers() | st.text() | st.just("queued")


@given(
    body=st.recursive(
        WORDS,
        lambda each: st.lists(each) | st.dictionaries(st.sampled_from(["messages", "0"]), each),
    ),
    status=st.sampled_from([200, 201, 202, 204, 400, 500]),
)
def test_an_answer_of_any_shape_breaks_nothing_and_is_no_yes(body: Any, status: int) -> None:
    response = HttpResponse(status=status, body=json.dumps(body).encode())

    with pytest.raises(SmsGatewayError):
        answer(JSON.send(PLAIN), response)
