"""The HTTP proxy between this machine and the providers, as the environment names it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self
from urllib.parse import unquote, urlsplit
from urllib.request import (  # type: ignore[attr-defined] # typeshed lacks the second
    getproxies_environment,
    proxy_bypass_environment,
)

from smsgateway.errors import ConfigurationError
from smsgateway.http import basic_token, is_this_machine

__all__ = ["Proxies", "Proxy"]

_PORT = 80
_NO_PROXY = (
    "The environment's proxy (https_proxy or all_proxy) must be an http:// URL, such as "
    "http://proxy.example:3128; no_proxy names the hosts that need none."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """A proxy that opens a tunnel to a provider, through which TLS is spoken with the provider.

    Attributes:
        host: Where it is.
        port: Its port.
        headers: What it is told besides; its password is in there.
    """

    host: str
    port: int
    headers: dict[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read `http://user:password@proxy.example:3128`.

        Raises:
            ConfigurationError: It is none, or a proxy of another kind.
        """
        try:
            parts = urlsplit(url if "://" in url else f"http://{url}")
            host, port = parts.hostname or "", parts.port or _PORT
        except ValueError:
            raise ConfigurationError(_NO_PROXY) from None
        if parts.scheme != "http" or not host:
            raise ConfigurationError(_NO_PROXY)
        if parts.username is None:
            return cls(host=host, port=port)
        token = basic_token(unquote(parts.username), unquote(parts.password or ""))
        return cls(host=host, port=port, headers={"Proxy-Authorization": f"Basic {token}"})

    @property
    def url(self) -> str:
        """Where it is, without a password."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    def opening(self, host: str, port: int) -> bytes:
        """Ask for a tunnel to a host (RFC 9110, 9.3.6)."""
        target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
        lines += map(": ".join, self.headers.items())
        return "\r\n".join([*lines, "", ""]).encode("ascii")


class Proxies:
    """Which proxy leads to which host: `https_proxy`, or else `all_proxy`, but for `no_proxy`.

    The environment is read once. This machine itself is reached without one.

    Raises:
        ConfigurationError: The environment names a proxy of another kind.
    """

    def __init__(self) -> None:
        self._environment = getproxies_environment()
        url = self._environment.get("https") or self._environment.get("all")
        self._proxy = Proxy.parse(url) if url else None

    def leading_to(self, host: str) -> Proxy | None:
        """Return the proxy for a host that is spoken to over TLS; None is no proxy."""
        if self._proxy is None or is_this_machine(host):
            return None
        return None if proxy_bypass_environment(host, self._environment) else self._proxy
