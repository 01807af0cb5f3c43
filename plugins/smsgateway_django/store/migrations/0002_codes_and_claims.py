"""Which messages bring a one-time code, and when it was asked to send to a recipient again."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds a column to two tables."""

    dependencies: ClassVar = [("smsgateway_store", "0001_initial")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="message", name="is_code", field=models.BooleanField(default=False)
        ),
        migrations.AddField(
            model_name="recipient", name="again_at", field=models.DateTimeField(null=True)
        ),
    ]
