"""The README's table of settings names the bridges."""

from __future__ import annotations

import re
from types import FunctionType

import pytest
from django.utils.module_loading import import_string

from tests.readme import README

ROWS = dict(
    re.findall(r"^\| (django-\S+|drf\S+) \| .*?(smsgateway_django[\w.]+)", README, re.MULTILINE)
)


def test_every_bridge_is_named() -> None:
    assert len(ROWS) == 8


@pytest.mark.parametrize("path", ROWS.values(), ids=ROWS.keys())
def test_a_setting_names_what_is_there(path: str) -> None:
    assert isinstance(import_string(path), type | FunctionType)
