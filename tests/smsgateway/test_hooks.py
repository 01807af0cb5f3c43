import logging
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from smsgateway import ConfigurationError, Message, RecipientResult, Stop, hookimpl
from smsgateway.hooks import PluginFailed, Plugins
from smsgateway.http import Flow
from smsgateway.provider import Capabilities

HEJ = Message(text="Hej", to="+4522334488")


class Pigeon:
    name: ClassVar[str] = "pigeon"
    capabilities: ClassVar[Capabilities] = Capabilities()

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        raise AssertionError(message)
        yield


class Birds:
    @hookimpl
    def register_providers(self) -> list[type[Pigeon]]:
        return [Pigeon]


class Appends:
    def __init__(self, words: str) -> None:
        self.words = words

    @hookimpl
    def before_send(self, message: Message) -> Message:
        return Message(text=message.text + self.words, to=message.to)


class Watches:
    def __init__(self) -> None:
        self.seen: list[Any] = []

    @hookimpl
    def before_send(self, message: Message) -> None:
        self.seen.append(message.text)

    @hookimpl
    def after_send(self) -> None:
        self.seen.append("sent")


class Stops:
    @hookimpl
    def before_send(self) -> Stop:
        return Stop("quiet hours")


class Raises:
    @hookimpl
    def before_send(self, message: Message) -> None:
        raise KeyError(message.text)

    @hookimpl
    def after_send(self, result: str) -> None:
        raise KeyError(result)


class Wraps:
    @hookimpl(wrapper=True)
    def before_send(self) -> Any:
        return (yield)


class Misspells:
    @hookimpl
    def before_sending(self) -> None:
        raise AssertionError


class Unreadable:
    @hookimpl
    def before_send(self, massage: Message) -> None:
        raise AssertionError(massage)


class Nameless:
    @hookimpl
    def register_providers(self) -> list[object]:
        return [object()]


class NoProviders:
    @hookimpl
    def register_providers(self) -> None:
        raise RuntimeError("half installed")


def test_a_plugin_brings_providers() -> None:
    plugins = Plugins()

    plugins.register(Birds(), origin="birds 1.0")

    assert plugins.providers == {"pigeon": Pigeon}
    assert plugins.origin("pigeon") == "birds 1.0"


def test_a_copy_has_the_same_plugins_and_may_have_more() -> None:
    plugins = Plugins()
    plugins.register(Birds(), name="birds", origin="birds 1.0")
    plugins.load(EntryPoint(name="gone", value="no_such_module", group="smsgateway"))

    twin = plugins.copy()
    twin.register(Stops())

    assert (twin.providers, twin.origin("pigeon")) == (plugins.providers, "birds 1.0")
    assert twin.broken == plugins.broken
    assert isinstance(twin.before_send(HEJ), Stop)
    assert plugins.before_send(HEJ) is HEJ


def test_each_plugin_sees_what_the_one_before_it_made() -> None:
    watches = Watches()
    plugins = Plugins([watches, Appends("."), Appends("!")])

    changed = plugins.before_send(HEJ)

    assert changed == Message(text="Hej!.", to=HEJ.to)  # the plugin that came last is asked first
    assert watches.seen == ["Hej!."]


def test_without_an_opinion_the_message_is_left_as_it_is() -> None:
    assert Plugins([Watches()]).before_send(HEJ) is HEJ


def test_a_plugin_may_stop_a_message() -> None:
    assert Plugins([Stops()]).before_send(HEJ) == Stop("quiet hours")


def test_a_plugin_that_raises_before_a_send_is_named_without_its_words() -> None:
    plugins = Plugins()
    plugins.register(Raises(), name="clumsy")

    with pytest.raises(PluginFailed) as caught:
        plugins.before_send(HEJ)

    assert "Plugin 'clumsy' raised KeyError in before_send at test_hooks.py:" in str(caught.value)
    assert "Hej" not in str(caught.value)


@pytest.mark.parametrize("answer", ["Hej", False, Stop], ids=["text", "no", "a class"])
def test_a_plugin_that_answers_nonsense_is_named(answer: object) -> None:
    class Confused:
        @hookimpl
        def before_send(self) -> object:
            return answer

    plugins = Plugins()
    plugins.register(Confused(), name="confused")

    with pytest.raises(PluginFailed, match=r"Plugin 'confused' returned a \w+ from"):
        plugins.before_send(HEJ)


def test_a_plugin_that_raises_after_a_send_is_logged_and_the_others_are_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    first, last = Watches(), Watches()
    plugins = Plugins([first])
    plugins.register(Raises(), name="clumsy")
    plugins.register(last)

    plugins.tell("after_send", result="the result")

    assert (first.seen, last.seen) == (["sent"], ["sent"])
    assert "Plugin 'clumsy' raised KeyError in after_send" in caplog.text
    assert "the result" not in caplog.text


def test_a_hook_may_name_fewer_arguments() -> None:
    watches = Watches()

    Plugins([watches]).tell("after_send", result="the result")

    assert watches.seen == ["sent"]


@pytest.mark.parametrize(
    ("plugin", "words"),
    [
        pytest.param(Wraps(), "is a wrapper", id="wrapper"),
        pytest.param(Unreadable(), "massage", id="unknown argument"),
        pytest.param(Nameless(), "no class with a name", id="nameless"),
        pytest.param(Birds(), "'pigeon' is already brought by birds 1.0", id="name taken"),
    ],
)
def test_a_plugin_that_does_not_fit_is_refused_whole(plugin: object, words: str) -> None:
    plugins = Plugins()
    plugins.register(Birds(), origin="birds 1.0")

    with pytest.raises(ConfigurationError, match=words):
        plugins.register(plugin)

    assert plugins.providers == {"pigeon": Pigeon}
    assert plugins.before_send(HEJ) is HEJ


def test_a_plugin_with_a_hook_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="before_sending"):
        Plugins([Misspells()])


@pytest.fixture
def broken_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "breaks_on_import.py").write_text("import sys\nsys.exit('no licence found')\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "breaks_on_import", raising=False)
    return "breaks_on_import"


def entry_point(value: str, distribution: object) -> EntryPoint:
    found = EntryPoint(name="bad", value=value, group="smsgateway")
    vars(found)["dist"] = distribution
    return found


def test_a_plugin_that_cannot_be_imported_is_kept_aside_and_named(
    broken_module: str, caplog: pytest.LogCaptureFixture
) -> None:
    plugins = Plugins()

    plugins.load(entry_point(broken_module, SimpleNamespace(name="bad-sms", version="0.3")))

    assert [str(broken) for broken in plugins.broken] == [
        "Plugin 'bad' of bad-sms 0.3 cannot be used: SystemExit: no licence found."
    ]
    assert "bad-sms 0.3" in caplog.text


def test_a_plugin_that_fails_to_register_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "half_installed", NoProviders())
    plugins = Plugins()

    plugins.load(entry_point("half_installed", None))

    assert plugins.providers == {}
    assert "of unknown cannot be used: RuntimeError: half installed." in str(plugins.broken[0])


def test_commands_come_in_by_a_hook() -> None:
    class Commands:
        @hookimpl
        def register_commands(self, commands: list[str]) -> None:
            commands.append("pigeon")

    names: list[str] = []

    Plugins([Commands()]).tell("register_commands", commands=names)

    assert names == ["pigeon"]
    assert logging.getLogger("smsgateway.plugins").level == logging.NOTSET
