"""The plugin's configuration: the table `[plugins.alerts]` of `smsgateway.toml`.

[plugins.alerts]
gateway = "alerts"
secret_env = "ALERTS_SECRET"
recipients = ["+4522334455", "+4522334466"]

[[plugins.alerts.routes]]
match = { severity = "warning" }
to = "+4522334455"
quiet = "22:00-07:00"
escalate = [{ after = "15m", to = "+4522334466" }]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from smsgateway.account import find_table
from smsgateway.database import private_path
from smsgateway.errors import ConfigurationError
from smsgateway.fields import make, no_such, option_types, with_secrets
from smsgateway.flood import Brake, FileStore, FloodRules, Limits
from smsgateway.http import secure_url

__all__ = ["Numbers", "Rows", "Settings"]

_NAME = "alerts"
_BRIEF = 2.0  # seconds


class Numbers(tuple[str, ...]):
    """Phone numbers as somebody wrote them.

    Raises:
        ConfigurationError: They are no list of text.
    """

    __slots__ = ()

    def __new__(cls, given: Iterable[str]) -> Self:
        """Take a list of them, or one."""
        numbers = [given] if isinstance(given, str) else list(given)
        if not all(isinstance(number, str) for number in numbers):
            raise ConfigurationError("recipients must be a list of numbers as text.")
        return super().__new__(cls, numbers)


class Rows(list[Any]):
    """Tables of a table, as TOML has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the operator has chosen.

    Attributes:
        recipients: The numbers that may be told of anything at all, and are where no route fits.
        secret: What a tool proves itself with.
        previous_secret: The one before it, for as long as some tools still have it.
        gateway: What alerts are sent through: an account's name, a gateway's URL, or None for the
            default account.
        routes: The routing table.
        segments: The most that an SMS may take.
        template: The operator's own text, in Jinja2.
        link: Whether a URL is added to a text that has room for it.
        timezone: Where quiet hours are kept, such as `Europe/Copenhagen`; None is this machine's.
        repeats: Seconds for which a repeat is known as one.
        lifetime: Seconds after which an alert that could not be sent is given up.
        flood: When alerts are held back, as `smsgateway.flood.FloodRules` says.
        database: The file of the queue; None is in the user's data directory.
        public_url: How providers reach this server, for those that sign it.
    """

    recipients: Numbers = field(default_factory=lambda: Numbers(()), repr=False)
    secret: str | None = field(default=None, repr=False)
    previous_secret: str | None = field(default=None, repr=False)
    gateway: str | None = field(default=None, repr=False)
    routes: Rows = field(default_factory=Rows, repr=False)
    segments: int = 1
    template: str | None = None
    link: bool = False
    timezone: str | None = None
    repeats: float = 300.0
    lifetime: float = 3600.0
    flood: FloodRules = field(default_factory=FloodRules)
    database: Path | None = None
    public_url: str = "https://localhost"

    def __post_init__(self) -> None:
        if any(
            secret is not None and not secret.strip()
            for secret in (self.secret, self.previous_secret)
        ):
            raise ConfigurationError("secret is blank.")
        for name in ("segments", "repeats", "lifetime"):
            if not getattr(self, name) > 0:
                raise ConfigurationError(f"{name} must be more than 0.")
        secure_url(self.public_url)
        self.zone  # noqa: B018 - reading it is the check

    @classmethod
    def load(cls, *, for_door: bool = True) -> Self:
        """Read the configuration file, wherever it is found; without one, nothing is chosen.

        Args:
            for_door: Whether tools are to prove themselves. Where none comes in, no secret is read:
                whoever calls the command need not have it.

        Raises:
            ConfigurationError: Something in it is wrong.
        """
        table = find_table(_NAME, Settings)
        return cls.read(table if for_door else _without_secrets(table))

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> Self:
        """Read the table.

        Raises:
            ConfigurationError: Something in it is unknown or wrong.
        """
        values = with_secrets(table, option_types(Settings))
        _check_names(values, Settings, "[plugins.alerts]")
        if isinstance(flood := values.get("flood"), Mapping):
            values["flood"] = _flood(flood)
        settings: Self = make(cls, values)
        return settings

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret that is good."""
        return tuple(filter(None, (self.secret, self.previous_secret)))

    @property
    def zone(self) -> ZoneInfo | None:
        """Where quiet hours are kept; None is this machine's own time."""
        try:
            return ZoneInfo(self.timezone) if self.timezone else None
        except (LookupError, ValueError, OSError):
            problem = f"timezone takes a name such as 'Europe/Copenhagen', not {self.timezone!r}."
        raise ConfigurationError(problem)

    @property
    def database_path(self) -> Path:
        """The file of the queue."""
        return private_path(self.database, name="alerts.db")

    @property
    def flood_path(self) -> Path:
        """The file where floods are remembered."""
        return self.database_path.with_suffix(".flood.db")

    @property
    def flood_store(self) -> FileStore:
        """What is in it. It is not waited for as long as an alert is worth."""
        return FileStore(self.flood_path, patience=_BRIEF)


def _without_secrets(table: Mapping[str, Any]) -> dict[str, Any]:
    names = [name + by for name in ("secret", "previous_secret") for by in ("", "_env", "_file")]
    return {name: value for name, value in table.items() if name not in names}


def _flood(table: Mapping[str, Any]) -> FloodRules:
    """Read `{ window = 600, limit = 10, brake = { number = {...}, alias = {...} } }`."""
    values = dict(table)
    _check_names(values, FloodRules, "flood")
    if isinstance(brake := values.get("brake"), Mapping):
        _check_names(brake, Brake, "brake")
        values["brake"] = Brake(**{name: _limits(name, brake[name]) for name in brake})
    rules: FloodRules = make(FloodRules, values)
    return rules


def _limits(name: str, table: object) -> Limits:
    if not isinstance(table, Mapping):
        raise ConfigurationError(f"brake.{name} must be a table of limits.")
    _check_names(table, Limits, f"brake.{name}")
    limits: Limits = make(Limits, table)
    return limits


def _check_names(values: Mapping[str, Any], options: type, of: str) -> None:
    known = list(option_types(options))
    for name in values:
        if name not in known:
            raise ConfigurationError(no_such(name, "option", known, of=of))
