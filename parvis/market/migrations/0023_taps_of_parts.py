from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("market", "0022_seller_status")]

    operations = [
        migrations.AddField(
            model_name="partevent",
            name="key",
            field=models.CharField(blank=True, help_text="of the tap, where a phone gave one", max_length=36),
        ),
        migrations.AddField(
            model_name="partevent",
            name="tapped_at",
            field=models.DateTimeField(
                blank=True, help_text="when the phone's own clock saw it: without a network, long before", null=True
            ),
        ),
    ]
