"""What an account is called where it has no name: its URL, without its secrets."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from typing import Any

__all__ = ["address"]

_HOST = re.compile(r"[^/]*//(?:[^/?#]*@)?([^/?#]*)")


def address(provider: Any) -> str:
    """Write the URL of a provider's account without its secrets: `cpsms://acme@default`.

    Of the credentials it has the first one, which names the account, where the provider's repr
    shows that, too; of a `base_url` the host: a path may be a secret.

    Args:
        provider: The provider. Any: what fields it has is its own business.
    """
    options = fields(provider) if is_dataclass(provider) else ()
    shown = {option.name: option.default for option in options if option.repr}
    user, host = "", "default"
    for name in getattr(provider, "credentials", ())[:1]:
        if name in shown and (value := getattr(provider, name)):
            user = f"{value}@"
    base_url = getattr(provider, "base_url", None)
    if "base_url" in shown and base_url != shown["base_url"]:
        found = _HOST.match(str(base_url))
        host = found[1] if found else host
    return f"{provider.name}://{user}{host}"
