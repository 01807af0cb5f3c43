from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

import certifi
import pytest

from smsgateway.cli import doctor as doctor_module
from smsgateway.hooks import BrokenPlugin, Plugins
from smsgateway_cpsms.emulator import CpsmsEmulator

CONFIGURATION = '[gateways.default]\nprovider = "cpsms"\nusername = "acme"\n'


@pytest.fixture
def checks(run_json: Any) -> Any:
    def checks(*arguments: str, status: int = 0) -> dict[str, tuple[bool, str]]:
        document = run_json("doctor", *arguments, status=status)
        assert document["ok"] == (status == 0)
        return {each["name"]: (each["ok"], each["detail"]) for each in document["checks"]}

    return checks


def test_a_sound_installation_is_ok(checks: Any) -> None:
    found = checks()

    assert found["configuration"] == (True, "nothing configured")
    assert found["gateway"][1].startswith("provider inbox of pluggable-smsgateway")
    assert found["openssl"][1].startswith("OpenSSL")
    assert {ok for ok, _ in found.values()} == {True}


def test_people_see_the_same(run: Any) -> None:
    shown = run("doctor")

    assert shown.exit_code == 0
    assert "PROBLEM" not in shown.stdout
    assert "foreign packages" in shown.stdout


def test_a_configuration_that_cannot_be_read_is_a_problem(checks: Any, home: Path) -> None:
    (home / "smsgateway.toml").write_text("[gateways")

    found = checks(status=1)

    assert found["configuration"][0] is False
    assert "gateway" not in found


def test_a_gateway_that_cannot_be_made_is_a_problem(checks: Any, home: Path) -> None:
    (home / "smsgateway.toml").write_text(CONFIGURATION)

    found = checks(status=1)

    assert found["configuration"] == (True, str(home / "smsgateway.toml"))
    assert found["gateway"] == (False, "cpsms needs username and api_key, or a token.")


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("region=Danmark", "two letters of ISO 3166"),
        ("region=XX", "No region is called 'XX'"),
        ("sender=%20", "sender must not be blank"),
        ("ca_file=/no/such/file.pem", "ca_file holds no certificates"),
    ],
)
def test_an_option_that_no_send_can_work_with_is_a_problem(
    checks: Any, option: str, words: str
) -> None:
    is_ok, detail = checks("--url", f"null://?{option}", status=1)["gateway"]

    assert is_ok is False
    assert words in detail


def test_options_that_a_send_can_work_with_are_none(checks: Any) -> None:
    found = checks("--url", f"null://?region=dk&sender=Acme&ca_file={certifi.where()}")

    assert found["gateway"][0] is True


def test_an_unknown_provider_is_a_problem(checks: Any, home: Path) -> None:
    (home / "smsgateway.toml").write_text('[gateways.default]\nprovider = "cpmsms"\n')

    assert checks(status=1)["gateway"][0] is False


def test_a_secret_that_others_can_read_is_a_problem_and_is_not_shown(
    checks: Any, home: Path
) -> None:
    file = home / "smsgateway.toml"
    file.write_text(f'{CONFIGURATION}api_key = "s3cr3t"\n')
    file.chmod(0o644)

    found = checks("--offline", status=1)

    assert found["secrets"] == (False, f"api_key can be read by others in {file}: chmod 600 helps")
    assert "s3cr3t" not in str(found)


def test_a_secret_that_nobody_else_can_read_is_none(checks: Any, home: Path) -> None:
    file = home / "smsgateway.toml"
    file.write_text(f'{CONFIGURATION}api_key = "s3cr3t"\n')
    file.chmod(0o600)

    assert checks("--offline")["secrets"] == (True, "none exposed")


