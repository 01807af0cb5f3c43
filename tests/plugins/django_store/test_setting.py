"""The setting `SMSGATEWAY_STORE`, and what the system check says of it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections

from smsgateway_django.store.checks import check_store, check_transactions
from smsgateway_django.store.setting import StoreSetting, read_setting


def test_without_a_setting_everything_is_kept_for_some_time() -> None:
    setting = read_setting()

    assert setting == StoreSetting(text=True, text_days=7, number_days=90, row_days=180)
    assert check_store() == []


def test_what_is_not_said_is_as_without_a_setting(settings: Any) -> None:
    settings.SMSGATEWAY_STORE = {"TEXT": False, "ROW_DAYS": None}

    setting = read_setting()

    assert setting == StoreSetting(text=False, text_days=7, number_days=90, row_days=None)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param([], "SMSGATEWAY_STORE must be a dict.", id="no dict"),
        pytest.param(
            {"TEXTS": True},
            "No key of SMSGATEWAY_STORE is called 'TEXTS'. Did you mean 'TEXT'?",
            id="a slip",
        ),
        pytest.param({"TEXT": "no"}, "['TEXT'] must be True or False.", id="a word for TEXT"),
        pytest.param({"ROW_DAYS": -1}, "['ROW_DAYS'] must be days, from 0", id="less than no days"),
        pytest.param({"ROW_DAYS": True}, "['ROW_DAYS'] must be days, from 0", id="a bool"),
        pytest.param({"TEXT_DAYS": 36501}, "['TEXT_DAYS'] must be days, from 0", id="for ever"),
    ],
)
def test_a_wrong_setting_is_said_by_the_check(settings: Any, given: object, said: str) -> None:
    settings.SMSGATEWAY_STORE = given

    (error,) = check_store()

    assert error.id == "smsgateway.E005"
    assert said in error.msg


@pytest.mark.parametrize(
    ("fixture", "ids"),
    [("store_in_sqlite", ["smsgateway.W004"]), ("store_in_postgresql", [])],
    ids=["sqlite", "postgresql"],
)
def test_a_deployment_is_told_where_a_failed_request_takes_rows_with_it(
    request: pytest.FixtureRequest, fixture: str, ids: list[str]
) -> None:
    settings = connections[request.getfixturevalue(fixture)].settings_dict

    before = check_transactions()
    settings["ATOMIC_REQUESTS"] = True
    found = check_transactions()
    settings["ATOMIC_REQUESTS"] = False

    assert before == []
    assert [warning.id for warning in found] == ids


@pytest.mark.usefixtures("store")
def test_the_migrations_are_complete() -> None:
    out = io.StringIO()

    call_command("makemigrations", "--check", "--dry-run", stdout=out)

    assert "No changes detected" in out.getvalue()
