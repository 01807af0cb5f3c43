import sys
from typing import Any

import jwt
import pytest

from smsgateway import ConfigurationError, InvalidSignature
from smsgateway.tokens import load_jwt, read_token

SECRET = "c0ffee" * 12  # as long as HS512 asks for


def signed(payload: bytes, algorithm: str = "HS256") -> str:
    return jwt.PyJWS().encode(payload, SECRET, algorithm=algorithm)


def test_the_claims_of_a_signed_token_are_read_and_its_times_are_not_looked_at() -> None:
    token = signed(b'{"iss": "pigeon", "exp": 1}')

    assert read_token(token, SECRET, provider="pigeon") == {"iss": "pigeon", "exp": 1}


@pytest.mark.parametrize(
    "token",
    [
        None,
        "",
        "a.b.c",
        signed(b"{}")[:-2],
        signed(b"{}", "HS512"),
        signed(b"not JSON"),
        signed(b"[1]"),
        signed(b"[" * 9000),
        "eyJhbGciOiJub25lIn0.e30.",
    ],
    ids=["none", "empty", "senseless", "cut", "other", "not JSON", "list", "deep", "unsigned"],
)
def test_another_token_is_not_believed(token: str | None) -> None:
    with pytest.raises(InvalidSignature, match="not signed by pigeon"):
        read_token(token, SECRET, provider="pigeon")


def test_a_token_of_another_secret_is_not_believed() -> None:
    with pytest.raises(InvalidSignature):
        read_token(signed(b"{}"), SECRET + "x", provider="pigeon")


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    missing: Any = None
    monkeypatch.setitem(sys.modules, "jwt", missing)

    with pytest.raises(ConfigurationError, match=r"pluggable-smsgateway\[vonage\]"):
        load_jwt("vonage")
