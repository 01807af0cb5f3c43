"""A vendor's description finds what is wrong with requests and answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from smsgateway.http import HttpRequest, HttpResponse
from smsgateway.testing import Description, json_response

URL = "https://api.pigeon.example/v1/coops/c17/messages"
TOKEN = {"Authorization": "Bearer c0ffee"}
TEXT = {"type": "string"}
MESSAGE = {
    "allOf": [
        {
            "type": "object",
            "required": ["to"],
            "properties": {"to": {"$ref": "#/components/schemas/birds"}},
        },
        {"anyOf": [{"properties": {"text": TEXT}}, {"properties": {"data": {"type": "object"}}}]},
    ]
}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Pigeon", "version": "1"},
    "servers": [{"url": "https://api.pigeon.example/v1"}],
    "components": {
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        "schemas": {
            "birds": {"type": "array", "items": {"type": "object", "properties": {"number": TEXT}}}
        },
    },
    "paths": {
        "/coops/{coop}/messages": {
            "parameters": [{"name": "coop", "in": "path", "required": True, "schema": TEXT}],
            "post": {
                "security": [{"token": []}],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": MESSAGE},
                        "application/x-www-form-urlencoded": {
                            "schema": {"type": "object", "properties": {"to": TEXT}}
                        },
                    },
                },
                "responses": {
                    "201": {
                        "description": "taken",
                        "content": {
                            "application/json": {
                                "schema": {"type": "object", "properties": {"id": TEXT}}
                            }
                        },
                    }
                },
            },
            "get": {"responses": {"200": {"description": "all of them"}}},
        }
    },
}


@pytest.fixture
def pigeon(tmp_path: Path) -> Description:
    path = tmp_path / "pigeon.json"
    path.write_text(json.dumps(DOCUMENT))
    return Description(path)


def posted(body: object, url: str = URL, **headers: str) -> HttpRequest:
    return HttpRequest.json("POST", url, body, headers={**TOKEN, **headers})


@pytest.mark.parametrize(
    "body",
    [
        {"to": [{"number": "45"}], "text": "Hej"},
        {"to": [], "data": {"anything": 1}},
    ],
    ids=["by reference", "an alternative, and what has no names"],
)
def test_a_right_request_has_no_problems(pigeon: Description, body: object) -> None:
    assert pigeon.problems_of_request(posted(body)) == []


def test_a_form_and_a_request_without_a_body_may_be_right_too(pigeon: Description) -> None:
    form = HttpRequest.form("POST", URL, {"to": "4522334488"}, headers=TOKEN)
    question = HttpRequest(method="GET", url=f"{URL}?page=2")

    assert pigeon.problems_of_request(form) == []
    assert pigeon.problems_of_request(question) == []


@pytest.mark.parametrize(
    ("request_", "problem"),
    [
        (posted({"text": "Hej"}), "[]: 'to' is a required property"),
        (posted({"to": "4522334488"}), "['to']: '4522334488' is not of type 'array'"),
        (posted({"to": [], "txt": "Hej"}), "no field 'txt'"),
        (posted({"to": [{"nummer": "45"}]}), "no field 'nummer'"),
        (posted({"to": []}, Authorization=""), "SecurityNotFound"),
        (posted({"to": []}, url="https://api.pigeon.example/v2/messages"), "PathNotFound"),
        (posted({"to": []}, url=URL.replace("api", "eu")), "ServerNotFound"),
    ],
    ids=["missing", "wrong kind", "unknown", "unknown inside", "no token", "path", "host"],
)
def test_a_wrong_request_is_found(pigeon: Description, request_: HttpRequest, problem: str) -> None:
    (found,) = pigeon.problems_of_request(request_)

    assert found.startswith(problem)


@pytest.mark.parametrize(
    ("answer", "problems"),
    [
        (json_response({"id": "p17"}, status=201), []),
        (json_response({"id": 17}, status=201), ["['id']: 17 is not of type 'string'"]),
        (HttpResponse(status=404), ["ResponseNotFound: Unknown response http status: 404"]),
    ],
    ids=["right", "wrong kind", "unknown status"],
)
def test_an_answer_is_held_against_the_description(
    pigeon: Description, answer: HttpResponse, problems: list[str]
) -> None:
    assert pigeon.problems_of_answer(posted({"to": []}), answer) == problems


def test_it_tells_which_requests_it_describes(pigeon: Description) -> None:
    assert pigeon.describes(posted({}))
    assert not pigeon.describes(HttpRequest(method="DELETE", url=URL))
    assert repr(pigeon) == "<Description pigeon.json>"
