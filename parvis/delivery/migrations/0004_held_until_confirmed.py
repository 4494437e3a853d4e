from django.db import migrations, models
from django.db.models import F


def confirm_all(apps, schema_editor):
    """Until now a delivery was sure to come from the moment it was booked."""
    apps.get_model("delivery", "Delivery").objects.update(confirmed_at=F("booked_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0003_bags_that_keep_cool"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="confirmed_at",
            field=models.DateTimeField(
                blank=True, help_text="until then its place is held, and nobody at the hub waits for its bags", null=True
            ),
        ),
        migrations.RunPython(confirm_all, migrations.RunPython.noop, elidable=True),
    ]
