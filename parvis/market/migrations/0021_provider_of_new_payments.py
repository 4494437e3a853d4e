from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("market", "0020_part_events_by_day"),
    ]

    operations = [
        migrations.AddField(
            model_name="market",
            name="provider",
            field=models.CharField(
                blank=True, help_text="of new payments, where the town has several", max_length=10
            ),
        ),
    ]
