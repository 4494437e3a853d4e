"""The market is closed by dates with a message in each language, instead of by a text without dates."""

import datetime

import django.db.models.deletion
import parvis.core.ids
from django.db import migrations, models
from django.utils import timezone


YEAR = datetime.timedelta(days=365)


def keep_closed(apps, schema_editor):
    """A market that is closed by a text stays closed for a year, or until an agent calls it off."""
    Market, MarketClosure = apps.get_model("market", "Market"), apps.get_model("market", "MarketClosure")
    today = timezone.now().date()
    for market in Market.objects.exclude(closed_message="").select_related("town"):
        language = (market.town.languages or ["fr"])[0]
        MarketClosure.objects.create(
            town=market.town,
            first_day=today,
            last_day=today + YEAR,
            shown_from=today,
            messages={language: market.closed_message},
        )


class Migration(migrations.Migration):

    dependencies = [
        ('market', '0007_online_payment'),
        ('towns', '0003_words_synonyms_and_basemap'),
    ]

    operations = [
        migrations.CreateModel(
            name='MarketClosure',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('first_day', models.DateField(verbose_name='first day closed')),
                ('last_day', models.DateField(verbose_name='last day closed')),
                ('shown_from', models.DateField(verbose_name='shown on the pages from')),
                ('messages', models.JSONField(default=dict)),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'ordering': ['first_day'],
                'indexes': [models.Index(fields=['town', 'last_day'], name='market_closure_ahead')],
                'constraints': [models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day'))), name='market_closure_in_order')],
            },
        ),
        migrations.RunPython(keep_closed, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='market',
            name='closed_message',
        ),
    ]
