"""`manage.py smsprune`: forgets what `SMSGATEWAY_STORE` says need not be known any longer."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from smsgateway_django.store.retention import prune

__all__ = ["Command"]


class Command(BaseCommand):
    """Clears old texts, hashes old numbers and deletes old messages; made to run every day."""

    help = "Clears old texts, hashes old numbers and deletes old messages (SMSGATEWAY_STORE)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take `--dry-run`."""
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be done.")

    def handle(self, *_: Any, dry_run: bool, **__: Any) -> None:
        """Prune, and print how much."""
        pruned = prune(timezone.now(), dry_run=dry_run)
        words = "Would be forgotten" if dry_run else "Forgotten"
        self.stdout.write(
            f"{words}: {pruned.texts} texts, {pruned.numbers} numbers, {pruned.rows} rows."
        )
