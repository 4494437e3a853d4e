"""Which ways a bike takes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0016_refused_taps")]

    operations = [
        migrations.AddField(
            model_name="bike",
            name="kind",
            field=models.CharField(
                choices=[
                    ("cargo", "Cargo bike"),
                    ("light", "Two-wheeled bike with bags"),
                    ("trailer", "Three wheels, or a bike with a trailer"),
                    ("foot", "On foot, with a hand cart"),
                ],
                default="cargo",
                help_text="whose ways it takes",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="bike",
            name="speed_percent",
            field=models.PositiveSmallIntegerField(default=100, help_text="against what is usual for its kind"),
        ),
    ]