def test_a_table_of_templates_is_no_secret(
    checks: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BREVDUE_KEY", "s3cr3t")
    file = home / "smsgateway.toml"
    file.write_text(
        '[gateways.default]\nprovider = "http"\nbase_url = "https://api.brevdue.example"\n'
        'id_path = "id"\napi_key_env = "BREVDUE_KEY"\n'
        'headers = {Authorization = "Bearer {api_key}"}\nbody = {to = "{to}", text = "{text}"}\n'
    )
    file.chmod(0o644)

    assert checks("--offline")["secrets"] == (True, "none exposed")


def test_a_secrets_own_file_is_looked_at_too(checks: Any, home: Path) -> None:
    (home / "key").write_text("s3cr3t")
    (home / "key").chmod(0o644)
    (home / "smsgateway.toml").write_text(f'{CONFIGURATION}api_key_file = "{home}/key"\n')

    assert checks("--offline", status=1)["secrets"] == (
        False,
        f"api_key_file names {home}/key, which others can read: chmod 600 helps",
    )


def test_a_secret_in_the_url_is_a_problem(checks: Any) -> None:
    found = checks("--offline", "--url", "cpsms://user:s3cr3t@default", status=1)

    assert found["secrets"] == (False, "api_key can be read in the list of processes")


@pytest.mark.parametrize("name", ["smsgateway.py", "smsgateway/__init__.py"])
def test_a_module_that_hides_ours_is_a_problem(checks: Any, home: Path, name: str) -> None:
    (home / name).parent.mkdir(exist_ok=True)
    (home / name).touch()

    found = checks(status=1)

    assert found["foreign packages"] == (False, f"in the way of this package: {home / name}")


def test_a_distribution_that_brings_our_name_is_a_problem(
    checks: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = home / "site"
    information = site / "django_smsgateway-1.0.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text("Name: django-smsgateway\nVersion: 1.0\n")
    (information / "top_level.txt").write_text("smsgateway\n")
    monkeypatch.syspath_prepend(site)

    found = checks(status=1)

    assert found["foreign packages"] == (
        False,
        "in the way of this package: distribution django-smsgateway",
    )


def test_a_broken_plugin_is_a_problem(checks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = BrokenPlugin(name="bad", distribution="bad-sms 1.0", problem="ImportError: no x")
    monkeypatch.setattr(Plugins, "broken", (broken,))

    found = checks(status=1)

    assert found["plugins"] == (
        False,
        "Plugin 'bad' of bad-sms 1.0 cannot be used: ImportError: no x.",
    )


def test_what_python_lacks_is_named() -> None:
    check = doctor_module._library("sqlite", "no_such_module", "version")

    assert check.ok is False
    assert "no_such_module" in check.detail


def test_a_missing_extra_is_advice(checks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_module, "find_spec", lambda _: None)

    assert checks()["extra async"] == (
        True,
        "not installed; pip install 'pluggable-smsgateway[async]' adds it",
    )


@pytest.fixture
def vendor() -> Iterator[CpsmsEmulator]:
    """An emulated vendor."""
    with CpsmsEmulator(credit=17) as emulator:
        yield emulator


def test_an_account_that_tells_its_balance_is_asked_for_it(
    checks: Any, monkeypatch: pytest.MonkeyPatch, vendor: CpsmsEmulator
) -> None:
    monkeypatch.setenv("SMSGATEWAY_URL", vendor.url)

    account = f"cpsms://demo@{vendor.url.partition('@')[2]}"
    assert checks()["account"] == (True, f"{account} is healthy, 17.00 points left")


def test_each_account_of_a_route_is_asked(
    checks: Any, monkeypatch: pytest.MonkeyPatch, vendor: CpsmsEmulator
) -> None:
    wrong = vendor.url.replace("demo:", "nobody:")
    monkeypatch.setenv("SMSGATEWAY_MAIN_URL", vendor.url)
    monkeypatch.setenv("SMSGATEWAY_URL", f"failover(main null:// {wrong})")

    found = checks(status=1)

    assert found["gateway"][1].startswith("failover of provider cpsms of pluggable-smsgateway")
    assert found["account 1"] == (True, "main is healthy, 17.00 points left")
    assert found["account 2"] == (True, "null://default tells no balance: not asked")
    assert found["account 3"][0] is False
    assert found["account 3"][1].startswith("cpsms://nobody@127.0.0.1:")


@pytest.mark.parametrize("option", ["sender=Acme", "messaging_service_sid=MG17"])
def test_an_account_that_has_what_it_needs_for_a_sender_is_no_problem(
    checks: Any, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    monkeypatch.setenv("SMSGATEWAY_URL", f"twilio://AC17:t0ken@default?{option}")

    assert checks("--offline")["sender"] == (True, "none missing")


def test_each_account_that_lacks_a_sender_is_a_problem(
    checks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMSGATEWAY_MAIN_URL", "twilio://AC17:t0ken@default")
    monkeypatch.setenv("SMSGATEWAY_URL", "failover(main null:// vonage://aaa012:t0ken@default)")

    found = checks("--offline", status=1)

    assert found["gateway"][0] is True
    assert found["sender"] == (
        False,
        (
            "main needs a sender: give it the option sender or messaging_service_sid. "
            "vonage://aaa012@default needs a sender: give it the option sender."
        ),
    )


def test_offline_nobody_is_asked(checks: Any) -> None:
    assert "account" not in checks("--offline")


def test_the_places_of_a_route_are_looked_at(checks: Any) -> None:
    found = checks("--url", "country(XX=null://)", status=1)

    assert found["gateway"][0] is False
    assert "No region is called 'XX'" in found["gateway"][1]


def test_the_secrets_of_all_accounts_of_a_route_are_looked_at(checks: Any, home: Path) -> None:
    (home / "key").write_text("s3cr3t")
    (home / "key").chmod(0o644)
    inner = f"country(DK=cpsms://user@default?api_key_file={home}/key *=other)"

    found = checks("--offline", "--url", f"failover({inner} cpsms://u:s3cr3t@x x:y)", status=1)

    assert found["secrets"][1].split("; ") == [
        "api_key can be read in the list of processes",
        f"api_key_file names {home}/key, which others can read: chmod 600 helps",
    ]


def test_the_secrets_of_a_route_in_a_file_are_looked_at(checks: Any, home: Path) -> None:
    file = home / "smsgateway.toml"
    file.write_text(
        '[gateways.default]\nprovider = "failover"\n'
        'gateways = [{provider = "cpsms", username = "acme", api_key = "s3cr3t"}]\n'
    )
    file.chmod(0o644)

    assert checks("--offline", status=1)["secrets"][1].startswith("api_key can be read by others")


NAMED = (
    '[gateways.default]\nprovider = "failover"\ngateways = ["main", "gone"]\n'
    '[gateways.main]\nprovider = "cpsms"\nusername = "acme"\napi_key = "s3cr3t"\n'
)


def test_the_secrets_of_an_account_that_a_route_names_are_looked_at(
    checks: Any, home: Path
) -> None:
    file = home / "smsgateway.toml"
    file.write_text(NAMED)
    file.chmod(0o644)

    found = checks("--offline", status=1)

    assert found["secrets"] == (False, f"api_key can be read by others in {file}: chmod 600 helps")


def test_what_a_url_only_names_is_not_in_the_list_of_processes(checks: Any, home: Path) -> None:
    file = home / "smsgateway.toml"
    file.write_text(NAMED)
    file.chmod(0o600)

    found = checks("--offline", "--url", "failover(main null://)")

    assert found["secrets"] == (True, "none exposed")


def test_a_ring_of_accounts_is_a_problem(checks: Any, home: Path) -> None:
    (home / "smsgateway.toml").write_text(
        '[gateways.default]\nprovider = "failover"\ngateways = ["other"]\n'
        '[gateways.other]\nprovider = "failover"\ngateways = ["default"]\n'
    )

    found = checks("--offline", status=1)

    assert "a ring" in found["gateway"][1]
    assert found["secrets"] == (True, "none exposed")


def test_gateways_that_are_none_are_a_problem(checks: Any, home: Path) -> None:
    (home / "smsgateway.toml").write_text(
        '[gateways.default]\nprovider = "failover"\ngateways = 7\n'
    )

    assert "a list of them" in checks("--offline", status=1)["gateway"][1]


def test_a_provider_around_another_one_is_described(checks: Any) -> None:
    detail = checks("--offline", "--url", "failover(fault+null:// null://)")["gateway"][1]

    assert "provider fault+null of pluggable-smsgateway" in detail


def test_the_secrets_behind_a_fault_are_looked_at(checks: Any) -> None:
    found = checks("--offline", "--url", "fault+cpsms://user:s3cr3t@default", status=1)

    assert found["secrets"] == (False, "api_key can be read in the list of processes")


def test_a_secrets_file_in_the_home_of_nobody_is_not_exposed(checks: Any, home: Path) -> None:
    (home / "smsgateway.toml").write_text(f'{CONFIGURATION}api_key_file = "~nobody-here/key"\n')

    assert checks("--offline", status=1)["secrets"] == (True, "none exposed")


def test_every_extra_is_named(checks: Any) -> None:
    named = {name.removeprefix("extra ") for name in checks() if name.startswith("extra ")}

    assert named == {*(metadata("pluggable-smsgateway").get_all("Provides-Extra") or ())} - {
        "bench",
        "dev",
    }
