import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsgateway import ConfigurationError, InvalidSignature, WebhookError
from smsgateway.http import HttpRequest
from smsgateway.webhook import (
    check_age,
    check_secret,
    check_signature,
    check_token,
    form_pairs,
    json_body,
    make_token,
    query_pairs,
    report_key,
    require_secret,
)

KEY = b"c0ffee"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def posted(body: bytes = b"", url: str = "https://acme.example/sms") -> HttpRequest:
    return HttpRequest(method="POST", url=url, body=body)


def test_fields_are_read_in_their_order_with_repeats_and_blanks() -> None:
    request = posted(b"a=1&b=&a=2+3&%C3%A6=%C3%B8", "https://acme.example/sms?x=1&x=%20")

    assert form_pairs(request) == [("a", "1"), ("b", ""), ("a", "2 3"), ("æ", "ø")]
    assert query_pairs(request) == [("x", "1"), ("x", " ")]


@pytest.mark.parametrize("body", [b"\xff=1", b"a=%ff", b"&".join([b"a=1"] * 201)])
def test_a_form_that_cannot_be_read_is_a_webhook_error(body: bytes) -> None:
    with pytest.raises(WebhookError):
        form_pairs(posted(body))


def test_a_body_of_json_is_read() -> None:
    assert json_body(posted(b'{"a": [1]}')) == {"a": [1]}


@pytest.mark.parametrize("body", [b"", b"a=1", b'{"cut', b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_no_json_is_a_webhook_error(body: bytes) -> None:
    with pytest.raises(WebhookError) as caught:
        json_body(posted(body))

    assert caught.value.__context__ is None


@pytest.mark.parametrize("secret", [None, ""])
def test_without_a_secret_nothing_is_believed(secret: str | None) -> None:
    with pytest.raises(InvalidSignature, match="pigeon needs the option webhook_secret"):
        require_secret(secret, option="webhook_secret", provider="pigeon")


def test_a_secret_that_is_there_is_returned() -> None:
    assert require_secret("c0ffee", option="webhook_secret", provider="pigeon") == "c0ffee"


@pytest.mark.parametrize(
    "secret",
    ["", "x" * 15, "fifteen letters\n", "x" * 16 + "\ud83d"],
    ids=["empty", "short", "newline", "half a pair"],
)
def test_a_secret_of_the_users_own_must_be_hard_to_guess(secret: str) -> None:
    with pytest.raises(ConfigurationError, match="report_secret needs 16 characters"):
        check_secret(secret, option="report_secret")


@pytest.mark.parametrize("secret", [None, "x" * 16, "correct horse battery staple"])
def test_a_long_secret_will_do_and_so_will_none(secret: str | None) -> None:
    check_secret(secret, option="report_secret")


def test_one_of_several_right_signatures_is_enough() -> None:
    check_signature("b", "a", "b", provider="pigeon")


@pytest.mark.parametrize("given_signature", [None, "", "A", "ab", "\udcff", "æ"])
def test_another_signature_is_invalid(given_signature: str | None) -> None:
    with pytest.raises(InvalidSignature):
        check_signature(given_signature, "a", "b", provider="pigeon")


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_what_was_signed_just_now_is_believed(seconds: int) -> None:
    signed = int((NOW + timedelta(seconds=seconds)).timestamp())
    request = HttpRequest(method="POST", url="https://acme.example", received_at=NOW)

    check_age(request, str(signed), provider="pigeon")


@pytest.mark.parametrize("seconds", ["0", "-1", "", "soon", None, "9" * 30, "1795348499"])
def test_what_was_signed_at_another_time_is_not_believed(seconds: str | None) -> None:
    request = HttpRequest(method="POST", url="https://acme.example", received_at=NOW)

    with pytest.raises(InvalidSignature):
        check_age(request, seconds, provider="pigeon")


def test_where_nobody_says_when_a_request_came_any_age_is_right() -> None:
    check_age(posted(), "0", provider="pigeon")


@given(st.binary(min_size=16, max_size=16), st.sampled_from(["", "/", "?status=1", "/?a#b", "#"]))
def test_a_token_at_the_end_of_the_path_is_believed(nonce: bytes, rest: str) -> None:
    token = make_token(KEY, nonce, provider="pigeon")

    found = check_token(KEY, f"https://acme.example/sms/{token}{rest}", provider="pigeon")

    assert found == token


def test_a_token_may_be_written_with_escapes() -> None:
    token = make_token(KEY, bytes(16), provider="pigeon")
    escaped = "".join(f"%{ord(char):02x}" for char in token)

    assert check_token(KEY, f"https://acme.example/{escaped}", provider="pigeon") == token


@given(st.binary(min_size=16, max_size=16), st.data())
def test_a_token_with_one_character_changed_is_not(nonce: bytes, data: st.DataObject) -> None:
    token = make_token(KEY, nonce, provider="pigeon")
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda char: char != token[place]))
    forged = f"{token[:place]}{other}{token[place + 1 :]}"

    with pytest.raises(InvalidSignature):
        check_token(KEY, f"https://acme.example/{forged}", provider="pigeon")


@pytest.mark.parametrize(("key", "provider"), [(b"tea", "pigeon"), (KEY, "owl")])
def test_a_token_of_another_key_or_provider_is_not_believed(key: bytes, provider: str) -> None:
    token = make_token(key, bytes(16), provider=provider)

    with pytest.raises(InvalidSignature):
        check_token(KEY, f"https://acme.example/{token}", provider="pigeon")


def test_a_token_shows_nothing_of_the_key_but_its_mac() -> None:
    mac = hmac.digest(KEY, b"smsgateway|report|pigeon|" + bytes(16), "sha256")

    token = make_token(KEY, bytes(16), provider="pigeon")

    assert token.startswith("A" * 22 + ".")
    assert len(token) == 39
    assert mac.hex() not in token


def test_a_nonce_has_one_length() -> None:
    with pytest.raises(ValueError, match="16 bytes, not 3"):
        make_token(KEY, b"abc", provider="pigeon")


def test_the_key_of_tokens_is_the_secret_or_is_made_of_the_credentials() -> None:
    made = report_key(None, "user:key", provider="pigeon")

    assert report_key("c0ffee", "user:key", provider="pigeon") == KEY
    assert made == report_key(None, "user:key", provider="pigeon")
    assert b"key" not in made
    assert made not in {
        report_key(None, "user:other", provider="pigeon"),
        report_key(None, "user:key", provider="dove"),
    }
