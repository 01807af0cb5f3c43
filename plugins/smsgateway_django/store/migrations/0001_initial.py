"""The tables of the store."""

from typing import ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """Makes them."""

    initial = True

    dependencies: ClassVar = []

    operations: ClassVar = [
        migrations.CreateModel(
            name="IncomingMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("alias", models.CharField(blank=True, db_index=True, default="", max_length=255)),
                ("provider", models.CharField(blank=True, default="", max_length=255)),
                ("sender", models.CharField(blank=True, default="", max_length=255)),
                ("to", models.CharField(blank=True, default="", max_length=255)),
                ("text", models.TextField(null=True)),
                ("provider_message_id", models.CharField(blank=True, default="", max_length=255)),
                ("received_at", models.DateTimeField(null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_index=True, default=django.utils.timezone.now),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("alias", models.CharField(blank=True, db_index=True, default="", max_length=255)),
                (
                    "identity",
                    models.CharField(blank=True, db_index=True, default="", max_length=255),
                ),
                ("token", models.CharField(blank=True, db_index=True, default="", max_length=255)),
                (
                    "reference",
                    models.CharField(blank=True, db_index=True, default="", max_length=255),
                ),
                ("sender", models.CharField(blank=True, default="", max_length=255)),
                ("text", models.TextField(null=True)),
                ("options", models.TextField(null=True)),
                ("send_at", models.DateTimeField(null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_index=True, default=django.utils.timezone.now),
                ),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "changed_at",
                    models.DateTimeField(db_index=True, default=django.utils.timezone.now),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "permissions": [("send_again", "Can send messages again")],
            },
        ),
        migrations.CreateModel(
            name="Recipient",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("to", models.CharField(max_length=64)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("accepted", "accepted"),
                            ("scheduled", "scheduled"),
                            ("rejected", "rejected"),
                            ("not_sent", "not sent"),
                            ("unknown", "unknown"),
                            ("suppressed", "suppressed"),
                            ("simulated", "simulated"),
                        ],
                        db_index=True,
                        default="unknown",
                        max_length=16,
                    ),
                ),
                (
                    "delivery",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("pending", "pending"),
                            ("buffered", "buffered"),
                            ("sent", "sent"),
                            ("delivered", "delivered"),
                            ("failed", "failed"),
                            ("expired", "expired"),
                            ("canceled", "canceled"),
                            ("unknown", "unknown"),
                        ],
                        db_index=True,
                        default="",
                        max_length=16,
                    ),
                ),
                ("delivery_at", models.DateTimeField(null=True)),
                ("provider", models.CharField(blank=True, default="", max_length=255)),
                ("provider_message_id", models.CharField(blank=True, default="", max_length=255)),
                ("segments", models.PositiveIntegerField(null=True)),
                ("encoding", models.CharField(blank=True, default="", max_length=255)),
                ("cost", models.DecimalField(decimal_places=6, max_digits=18, null=True)),
                ("currency", models.CharField(blank=True, default="", max_length=255)),
                ("is_estimate", models.BooleanField(default=False)),
                ("reason", models.CharField(blank=True, default="", max_length=255)),
                ("code", models.CharField(blank=True, default="", max_length=255)),
                ("detail", models.CharField(blank=True, default="", max_length=255)),
                ("is_possible_duplicate", models.BooleanField(default=False)),
                ("again", models.CharField(blank=True, default="", max_length=255)),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recipients",
                        to="smsgateway_store.message",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("alias", models.CharField(blank=True, default="", max_length=255)),
                ("provider", models.CharField(blank=True, default="", max_length=255)),
                ("to", models.CharField(blank=True, default="", max_length=64)),
                ("token", models.CharField(blank=True, db_index=True, default="", max_length=255)),
                (
                    "provider_message_id",
                    models.CharField(blank=True, db_index=True, default="", max_length=255),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "pending"),
                            ("buffered", "buffered"),
                            ("sent", "sent"),
                            ("delivered", "delivered"),
                            ("failed", "failed"),
                            ("expired", "expired"),
                            ("canceled", "canceled"),
                            ("unknown", "unknown"),
                        ],
                        max_length=16,
                    ),
                ),
                ("provider_status", models.CharField(blank=True, default="", max_length=255)),
                ("reason", models.CharField(blank=True, default="", max_length=255)),
                ("reported_at", models.DateTimeField(null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_index=True, default=django.utils.timezone.now),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                (
                    "recipient",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reports",
                        to="smsgateway_store.recipient",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.AddIndex(
            model_name="recipient",
            index=models.Index(
                fields=["provider_message_id", "provider"], name="smsgateway_provider_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="recipient",
            constraint=models.UniqueConstraint(
                fields=("message", "to"), name="smsgateway_one_of_a_number"
            ),
        ),
    ]
