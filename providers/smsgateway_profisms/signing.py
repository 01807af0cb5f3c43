"""How a call proves who makes it, and a reply that it answers that call.

Of the password only its MD5 is used, so whoever has that has the password. The vendor chose MD5:
what protects the account is TLS.
"""

from __future__ import annotations

from hashlib import md5

__all__ = ["hash_password", "sign_call", "sign_reply"]


def hash_password(password: str) -> str:
    """Return what the vendor knows of a password: its MD5 in lower-case hex.

    >>> hash_password("passwd")
    '76a2173be6393254e72ffa4d6df1030a'
    """
    return _md5(password)


def sign_call(password_md5: str, call: str) -> str:
    """Make the `_password` of a call out of its `_call`, as it is sent.

    >>> sign_call("76a2173be6393254e72ffa4d6df1030a", "1302885011.45")
    '67060092181f11e9a41ea8789a111415'
    """
    return _md5(password_md5 + call)


def sign_reply(password_md5: str, signature: str) -> str:
    """Make the `_key` that the reply to a call with this `_password` has.

    >>> sign_reply("76a2173be6393254e72ffa4d6df1030a", "67060092181f11e9a41ea8789a111415")
    'fdb0ebd1840e4bae0985de22f7695616'
    """
    return _md5(password_md5 + signature)


def _md5(text: str) -> str:
    # UTF-8, which nobody says of a password, but the documentation says of all that is sent.
    return md5(text.encode(), usedforsecurity=False).hexdigest()
