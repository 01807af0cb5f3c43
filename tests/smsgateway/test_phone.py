from __future__ import annotations

import copy
import dataclasses
import doctest
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from phonenumbers import PhoneNumberType

from smsgateway.errors import ConfigurationError, InvalidPhoneNumber, MessageError
from smsgateway.phone import (
    PhoneKind,
    PhoneNumber,
    all_to_e164,
    masking,
    notation,
    number,
    numbering,
)

NUMBER = "+4522334488"
EMOJI = "\U0001f4f1"


@pytest.mark.parametrize(
    ("text", "region"),
    [
        pytest.param("+4522334488", None, id="e164"),
        pytest.param("+45 22334488", None, id="a space after the country code"),
        pytest.param("+45-22-33.44/88", None, id="dashes, dots and slashes"),
        pytest.param("(+45) 22 33 44 88", None, id="country code in brackets"),
        pytest.param("  +4522334488\r\n", None, id="a line of a file"),
        pytest.param("0045 22334488", None, id="00 without a region"),
        pytest.param("0045 22334488", "DK", id="00 in its own region"),
        pytest.param("0045 22334488", "US", id="00 where 011 is dialled"),
        pytest.param("011 45 22334488", "US", id="011 where it is dialled"),
        pytest.param("22334488", "DK", id="national"),
        pytest.param("22 33 44 88", "DK", id="national with spaces"),
        pytest.param("22 33 44 88", "dk", id="region in small letters"),
        pytest.param("4522334488", "DK", id="country code without plus"),
        pytest.param("45 22334488", "DK", id="country code without plus, and a space"),
        pytest.param("(045) 22 33 44 88", "DK", id="0 before the country code"),
        pytest.param("+45 22 33 44 88", "SE", id="a region that is not its own"),
        pytest.param("tel:+45-22-33-44-88", None, id="tel"),
        pytest.param("TEL:%2B4522334488", None, id="tel, percent-encoded"),
        pytest.param("tel:22334488;phone-context=+45", None, id="tel with a context"),
        pytest.param("tel:22334488;phone-context=example.com", "DK", id="tel with a domain"),
        pytest.param("tel:+4522334488;phone-context=+46;x=1", None, id="tel, context not needed"),
        pytest.param("＋４５ ２２３３４４８８", None, id="full width"),  # noqa: RUF001 - what is tested
        pytest.param("٢٢٣٣٤٤٨٨", "DK", id="Arabic-Indic digits"),
        pytest.param("+45\u00a022\u202f33\u300044\t88", None, id="exotic spaces"),
        pytest.param("\u202a+45 22\u2011334488\u202c\u200b", None, id="copied from a phone"),
    ],
)
def test_what_people_type_becomes_e164(text: str, region: str | None) -> None:
    parsed = PhoneNumber.parse(text, region)

    assert (parsed.e164, parsed.region) == (NUMBER, "DK")


@pytest.mark.parametrize(
    ("text", "region", "e164"),
    [
        pytest.param("4915112345678", "DE", "+4915112345678", id="German mobile, not Leer"),
        pytest.param("0491 51123456", "DE", "+4949151123456", id="Leer, as it is dialled"),
        pytest.param("(046) 12 34 56", "SE", "+4646123456", id="Lund, not Sweden"),
        pytest.param("45 22 33 44", "DK", "+4545223344", id="Danish number that begins with 45"),
        pytest.param("(201) 555-0123", "US", "+12015550123", id="US"),
        pytest.param("1 201 555 0123", "US", "+12015550123", id="US, dialled with 1"),
        pytest.param("+44 (0)20 7946 0958", None, "+442079460958", id="a 0 that is not dialled"),
        pytest.param("+39 06 12345678", None, "+390612345678", id="a 0 that is dialled"),
    ],
)
def test_digits_with_two_meanings_are_read_as_people_mean_them(
    text: str, region: str | None, e164: str
) -> None:
    parsed = PhoneNumber.parse(text, region)

    assert str(parsed) == e164


