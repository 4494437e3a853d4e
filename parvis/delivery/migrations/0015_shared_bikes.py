
import django.db.models.deletion
import parvis.core.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("delivery", "0014_skills_and_needs"),
        ('towns', '0003_words_synonyms_and_basemap'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(help_text='title or reference, as the councils call it', max_length=160)),
                ('voted_on', models.DateField()),
                ('text', models.TextField(blank=True)),
                ('paper', models.FileField(blank=True, help_text='the signed text; shown to both towns only', upload_to='agreements/')),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, help_text='the last day; empty: until one town gives notice', null=True)),
                ('notice_days', models.PositiveSmallIntegerField(default=90)),
                ('rule', models.CharField(choices=[('drops', 'by the doors served for each town'), ('metres', 'by the kilometres ridden for each town'), ('percent', 'by a fixed per cent')], max_length=8)),
                ('guest_percent', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('proposed_at', models.DateTimeField()),
                ('signed_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, help_text='refused by the guest or taken back by the host', null=True)),
                ('notice_at', models.DateTimeField(blank=True, null=True)),
                ('notice_ends_on', models.DateField(blank=True, help_text='the last day, by notice', null=True)),
            ],
        ),
        migrations.CreateModel(
            name='SharedHub',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
            ],
        ),
        migrations.AddField(
            model_name='delivery',
            name='away_metres',
            field=models.PositiveIntegerField(blank=True, help_text='hub to door as the crow flies, to 100 m: by it kilometres are shared', null=True),
        ),
        migrations.AddField(
            model_name='delivery',
            name='ordered_in',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('ordered_in__isnull', False)), fields=['ordered_in'], name='delivery_for_a_neighbour'),
        ),
        migrations.AddField(
            model_name='agreement',
            name='closed_from',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town'),
        ),
        migrations.AddField(
            model_name='agreement',
            name='guest',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town'),
        ),
        migrations.AddField(
            model_name='agreement',
            name='notice_from',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town'),
        ),
        migrations.AddField(
            model_name='agreement',
            name='proposed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='agreement',
            name='signed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='agreement',
            name='town',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town'),
        ),
        migrations.AddField(
            model_name='sharedhub',
            name='agreement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shared_hubs', to='delivery.agreement'),
        ),
        migrations.AddField(
            model_name='sharedhub',
            name='hub',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shared_hubs', to='delivery.hub'),
        ),
        migrations.AddField(
            model_name='sharedhub',
            name='town',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town'),
        ),
        migrations.AddIndex(
            model_name='agreement',
            index=models.Index(fields=['guest', 'starts_on'], name='agreement_of_guest'),
        ),
        migrations.AddIndex(
            model_name='agreement',
            index=models.Index(fields=['town', 'starts_on'], name='agreement_of_host'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(('town', models.F('guest')), _negated=True), name='agreement_of_two'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='agreement_in_order'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('rule', 'percent'), _negated=True), models.Q(('guest_percent__gte', 0), ('guest_percent__lte', 100)), _connector='OR'), name='agreement_percent'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(('signed_at', None), ('closed_at', None), _connector='OR'), name='agreement_signed_or_closed'),
        ),
        migrations.AddConstraint(
            model_name='sharedhub',
            constraint=models.UniqueConstraint(fields=('agreement', 'hub'), name='shared_hub_once'),
        ),
    ]
