import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import pytest

from smsgateway import ConfigurationError, Message, RecipientResult, SmsGateway, hookimpl
from smsgateway.account import UNCONFIGURED, find_account, find_table
from smsgateway.hooks import Plugins
from smsgateway.http import Flow
from smsgateway.provider import Capabilities, Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Pigeon:
    username: str
    api_key: str = field(repr=False)
    base_url: str = "https://pigeon.example"

    name: ClassVar[str] = "pigeon"
    credentials: ClassVar[tuple[str, ...]] = ("username", "api_key")
    capabilities: ClassVar[Capabilities] = Capabilities()

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        raise AssertionError(message)
        yield


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    path: Path | None = Path("box.db")

    name: ClassVar[str] = "inbox"
    capabilities: ClassVar[Capabilities] = Capabilities()

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        raise AssertionError(message)
        yield


class Birds:
    @hookimpl
    def register_providers(self) -> list[type[Provider]]:
        return [Pigeon, Inbox]


PLUGINS = Plugins([Birds()])
KEYS = {"provider": "pigeon", "username": "u", "api_key": "k"}


@pytest.fixture(autouse=True)
def nothing_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SMSGATEWAY_URL", "SMSGATEWAY_CONFIG", "SMSGATEWAY_MAIN_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "here" / "deeper").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here" / "deeper")


def test_with_nothing_configured_the_account_is_the_inbox() -> None:
    account = find_account(None, PLUGINS)

    assert (account.options, account.source) == ({"provider": "inbox"}, "nothing configured")


def test_a_gateway_made_of_nothing_says_once_where_messages_go(
    caplog: pytest.LogCaptureFixture,
) -> None:
    gateway = SmsGateway.load(plugins=PLUGINS)

    assert gateway.route.name == "inbox"
    assert [(r.name, r.levelname, r.message) for r in caplog.records] == [
        (
            "smsgateway",
            "WARNING",
            "No gateway is configured: messages go to the embedded inbox box.db, and to nobody.",
        )
    ]


def test_a_gateway_that_is_configured_says_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SMSGATEWAY_URL", "inbox://")

    SmsGateway.load(plugins=PLUGINS)

    assert caplog.records == []


def test_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMSGATEWAY_URL", "inbox://")
    monkeypatch.setenv("SMSGATEWAY_MAIN_URL", "pigeon://u:k@default")

    default, main = find_account(None, PLUGINS), find_account("main", PLUGINS)

    assert (default.options["provider"], default.source) == ("inbox", "SMSGATEWAY_URL")
    assert (main.options["provider"], main.source) == ("pigeon", "SMSGATEWAY_MAIN_URL")
    assert repr(main) == "<Account from SMSGATEWAY_MAIN_URL>"


TOML = 'default = "main"\n[gateways.main]\nprovider = "pigeon"\nusername = "u"\napi_key = "k"\n'


def test_the_nearest_file_upwards_is_read(tmp_path: Path) -> None:
    path = tmp_path / "here" / "smsgateway.toml"
    path.write_text(TOML)

    account = find_account(None, PLUGINS)

    assert account.options == KEYS
    assert account.source == str(path)