@pytest.mark.parametrize(
    ("text", "region", "problem"),
    [
        pytest.param("", None, "empty", id="nothing"),
        pytest.param(" \u202a\u202c ", "DK", "empty", id="nothing that is seen"),
        pytest.param("+", None, "empty", id="plus alone"),
        pytest.param("tel:", "DK", "empty", id="tel alone"),
        pytest.param("Anna", "DK", "not_a_number", id="name"),
        pytest.param("1-800-FLOWERS", "US", "not_a_number", id="vanity"),
        pytest.param("22334488, 22334489", "DK", "not_a_number", id="two numbers"),
        pytest.param("22+334488", "DK", "not_a_number", id="plus in the middle"),
        pytest.param("*100#", "DK", "not_a_number", id="service code"),
        pytest.param("2233448²", "DK", "not_a_number", id="superscript"),
        pytest.param("22334488 x123", "DK", "invalid", id="extension"),
        pytest.param("22334488 ext. 5", "DK", "invalid", id="extension, spelled out"),
        pytest.param("tel:+4522334488;ext=12", None, "invalid", id="extension in a tel"),
        pytest.param("22334488", None, "no_region", id="national without a region"),
        pytest.param("4522334488", None, "no_region", id="country code without plus or region"),
        pytest.param("+999123456789", None, "unknown_country_code", id="unknown country code"),
        pytest.param("+0045 22334488", None, "unknown_country_code", id="00 after a plus"),
        pytest.param("1", "DK", "too_short", id="one digit"),
        pytest.param("12", "DK", "too_short", id="two digits"),
        pytest.param("+45", None, "too_short", id="country code alone"),
        pytest.param("+4512", None, "too_short", id="E.164, too short"),
        pytest.param("004512", None, "too_short", id="00, too short"),
        pytest.param("2233448", "DK", "too_short", id="national, too short"),
        pytest.param("5550123", "US", "too_short", id="without an area code"),
        pytest.param("+45223344889", None, "too_long", id="E.164, too long"),
        pytest.param("223344889", "DK", "too_long", id="national, too long"),
        pytest.param("+45" + "2" * 30, None, "too_long", id="longer than any number"),
        pytest.param("112", "DK", "short_code", id="emergency number"),
        pytest.param("1234", "DK", "short_code", id="short code"),
        pytest.param("123456", "DK", "short_code", id="longest short code"),
        pytest.param("1234", None, "short_code", id="short code without a region"),
        pytest.param("+4510203040", None, "invalid", id="block that is not in use"),
        pytest.param("10203040", "DK", "invalid", id="national, block not in use"),
        pytest.param("+3758102845320", None, "invalid", id="E.164, with a national prefix in it"),
    ],
)
def test_what_cannot_be_sent_to_is_refused_with_its_problem(
    text: str, region: str | None, problem: str
) -> None:
    with pytest.raises(InvalidPhoneNumber) as refused:
        PhoneNumber.parse(text, region)

    assert refused.value.problem == problem
    assert refused.value.field == "to"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("+4522334488\x00", id="NUL"),
        pytest.param("\x1b[31m+4522334488", id="terminal escape"),
        pytest.param("+4522334488\r\nX-Evil: 1", id="header"),
        pytest.param("+4522334488\n+4522334489", id="lines"),
        pytest.param("\ud83d+4522334488", id="lone surrogate"),
        pytest.param("+4522334488\udcff", id="undecodable byte"),
        pytest.param(f"+4522334488{EMOJI}", id="emoji"),
        pytest.param("tel:%00%ff+4522334488", id="percent-encoded bytes"),
        pytest.param("{text!r:>99} %s %d", id="format strings"),
        pytest.param("22334488'; DROP TABLE messages", id="SQL"),
        pytest.param("x" * 1_000_000, id="a megabyte of letters"),
        pytest.param("22334488" * 125_000, id="a megabyte of digits"),
        pytest.param("+" * 1_000_000, id="a megabyte of plus signs"),
        pytest.param("ext " + "1" * 240 + "!", id="much that may be an extension"),
    ],
)
def test_hostile_input_is_refused_and_not_echoed(text: str) -> None:
    with pytest.raises(InvalidPhoneNumber) as refused:
        PhoneNumber.parse(text, "DK")

    told = str(refused.value)
    assert told.isprintable()
    assert len(told) < 200
    assert "2233" not in told
    assert text[:8] not in told


def test_an_error_tells_the_number_masked_the_problem_and_the_region_it_was_read_in() -> None:
    with pytest.raises(InvalidPhoneNumber) as refused:
        PhoneNumber.parse("223344889", "dk")

    assert str(refused.value) == ("The phone number ***89 is too long (read as a number in DK).")


def test_an_error_about_an_international_number_names_no_region() -> None:
    with pytest.raises(InvalidPhoneNumber) as refused:
        PhoneNumber.parse("+45223344889", "SE")

    assert str(refused.value) == "The phone number +45*******89 is too long."


def test_an_invalid_number_is_an_error_in_the_message_and_a_value_error() -> None:
    with pytest.raises(InvalidPhoneNumber) as refused:
        PhoneNumber.parse("1")

    assert isinstance(refused.value, MessageError)
    assert isinstance(refused.value, ValueError)


