import pickle
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import phonenumbers
import pytest

from smsgateway import Encoding, InvalidPhoneNumber, Message, MessageError, PhoneNumber
from smsgateway.gateway import SmsGateway
from smsgateway.message import with_extra

TO = "+4522334488"


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        pytest.param({"text": ""}, "text", "nothing to send", id="empty text"),
        pytest.param({"text": b"Hej"}, "text", "not bytes", id="bytes"),
        pytest.param({"text": "Hej \ud83d"}, "text", "offset 4", id="lone surrogate"),
        pytest.param({"to": ()}, "to", "nobody", id="no recipients"),
        pytest.param({"to": [4522334488]}, "to", "not int", id="number as int"),
        pytest.param(
            {"to": phonenumbers.PhoneNumber()}, "to", "of to is no number", id="blank object"
        ),
        pytest.param({"to": [TO, object()]}, "to", "not object", id="number as an object"),
        pytest.param({"sender": "  "}, "sender", "blank", id="blank sender"),
        pytest.param({"sender": "Ac\nme"}, "sender", "seen", id="newline in sender"),
        pytest.param({"sender": 4522}, "sender", "not int", id="sender as int"),
        pytest.param({"reference": ""}, "reference", "blank", id="empty reference"),
        pytest.param({"report_url": "\0"}, "report_url", "blank", id="NUL in report_url"),
        pytest.param({"report_url": "ftp://x"}, "report_url", "http:// or", id="other URL"),
        pytest.param(
            {"report_url": "https://shop.example/reports#top"},
            "report_url",
            "has a fragment",
            id="fragment in URL",
        ),
        pytest.param({"report_url": "https://a b"}, "report_url", "http:// or", id="blank in URL"),
        pytest.param(
            {"send_at": datetime(2027, 1, 1)},  # noqa: DTZ001 - the naive one is the point
            "send_at",
            "time zone",
            id="naive send_at",
        ),
        pytest.param({"validity": timedelta(0)}, "validity", "longer", id="no validity"),
        pytest.param({"to": 22334488}, "to", "not int", id="one number as int"),
        pytest.param({"send_at": "2030-01-01"}, "send_at", "not str", id="send_at as text"),
        pytest.param({"validity": 5}, "validity", "not int", id="validity as a number"),
        pytest.param({"flash": "no"}, "flash", "not str", id="flash as text"),
        pytest.param({"extra": ["cpsms"]}, "extra", "looks like", id="extra as list"),
        pytest.param({"extra": {"cpsms": 1}}, "extra", "looks like", id="extra without fields"),
        pytest.param({"encoding": "latin-1"}, "encoding", "GSM-7, UCS-2", id="other encoding"),
    ],
)
def test_bad_input_names_the_field_and_the_problem(
    fields: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(MessageError, match=words) as caught:
        Message(**{"text": "Hej", "to": TO, **fields})

    assert caught.value.field == field


def test_one_recipient_or_many_end_as_a_tuple_of_numbers() -> None:
    number = PhoneNumber.parse(TO)

    assert Message(text="Hej", to=TO).to == (TO,)
    assert Message(text="Hej", to=number).to == (TO,)
    assert Message(text="Hej", to=iter((TO, number))).to == (TO, TO)


@pytest.mark.parametrize(
    "number",
    [
        pytest.param("+4522334488", id="a Danish one"),
        pytest.param("+390612345678", id="a zero that is part of it"),
        pytest.param("+3900123456", id="two zeros"),
        pytest.param("+80012345678", id="of no country"),
    ],
)
def test_a_number_that_phonenumbers_has_parsed_is_a_recipient(number: str) -> None:
    parsed = phonenumbers.parse(number)

    assert Message(text="Hej", to=parsed).to == (number,)
    assert Message(text="Hej", to=[parsed, TO]).to == (number, TO)


def test_a_parsed_number_with_an_extension_is_refused_when_it_is_sent() -> None:
    parsed = phonenumbers.parse("+4522334488 ext. 12")

    with pytest.raises(InvalidPhoneNumber, match="has an extension"):
        SmsGateway.from_url("null://").send("Hej", to=parsed)


def test_a_message_is_a_value() -> None:
    message = Message(text="Hej", to=TO, encoding="UCS-2", send_at=datetime(2027, 1, 1, tzinfo=UTC))

    later = replace(message, validity=timedelta(hours=1))

    assert message == Message(
        text="Hej", to=TO, encoding=Encoding.UCS2, send_at=datetime(2027, 1, 1, tzinfo=UTC)
    )
    assert later.validity == timedelta(hours=1)
    with pytest.raises(FrozenInstanceError):
        message.text = "Farvel"  # type: ignore[misc]  # that it cannot be done is the point


def test_a_message_can_be_a_key() -> None:
    message = Message(text="Hej", to=TO, extra={"cpsms": {"a": 1}})

    twin = Message(text="Hej", to=TO, extra={"cpsms": {"a": 1}})

    assert {message: "sent"}[twin] == "sent"


def test_a_message_does_not_change_with_what_it_was_made_of() -> None:
    fields = {"a": 1}
    extra = {"cpsms": fields}
    message = Message(text="Hej", to=TO, extra=extra)

    fields["a"] = 2
    extra["twilio"] = {}

    assert message.extra == {"cpsms": {"a": 1}}
    assert pickle.loads(pickle.dumps(message)) == message


def test_extra_adds_fields_for_one_provider_and_replaces_none() -> None:
    own = {"speed": "high", "text": "Farvel", "flash": 1}
    message = Message(text="Hej", to=TO, extra={"pigeon": own, "stork": {"speed": "low"}})

    fields = with_extra({"text": message.text, "flash": None, "from": None}, message, "pigeon")

    assert fields == {"text": "Hej", "speed": "high", "flash": 1}


def test_a_repr_shows_no_text_and_no_whole_number() -> None:
    message = Message(text="the password is 12345", to=[TO] * 5)

    assert repr(message) == (
        "<Message of 21 characters to +45******88, +45******88, +45******88 and 2 more>"
    )
