"""Plugins: what they may do, how they are found, and how one is kept from harming the rest.

A plugin is a module (or object) behind an entry point of the group `smsgateway`. It implements any
of the hooks below, each marked with `hookimpl`::

    from smsgateway.hooks import hookimpl

    @hookimpl
    def register_providers():
        return [Pigeon]

Built-in providers come in through the same door.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import PurePath
from traceback import walk_tb
from typing import TYPE_CHECKING, Any, NamedTuple

import pluggy

from smsgateway.errors import ConfigurationError, SmsGatewayError
from smsgateway.message import Message
from smsgateway.provider import Provider
from smsgateway.result import DeliveryReport, IncomingMessage, SendResult

if TYPE_CHECKING:
    import click

__all__ = ["BrokenPlugin", "PluginFailed", "Plugins", "Stop", "hookimpl", "installed_plugins"]

_GROUP = "smsgateway"
_log = logging.getLogger("smsgateway.plugins")
_hookspec = pluggy.HookspecMarker(_GROUP)

#: Marks a function of a plugin as an implementation of the hook of the same name.
hookimpl = pluggy.HookimplMarker(_GROUP)


@dataclass(frozen=True, slots=True)
class Stop:
    """What `before_send` returns to keep a message from being sent, and why in a few words."""

    reason: str


class _Hooks:
    """Every hook. An implementation may name fewer arguments than its specification."""

    @_hookspec
    def register_providers(self) -> Iterable[type[Provider]]:
        """Return provider classes; their `name` is what a configuration calls them."""
        return ()  # pragma: no cover - a specification is never called

    @_hookspec
    def register_commands(self, commands: click.Group) -> None:
        """Add commands to the `smsgateway` command line."""

    @_hookspec
    def register_alert_sources(self) -> Iterable[object]:
        """Return `AlertSource`s of the plugin `smsgateway_alerts`: tools whose alerts it reads."""
        return ()  # pragma: no cover - a specification is never called

    @_hookspec
    def before_send(self, message: Message) -> Message | Stop | None:
        """Return a changed message, a `Stop`, or None to leave it as it is.

        Plugins are asked one after another; each sees what the one before it made.
        """

    @_hookspec
    def after_send(self, result: SendResult) -> None:
        """Learn that at least one recipient was accepted, or what a dry run would have done."""

    @_hookspec
    def send_failed(self, result: SendResult, error: BaseException) -> None:
        """Learn that no recipient was accepted, or that a send was refused or interrupted."""

    @_hookspec
    def report_received(self, report: DeliveryReport) -> None:
        """Learn what became of a message."""

    @_hookspec
    def message_received(self, message: IncomingMessage) -> None:
        """Learn of a message that somebody sent to one of the account's numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenPlugin:
    """A plugin that cannot be used: its entry point, its distribution, and what is wrong."""

    name: str
    distribution: str
    problem: str

    def __str__(self) -> str:
        return f"Plugin {self.name!r} of {self.distribution} cannot be used: {self.problem}."


class PluginFailed(SmsGatewayError):
    """A plugin raised where it matters: before a send, or when it was told of a report."""


