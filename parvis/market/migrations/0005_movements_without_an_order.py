"""A fund or a payment to a shop moves money without any order."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('market', '0004_services_of_shops'),
    ]

    operations = [
        migrations.AlterField(
            model_name='ledgertransaction',
            name='order',
            field=models.ForeignKey(help_text='none for money of the town itself', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ledger', to='market.order'),
        ),
    ]