def test_pyproject_is_read_where_it_has_our_table(tmp_path: Path) -> None:
    (tmp_path / "here" / "deeper" / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (tmp_path / "here" / "pyproject.toml").write_text(
        '[tool.smsgateway]\ndefault = "box"\n[tool.smsgateway.gateways.box]\nprovider = "inbox"\n'
    )

    assert find_account(None, PLUGINS).options == {"provider": "inbox"}


def test_the_users_own_file_comes_last(tmp_path: Path) -> None:
    path = tmp_path / "config" / "smsgateway" / "smsgateway.toml"
    path.parent.mkdir(parents=True)
    path.write_text(TOML)

    assert find_account("main", PLUGINS).source == str(path)


def test_a_path_in_a_file_is_relative_to_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "here"
    (folder / "smsgateway.toml").write_text(
        '[gateways.main]\nprovider = "pigeon"\nusername = "u"\napi_key_file = "key"\n'
        'rates = "../r.csv"\nca_file = "/etc/ca.pem"\nguard_file = "~/g.db"\n'
        '[gateways.box]\nprovider = "inbox"\npath = "box.db"\n'
        '[plugins.dovecote]\nsecret_file = "s"\npath = "dove.db"\ntemplate = "t"\n'
    )

    main = find_account("main", PLUGINS).options

    assert (main["username"], main["ca_file"], main["guard_file"]) == ("u", "/etc/ca.pem", "~/g.db")
    assert (main["api_key_file"], main["rates"]) == (f"{folder}/key", f"{folder}/../r.csv")
    assert find_account("box", PLUGINS).options["path"] == f"{folder}/box.db"
    assert find_table("dovecote", Inbox) == {
        "secret_file": f"{folder}/s",
        "path": f"{folder}/dove.db",
        "template": "t",
    }
    assert find_table("dovecote")["secret_file"] == f"{folder}/s"


@pytest.mark.parametrize(
    ("gateways", "expected"),
    [
        pytest.param(
            '[{provider = "inbox", path = "box.db"}, "main", "inbox:box.db"]',
            [{"provider": "inbox", "path": "{folder}/box.db"}, "main", "inbox:box.db"],
            id="list",
        ),
        pytest.param(
            '{DK = {provider = "inbox", path = "box.db"}, SE = "main"}',
            {"DK": {"provider": "inbox", "path": "{folder}/box.db"}, "SE": "main"},
            id="places",
        ),
    ],
)
def test_a_path_in_a_route_is_relative_to_its_folder_too(
    tmp_path: Path, gateways: str, expected: object
) -> None:
    folder = tmp_path / "here"
    (folder / "smsgateway.toml").write_text(
        f'[gateways.default]\nprovider = "failover"\ngateways = {gateways}\n'
    )

    found = find_account(None, PLUGINS).options["gateways"]

    assert found == json.loads(json.dumps(expected).replace("{folder}", str(folder)))


def test_a_plugin_without_a_file_has_an_empty_table() -> None:
    assert find_table("dovecote", Inbox) == {}


def test_a_path_in_the_environment_is_relative_to_the_current_directory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SMSGATEWAY_URL", "pigeon://u@default?api_key_file=key")

    assert find_account(None, PLUGINS).options["api_key_file"] == "key"


def test_a_named_file_may_be_relative_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here" / "other.toml").write_text(
        '[gateways.default]\nprovider = "inbox"\npath = "box.db"\n'
    )
    monkeypatch.setenv("SMSGATEWAY_CONFIG", "../other.toml")

    path = Path(find_account(None, PLUGINS).options["path"])

    assert path.is_absolute()
    assert path.resolve() == tmp_path / "here" / "box.db"


def test_who_has_no_home_has_no_file_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_: int) -> None:
        raise KeyError

    monkeypatch.setattr("pwd.getpwuid", nobody)
    monkeypatch.delenv("HOME")
    monkeypatch.delenv("XDG_CONFIG_HOME")

    assert find_account(None, PLUGINS).source == UNCONFIGURED


