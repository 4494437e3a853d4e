"""Where a rider may fetch a bag, whether a hub's riders do, and which stops of a plan are fetched."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0018_months_of_shared_bikes")]

    operations = [
        migrations.AddField(
            model_name="hub",
            name="fetches",
            field=models.BooleanField(
                default=False, help_text="its riders fetch bags at shops that agree, where that beats the way by the hub"
            ),
        ),
        migrations.AddField(
            model_name="bag",
            name="pickup_address",
            field=models.CharField(
                blank=True,
                default="",
                help_text="where a rider may fetch it; empty where the shop brings it to the hub",
                max_length=240,
            ),
            preserve_default=False,
        ),
        migrations.AddField(model_name="bag", name="pickup_lon", field=models.FloatField(blank=True, null=True)),
        migrations.AddField(model_name="bag", name="pickup_lat", field=models.FloatField(blank=True, null=True)),
        migrations.AddField(
            model_name="bag",
            name="pickup_from",
            field=models.DateTimeField(blank=True, help_text="the shop's hours on the day of the window", null=True),
        ),
        migrations.AddField(model_name="bag", name="pickup_until", field=models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            model_name="stop",
            name="option",
            field=models.CharField(
                blank=True,
                default="",
                help_text="the way: straight from the shop, or by the hub",
                max_length=40,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="stop",
            name="fetch_at",
            field=models.DateTimeField(blank=True, help_text="when its rider rings at the shop", null=True),
        ),
    ]
