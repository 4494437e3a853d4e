import django.db.models.deletion
import parvis.core.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("delivery", "0017_ways_by_kind"),
        ('towns', '0003_words_synonyms_and_basemap'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SharedMonth',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('first_day', models.DateField()),
                ('issued_at', models.DateTimeField()),
                ('lines', models.JSONField(help_text='a list for each day and hub: see ``shared_months.py``')),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='months', to='delivery.agreement')),
                ('issued_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('agreement', 'first_day'), name='shared_month_once')],
            },
        ),
    ]
