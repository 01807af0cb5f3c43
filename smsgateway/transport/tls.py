"""Whom to trust. There is no way to trust everybody."""

from __future__ import annotations

import ssl

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from smsgateway.errors import ConfigurationError

__all__ = ["trusting"]


def trusting(ca_file: str | None) -> ssl.SSLContext:
    """Make the context for all of a transport's connections; loading the roots takes 25 ms.

    Args:
        ca_file: The certificate authorities to trust, as PEM, instead of the usual public ones.

    Raises:
        ConfigurationError: The file cannot be read, or it holds no certificate.
    """
    try:
        return ssl.create_default_context(cafile=ca_file or DEFAULT_CA_BUNDLE_PATH)
    except OSError as error:
        raise ConfigurationError(
            f"The ca_file holds no certificates that can be read: {error.strerror or error}."
        ) from None
