"""Which database the store is in."""

from __future__ import annotations

from typing import Any, ClassVar


class StoreRouter:
    """Sends the store to the database that a test names."""

    store: ClassVar[str] = "default"

    def db_for_read(self, model: Any, **_: Any) -> str | None:
        return self.store if model._meta.app_label == "smsgateway_store" else None

    def db_for_write(self, model: Any, **_: Any) -> str | None:
        return self.db_for_read(model)

    def allow_migrate(self, db: str, *_: Any, **__: Any) -> bool | None:
        return False if db == "away" else None
