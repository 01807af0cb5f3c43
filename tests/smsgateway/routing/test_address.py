"""An account is called by its URL, and that has no secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest

from smsgateway.routing import Leaf
from smsgateway.routing.address import address
from tests.smsgateway.routing.world import leaf


@dataclass(frozen=True, slots=True, kw_only=True)
class Pigeon:
    """A provider that shows its user in its repr."""

    user: str = ""
    key: str = field(default="s3cr3t", repr=False)
    base_url: str = "https://api.pigeon.example"

    name: ClassVar[str] = "pigeon"
    credentials: ClassVar[tuple[str, ...]] = ("user", "key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dove(Pigeon):
    """A provider whose only credential is a secret."""

    name: ClassVar[str] = "dove"
    credentials: ClassVar[tuple[str, ...]] = ("key",)


class Plain:
    """A provider that is no dataclass."""

    name = "plain"


@pytest.mark.parametrize(
    ("provider", "written"),
    [
        pytest.param(Pigeon(user="acme"), "pigeon://acme@default", id="a user"),
        pytest.param(Pigeon(), "pigeon://default", id="no user"),
        pytest.param(Dove(user="acme"), "dove://default", id="a secret instead of a user"),
        pytest.param(Plain(), "plain://default", id="no fields"),
        pytest.param(
            Pigeon(base_url="http://127.0.0.1:80"), "pigeon://127.0.0.1:80", id="another host"
        ),
        pytest.param(
            Pigeon(base_url="https://u:s3cr3t@x.example/s3cr3t?key=s3cr3t"),
            "pigeon://x.example",
            id="secrets all over the URL",
        ),
        pytest.param(Pigeon(base_url="s3cr3t"), "pigeon://default", id="no URL at all"),
    ],
)
def test_the_url_of_an_account_has_no_secret(provider: Any, written: str) -> None:
    assert address(provider) == written


def test_a_name_goes_before_the_url() -> None:
    provider = leaf("a").provider

    assert Leaf(provider).account == "a://default"
    assert Leaf(provider, account="main").account == "main"
