"""Whether a shop hands its bags to riders at its door."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("market", "0024_quiet_hours_of_a_town")]

    operations = [
        migrations.AddField("shop", "riders_fetch", models.BooleanField("riders may fetch at the door", default=False)),
    ]