@pytest.mark.parametrize(
    ("region", "shown"),
    [
        pytest.param("XX", "'XX'", id="two letters"),
        pytest.param("Denmark", "'Denmark'", id="name"),
        pytest.param("001", "***", id="the world"),
        pytest.param("", "***", id="empty"),
        pytest.param("+4522334488", "+45******88", id="a number in its place"),
        pytest.param("D\x00K", "***", id="control character"),
        pytest.param("D" * 1_000_000, "***", id="a megabyte"),
    ],
)
@pytest.mark.parametrize("text", ["22334488", "+4522334488"])
def test_an_unknown_region_is_a_wrong_setting(text: str, region: str, shown: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        PhoneNumber.parse(text, region)

    assert str(refused.value).startswith(f"No region is called {shown}. ")


@pytest.mark.parametrize("given", [None, 4522334488, b"+4522334488", ["+4522334488"]], ids=type)
def test_only_a_str_is_parsed(given: object) -> None:
    with pytest.raises(TypeError, match=f"not {type(given).__name__}$"):
        PhoneNumber.parse(given)  # type: ignore[arg-type]  # the mistake under test


def test_the_repr_and_masked_hide_what_str_tells() -> None:
    parsed = PhoneNumber.parse(NUMBER)

    assert str(parsed) == f"{parsed}" == NUMBER
    assert parsed.masked == "+45******88"
    assert repr(parsed) == "PhoneNumber('+45******88')"
    assert repr([parsed]) == "[PhoneNumber('+45******88')]"


def test_numbers_are_equal_when_their_e164_is() -> None:
    typed, plain = PhoneNumber.parse("22 33 44 88", "DK"), PhoneNumber.parse(NUMBER)
    elsewhere = PhoneNumber(e164=NUMBER, region="SE")
    other = PhoneNumber.parse("+4522334489")

    assert {typed, plain, elsewhere} == {plain}
    assert plain not in {other, NUMBER}


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_a_number_survives_pickling_and_copying(protocol: int) -> None:
    parsed = PhoneNumber.parse(NUMBER)

    again = pickle.loads(pickle.dumps(parsed, protocol))

    assert (again, again.region) == (parsed, "DK")
    assert copy.deepcopy(parsed) == parsed


def test_a_number_cannot_be_changed() -> None:
    parsed = PhoneNumber.parse(NUMBER)

    with pytest.raises(dataclasses.FrozenInstanceError):
        parsed.e164 = "+4522334489"  # type: ignore[misc]  # the mistake under test


@pytest.mark.parametrize(
    ("e164", "region", "national", "kind"),
    [
        pytest.param("+4522334488", "DK", "22 33 44 88", "fixed_line_or_mobile", id="DK"),
        pytest.param("+4580123456", "DK", "80 12 34 56", "toll_free", id="DK free"),
        pytest.param("+4590123456", "DK", "90 12 34 56", "premium_rate", id="DK premium"),
        pytest.param("+46701234567", "SE", "070-123 45 67", "mobile", id="SE"),
        pytest.param("+12015550123", "US", "(201) 555-0123", "fixed_line_or_mobile", id="US"),
        pytest.param("+12423591234", "BS", "(242) 359-1234", "mobile", id="an island in +1"),
        pytest.param("+442079460958", "GB", "020 7946 0958", "fixed_line", id="GB"),
        pytest.param("+80012345678", "001", "1234 5678", "toll_free", id="no country"),
    ],
)
def test_a_number_knows_its_region_its_national_form_and_its_kind(
    e164: str, region: str, national: str, kind: str
) -> None:
    parsed = PhoneNumber.parse(e164)

    assert (parsed.region, parsed.national, parsed.kind) == (region, national, kind)


def test_every_kind_that_the_library_knows_has_a_name_here() -> None:
    names = {PhoneNumberType.to_string(kind).lower() for kind in PhoneNumberType.values()}

    assert {kind.value for kind in PhoneKind} == names


def test_many_numbers_are_read_together() -> None:
    assert all_to_e164(["22 33 44 88", "+46701234567"], "DK") == (NUMBER, "+46701234567")


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        pytest.param([NUMBER, "12", ""], "Number 2 of 3: The phone number *** is ", id="of many"),
        pytest.param(["12"], "The phone number *** is ", id="alone"),
    ],
)
def test_of_many_numbers_the_error_says_which_one_is_wrong(numbers: list[str], words: str) -> None:
    with pytest.raises(InvalidPhoneNumber) as refused:
        all_to_e164(numbers, "DK")

    assert str(refused.value).startswith(words)
    assert refused.value.problem == "too_short"


def test_phonenumbers_loads_with_the_first_number_and_not_before() -> None:
    program = (
        "import sys; from smsgateway.phone import PhoneNumber, mask; mask('+4522334488')\n"
        "print('phonenumbers' in sys.modules)\n"
        "PhoneNumber.parse('+4522334488')\n"
        "print('phonenumbers' in sys.modules)\n"
    )

    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert ran.stdout.split() == ["False", "True"]


def test_threads_that_read_the_first_numbers_at_once_all_get_the_right_answer() -> None:
    number._reader.cache_clear()
    numbering._plan_of.cache_clear()
    numbering._compiled.cache_clear()
    numbers = [NUMBER, "+12423591234", "+46701234567", "+442079460958"] * 100

    with ThreadPoolExecutor(max_workers=32) as pool:
        regions = list(pool.map(lambda text: PhoneNumber.parse(text).region, numbers))

    assert regions == ["DK", "BS", "SE", "GB"] * 100


@pytest.mark.parametrize("module", [masking, notation, number], ids=lambda module: module.__name__)
def test_the_examples_in_the_documentation_are_true(module: object) -> None:
    outcome = doctest.testmod(module)  # type: ignore[arg-type]  # a module, as parametrize lost

    assert outcome.attempted > 0
    assert outcome.failed == 0
