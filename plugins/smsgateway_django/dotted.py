"""What a dotted path in the settings leads to."""

from __future__ import annotations

from django.utils.module_loading import import_string

from smsgateway.errors import ConfigurationError

__all__ = ["import_dotted", "is_dotted"]


def is_dotted(path: object) -> bool:
    """Tell a dotted path, which may be shown, from what may hold a secret, such as a URL."""
    return isinstance(path, str) and "." in path and all(map(str.isidentifier, path.split(".")))


def import_dotted(path: str) -> object:
    """Import what a dotted path leads to.

    Raises:
        ConfigurationError: There is no such thing, or its module cannot be imported.
    """
    try:
        return import_string(path)
    except ImportError as error:
        raise ConfigurationError(f"cannot be imported: {error}.") from error
    except Exception as error:  # someone else's module runs here
        raise ConfigurationError(f"cannot be imported: {type(error).__name__}.") from error
