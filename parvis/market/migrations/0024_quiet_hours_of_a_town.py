import django.core.validators
from django.db import migrations, models
from django.db.models import Q

HOUR = [django.core.validators.MaxValueValidator(23)]


def as_the_town(apps, schema_editor):
    """Who never chose had the hours of the program: from now on those of their town."""
    apps.get_model("market", "Telling").objects.filter(quiet_from=21, quiet_until=8).update(
        quiet_from=None, quiet_until=None
    )


def hour(label):
    return models.PositiveSmallIntegerField(label, null=True, blank=True, validators=HOUR)


class Migration(migrations.Migration):
    dependencies = [("market", "0023_taps_of_parts")]

    operations = [
        migrations.AddField(
            "market", "quiet_from",
            models.PositiveSmallIntegerField("Nothing rings from", default=21, validators=HOUR),
        ),
        migrations.AddField(
            "market", "quiet_until", models.PositiveSmallIntegerField("Until", default=8, validators=HOUR)
        ),
        migrations.AlterField("telling", "quiet_from", hour("Quiet from")),
        migrations.AlterField("telling", "quiet_until", hour("Quiet until")),
        migrations.RunPython(as_the_town, migrations.RunPython.noop),
        migrations.AddConstraint(
            "telling",
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None) | Q(quiet_from__gte=0, quiet_until__gte=0),
                name="telling_quiet_whole",
            ),
        ),
    ]
