"""A second window that suits a buyer as well."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0021_what_an_errand_counts")]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="also",
            field=models.ForeignKey(
                blank=True,
                help_text="a later window that suits as well, until a plan takes one of them",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="delivery.window",
            ),
        )
    ]
