"""What a shop's own way to the hub counts where a plan chooses between it and a rider at the shop."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0020_closed_by_hours")]

    operations = [
        migrations.AddField(
            model_name="hub",
            name="errand_percent",
            field=models.PositiveSmallIntegerField(
                default=50, help_text="what a shop's own way to the hub counts there, in per cent of a bike's"
            ),
        )
    ]