def test_a_file_may_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other.toml").write_text(TOML)
    monkeypatch.setenv("SMSGATEWAY_CONFIG", str(tmp_path / "other.toml"))

    assert find_account(None, PLUGINS).options == KEYS


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        pytest.param(TOML, "mian", "Did you mean 'main'", id="near name"),
        pytest.param("default = 'x'", None, "is called 'x'", id="default that is not there"),
        pytest.param("plugins.alerts = 1", None, r"\[plugins.NAME\] must be tables", id="plugin"),
        pytest.param("gateway = 1", None, "Did you mean 'gateways'", id="unknown key"),
        pytest.param("[gateways]\nmain = 1", None, "must be tables", id="not a table"),
        pytest.param("gateways = 1", None, "must be tables", id="not tables"),
        pytest.param("default =", None, "cannot be read", id="not toml"),
        pytest.param("default = []", None, "must be the name of a gateway", id="list as default"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(
    tmp_path: Path, content: str, name: str | None, words: str
) -> None:
    (tmp_path / "here" / "smsgateway.toml").write_text(content)

    with pytest.raises(ConfigurationError, match=words):
        find_account(name, PLUGINS)


def test_a_name_without_any_file_says_where_it_could_stand() -> None:
    with pytest.raises(ConfigurationError) as caught:
        find_account("alerts", PLUGINS)

    assert str(caught.value) == (
        "No gateway is called 'alerts'. "
        "It is not in SMSGATEWAY_ALERTS_URL, and there is no smsgateway.toml."
    )


def test_a_name_that_a_file_lacks_says_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "here" / "smsgateway.toml"
    path.write_text(TOML)

    with pytest.raises(ConfigurationError) as caught:
        find_account("mian", PLUGINS)

    assert str(caught.value) == (
        "No gateway is called 'mian'. Did you mean 'main'? There are: main. "
        f"It is neither in SMSGATEWAY_MIAN_URL nor in {path}."
    )


def test_a_url_where_a_name_belongs_is_not_quoted() -> None:
    with pytest.raises(ConfigurationError, match="It is not in the environment") as caught:
        find_account("pigeon://u:topsecret@default", PLUGINS)

    assert "topsecret" not in str(caught.value).casefold()


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"\xff", "byte 82 is not UTF-8"), (b"x", "at end of document")],
    ids=["not UTF-8", "not TOML"],
)
def test_a_file_that_cannot_be_read_is_not_kept_in_the_error(
    tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "here" / "smsgateway.toml"
    path.write_bytes(TOML.encode() + content)

    with pytest.raises(ConfigurationError, match=words) as caught:
        find_account(None, PLUGINS)

    assert caught.value.__context__ is None


def test_a_folder_in_the_place_of_the_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "here" / "smsgateway.toml").mkdir()

    with pytest.raises(ConfigurationError, match="cannot be read: Is a directory"):
        find_account(None, PLUGINS)


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    text = TOML.replace("\n", "\r\n")
    (tmp_path / "here" / "smsgateway.toml").write_text(text, encoding="utf-8-sig", newline="")

    assert find_account(None, PLUGINS).options == KEYS


@pytest.mark.parametrize("content", ["[tool]\nsmsgateway = 3", "tool.smsgateway = []"])
def test_our_table_in_pyproject_must_be_one(tmp_path: Path, content: str) -> None:
    (tmp_path / "here" / "pyproject.toml").write_text(content)

    with pytest.raises(ConfigurationError, match="must be a table"):
        find_account(None, PLUGINS)


@pytest.mark.parametrize(
    "content",
    ["tool = 3 # smsgateway", "[tool.black]\n# smsgateway", "[project", "[project]\nname = '\xe6"],
    ids=["tool is no table", "another tool", "not TOML", "half a string"],
)
def test_a_pyproject_with_nothing_of_ours_stops_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / "here" / "pyproject.toml").write_text(content, encoding="latin-1")

    assert find_account(None, PLUGINS).source == "nothing configured"


def test_a_broken_pyproject_that_may_hold_our_table_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "here" / "pyproject.toml").write_text("[tool.smsgateway")

    with pytest.raises(ConfigurationError, match=r"pyproject\.toml cannot be read"):
        find_account(None, PLUGINS)


def test_the_environment_wins_over_a_broken_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here" / "smsgateway.toml").write_text("[gateways")
    monkeypatch.setenv("SMSGATEWAY_MAIN_URL", "inbox://")

    assert find_account("main", PLUGINS).source == "SMSGATEWAY_MAIN_URL"


def test_the_default_that_a_file_names_may_be_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here" / "smsgateway.toml").write_text("default = 'main'")
    monkeypatch.setenv("SMSGATEWAY_MAIN_URL", "inbox://")

    assert find_account(None, PLUGINS).source == "SMSGATEWAY_MAIN_URL"


def test_in_a_deleted_directory_the_users_own_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()

    assert find_account(None, PLUGINS).source == "nothing configured"


def test_a_named_file_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMSGATEWAY_CONFIG", "/no/such/file.toml")

    with pytest.raises(ConfigurationError, match=r"/no/such/file\.toml, which is not a file"):
        find_account(None, PLUGINS)
