"""Who may call what, and where parameters may stand: sections 2, 3 and 12 of the vendor's sheet."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from smsgateway.emulation.call import Call
from smsgateway.errors import ConfigurationError
from smsgateway_cpsms.emulator.switches import Faults
from tests.providers.cpsms_emulator.caller import AUTHORIZATION, SMS, Caller
from tests.providers.cpsms_emulator.conftest import Make


@pytest.mark.parametrize(
    "authorization",
    [
        pytest.param("", id="none"),
        pytest.param("Basic " + b64encode(b"demo:other").decode(), id="another key"),
        pytest.param("Basic " + b64encode(b"other:key").decode(), id="another name"),
        pytest.param(AUTHORIZATION.replace("Basic", "Bearer"), id="another scheme"),
        pytest.param("Basic not base64!", id="not base64"),
        pytest.param("Basic søren", id="not ASCII"),
    ],
)
@pytest.mark.parametrize("path", ["creditvalue", "nosuchcall"])
def test_wrong_credentials_are_refused_before_anything_else(
    caller: Caller, path: str, authorization: str
) -> None:
    assert caller.refused("GET", path, authorization=authorization) == 401


def test_the_scheme_may_be_written_in_any_case(caller: Caller) -> None:
    status, _ = caller.call("GET", "creditvalue", authorization=f"basic {AUTHORIZATION[6:]}")

    assert status == 200


def test_an_address_that_is_not_allowed_is_refused(caller: Caller) -> None:
    caller.account.faults = Faults(allowed=("192.0.2.1", "2001:db8::1"))

    assert caller.refused("GET", "creditvalue") == 403
    assert caller.refused("GET", "creditvalue", authorization="") == 401
    assert caller.call("GET", "creditvalue", client="192.0.2.1")[0] == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/v2"),
        ("GET", "/v2/"),
        ("GET", "/v1/creditvalue"),
        ("GET", "/v2/nosuchcall"),
        ("GET", "/v2/CreditValue"),
        ("GET", "/v2/send"),
        ("POST", "/v2/send/4522334488/Hej/Acme"),
        ("PUT", "/v2/creditvalue"),
        ("GET", "/v2/creditvalue/now"),
        ("POST", "/v2/listgroups"),
        ("GET", "/v2/addgroup/Name"),
        ("DELETE", "/v2/deletecontact/1"),
        ("DELETE", "/v2/deletecontact/1/4511111111/more"),
        ("GET", "/v2/getlog/1/2/3/4"),
        ("OPTIONS", "/v2/send"),
    ],
)
def test_an_unknown_path_or_method_is_not_found(caller: Caller, method: str, path: str) -> None:
    assert caller.answer(method, path).status == 404


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"to=4522334488&message=Hej&from=Acme", id="a form"),
        pytest.param(b'{"to": "4522334488",', id="broken JSON"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"\xff\xfe\x00", id="bytes"),
        pytest.param(b'{"to":' + b"[" * 100_000, id="deep nesting"),
        pytest.param(b'{"to": ' + b"1" * 5000 + b"}", id="an endless number"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(caller: Caller, body: bytes) -> None:
    assert caller.refused("POST", "send", body=body) == 400


def test_parameters_in_path_and_body_at_once_are_refused(caller: Caller) -> None:
    assert caller.refused("POST", "addgroup/Name", {"groupName": "Name"}) == 400
    assert caller.refused("GET", "listgroups") == 409


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"null"])
def test_a_call_without_parameters_ignores_its_body(caller: Caller, body: bytes) -> None:
    assert caller.call("GET", "creditvalue", body=body)[0] == 200


def test_neither_a_call_nor_its_answer_shows_what_is_in_it(caller: Caller) -> None:
    call = Call(method="POST", path="/v2/simplesend/4522334488/Hej", authorization=AUTHORIZATION)

    assert repr(call) == "<Call POST from 127.0.0.1>"
    assert repr(caller.answer("GET", "/")).startswith("<Answer 404, ")


def test_an_account_in_a_file_is_there_again_the_next_time(
    make_caller: Make, tmp_path: Path
) -> None:
    path = tmp_path / "account.db"
    first = make_caller(state=path, credit=10)
    first.add_group("Customers")
    first.call("POST", "send", SMS)
    first.account.close()

    second = make_caller(state=path, credit=500)

    assert second.account.credit == 9
    assert [message.text for message in second.messages] == ["Hej"]
    assert second.call("GET", "listgroups")[1] == [{"groupId": 1, "groupName": "Customers"}]


def test_a_file_that_is_no_account_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear reader, this is no database." * 100)

    with pytest.raises(ConfigurationError, match=r"letter\.txt cannot be used"):
        Caller(state=path)

    assert path.read_text().startswith("Dear reader")


def test_a_file_that_cannot_be_opened_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be used"):
        Caller(state=tmp_path / "no" / "folder")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"rates": {"DK": 1}}, "number prefix"),
        ({"rates": {"45": "cheap"}}, "price"),
        ({"rates": {"45": -1}}, "below zero"),
        ({"credit": "much"}, "credit"),
        ({"credit": float("nan")}, "credit"),
    ],
)
def test_a_number_that_makes_no_sense_is_a_configuration_error(
    options: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        Caller(**options)