class Plugins:
    """A set of plugins: the providers they bring, and the hooks they listen to."""

    def __init__(self, plugins: Iterable[object] = ()) -> None:
        self._manager = pluggy.PluginManager(_GROUP)
        self._manager.add_hookspecs(_Hooks)
        self._providers: dict[str, type[Provider]] = {}
        self._origins: dict[str, str] = {}
        self._broken: list[BrokenPlugin] = []
        for plugin in plugins:
            self.register(plugin)

    @property
    def providers(self) -> dict[str, type[Provider]]:
        """Every provider that can be used, by name."""
        return dict(self._providers)

    @property
    def broken(self) -> tuple[BrokenPlugin, ...]:
        """The plugins that were found and cannot be used."""
        return tuple(self._broken)

    def origin(self, provider: str) -> str:
        """Say which distribution a provider comes from."""
        return self._origins[provider]

    def copy(self) -> Plugins:
        """Return a set of the same plugins, to which more can be added."""
        twin = Plugins()
        for name, plugin in self._manager.list_name_plugin():
            twin.register(plugin, name=name)
        twin._origins.update(self._origins)
        twin._broken.extend(self._broken)
        return twin

    def register(self, plugin: object, *, name: str | None = None, origin: str = "") -> None:
        """Add a plugin.

        Raises:
            ConfigurationError: Its hooks do not fit their specifications, or it brings a provider
                whose name is taken.
        """
        try:
            known = self._manager.register(plugin, name)
            self._manager.check_pending()
            self._refuse_wrappers(plugin)
            self._take_providers(plugin, origin or known or "")
        except Exception as error:
            if self._manager.is_registered(plugin):
                self._manager.unregister(plugin)
            if isinstance(error, pluggy.PluginValidationError):
                raise ConfigurationError(" ".join(str(error).split())) from error
            raise

    def _refuse_wrappers(self, plugin: object) -> None:
        # A wrapper stands around the other plugins; here each one is called, and fails, alone.
        for hook in self._manager.get_hookcallers(plugin) or ():
            for implementation in hook.get_hookimpls():
                if implementation.hookwrapper or implementation.wrapper:
                    raise ConfigurationError(f"its hook {hook.name!r} is a wrapper")

    def _take_providers(self, plugin: object, origin: str) -> None:
        for implementation in self._listeners("register_providers"):
            if implementation.plugin is not plugin:
                continue
            found = {_name_of(provider): provider for provider in _invoke(implementation)}
            if taken := sorted(found.keys() & self._providers.keys()):
                raise ConfigurationError(
                    f"provider {taken[0]!r} is already brought by {self._origins[taken[0]]}"
                )
            self._providers.update(found)
            self._origins.update(dict.fromkeys(found, origin))

    def load(self, entry_point: EntryPoint) -> None:
        """Add the plugin behind an entry point; one that fails is kept in `broken`."""
        distribution = entry_point.dist
        origin = f"{distribution.name} {distribution.version}" if distribution else "unknown"
        try:
            self.register(entry_point.load(), name=entry_point.name, origin=origin)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - someone else's code runs here
            problem = f"{type(error).__name__}: {error}"
            broken = BrokenPlugin(name=entry_point.name, distribution=origin, problem=problem)
            self._broken.append(broken)
            _log.warning("%s", broken)

    def _listeners(self, hook: str) -> list[pluggy.HookImpl]:
        caller: pluggy.HookCaller = getattr(self._manager.hook, hook)
        return caller.get_hookimpls()[::-1]

    def before_send(self, message: Message) -> Message | Stop:
        """Ask every plugin about a message; each sees what the one before it made.

        Raises:
            PluginFailed: One raised, so nobody knows whether it would have stopped the message.
        """
        for implementation in self._listeners("before_send"):
            answer = _answer(implementation, message)
            if isinstance(answer, _Failed):
                # Out here, so that the plugin's own error, which may quote the message, is gone.
                raise PluginFailed(answer.words)
            if isinstance(answer, Stop):
                return answer
            if answer is not None:
                message = answer
        return message

    def collect(self, hook: str) -> list[Any]:
        """Return all that plugins bring by a hook, in the order in which they were registered.

        One that raises is logged, and brings nothing.
        """
        found: list[Any] = []
        for implementation in reversed(self._listeners(hook)):
            try:
                found += _invoke(implementation)
            except Exception as error:  # noqa: BLE001 - someone else's code runs here
                _log.error("%s", _describe(implementation, hook, error))
        return found

    def tell(self, hook: str, **details: Any) -> bool:
        """Tell every plugin what happened, and return whether each of them took it.

        One that raises is logged and keeps nothing from the others.
        """
        took_it = True
        for implementation in self._listeners(hook):
            try:
                _invoke(implementation, **details)
            except Exception as error:  # noqa: BLE001 - someone else's code runs here
                _log.error("%s", _describe(implementation, hook, error))
                took_it = False
        return took_it


def _name_of(provider: Any) -> str:
    name = getattr(provider, "name", None)
    if not isinstance(provider, type) or not isinstance(name, str):
        raise ConfigurationError("it brings a provider that is no class with a name")
    return name


def _invoke(implementation: pluggy.HookImpl, **details: Any) -> Any:
    return implementation.function(*(details[name] for name in implementation.argnames))


class _Failed(NamedTuple):
    words: str


def _answer(implementation: pluggy.HookImpl, message: Message) -> Message | Stop | _Failed | None:
    try:
        answer: Any = _invoke(implementation, message=message)
    except Exception as error:  # noqa: BLE001 - someone else's code runs here
        return _Failed(_describe(implementation, "before_send", error))
    if answer is None or isinstance(answer, Message | Stop):
        return answer
    kind = type(answer).__name__
    return _Failed(f"Plugin {implementation.plugin_name!r} returned a {kind} from before_send.")


def _describe(implementation: pluggy.HookImpl, hook: str, error: Exception) -> str:
    """Name the plugin and the place, and not the error's own words: they may quote a message."""
    *_, (frame, line) = walk_tb(error.__traceback__)
    place = f"{PurePath(frame.f_code.co_filename).name}:{line}"
    return (
        f"Plugin {implementation.plugin_name!r} raised {type(error).__name__} in {hook} at {place}."
    )


_installed: Plugins | None = None
_lock = threading.Lock()


def installed_plugins() -> Plugins:
    """Return every plugin that is installed; they are looked for once in a process."""
    global _installed  # noqa: PLW0603 - one process has one set of installed distributions
    with _lock:
        if _installed is None:
            found = Plugins()
            for entry_point in sorted(entry_points(group=_GROUP), key=_ours_first):
                found.load(entry_point)
            _installed = found
        return _installed


def _ours_first(entry_point: EntryPoint) -> tuple[bool, str]:
    """Order entry points so that a stranger's provider never takes a built-in one's name."""
    return not entry_point.value.startswith("smsgateway_"), entry_point.name
