"""All tables of the directory at once, for a new database; one that took the ten steps goes on from there."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import parvis.core.ids
import parvis.core.spots
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('places', '0001_initial'), ('places', '0002_search_without_pending_list'), ('places', '0003_living_directory'), ('places', '0004_reports_and_wishes'), ('places', '0005_open_spans_by_start'), ('places', '0006_places_by_name'), ('places', '0007_places_behind_by_town'), ('places', '0008_places_by_window'), ('places', '0009_places_furthest_behind'), ('places', '0010_places_in_window')]

    initial = True

    dependencies = [
        ('people', '0002_bank_accounts'),
        ('towns', '0003_words_synonyms_and_basemap'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportRun',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('osm', 'OpenStreetMap extract'), ('table', 'table (CSV, Excel, GeoJSON)'), ('portal', 'old portal export')], max_length=8)),
                ('source', models.CharField(help_text='whose data it is, as places name it', max_length=120)),
                ('file_name', models.CharField(max_length=200)),
                ('file', models.FileField(blank=True, help_text='kept until applied; never served', upload_to='imports/')),
                ('digest', models.CharField(help_text='SHA-256 of the file', max_length=64)),
                ('dated', models.DateField(blank=True, help_text='the day of the data', null=True)),
                ('options', models.JSONField(default=dict, help_text='columns, what to do with places that are missing')),
                ('created_at', models.DateTimeField()),
                ('done_rows', models.PositiveIntegerField(default=0)),
                ('total_rows', models.PositiveIntegerField(blank=True, null=True)),
                ('report', models.JSONField(default=dict, help_text='counts, the difference, an error per row')),
                ('applied_at', models.DateTimeField(blank=True, null=True)),
                ('failed_at', models.DateTimeField(blank=True, null=True)),
                ('problem', models.CharField(blank=True, max_length=300)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'indexes': [models.Index(fields=['town', '-created_at'], name='import_run_newest')],
            },
        ),
        migrations.CreateModel(
            name='Place',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('slug', models.SlugField(db_index=False, max_length=120)),
                ('name', models.CharField(max_length=160, verbose_name='name')),
                ('category', models.CharField(help_text='a key of parvis.places.categories.CATEGORIES', max_length=40)),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('address', models.CharField(blank=True, max_length=240, verbose_name='address')),
                ('lon', models.FloatField()),
                ('lat', models.FloatField()),
                ('opening_hours', models.CharField(blank=True, help_text='OSM syntax', max_length=500, verbose_name='opening hours')),
                ('hours_read', models.BooleanField(default=False, help_text='the hours are understood, not only kept')),
                ('phone', models.CharField(blank=True, max_length=60, verbose_name='telephone')),
                ('website', models.URLField(blank=True, max_length=300, verbose_name='website')),
                ('wheelchair', models.CharField(blank=True, help_text='yes, limited or no', max_length=10)),
                ('source', models.CharField(blank=True, max_length=120)),
                ('source_ref', models.CharField(blank=True, max_length=80)),
                ('source_date', models.DateField(blank=True, null=True)),
                ('invented', models.BooleanField(default=False, help_text='made up for a demonstration, and says so')),
                ('checked_at', models.DateTimeField(blank=True, null=True)),
                ('search', django.contrib.postgres.search.SearchVectorField(null=True)),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='places', to='people.organisation')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
                ('checked_by', models.CharField(blank=True, choices=[('shop', 'the shop'), ('town', 'the town'), ('source', 'the source of the data')], max_length=6)),
                ('delivers_within_m', models.PositiveIntegerField(blank=True, help_text='how far it delivers by itself; empty: the whole town', null=True)),
                ('details', models.JSONField(blank=True, default=dict, help_text='keys of parvis.places.details.DETAILS')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('gone_on', models.DateField(blank=True, help_text='closed for good: kept, shown nowhere', null=True)),
                ('hours_text', models.TextField(blank=True, help_text="the source's own words, where no rule says all of them")),
                ('picture', models.ImageField(blank=True, upload_to='places/', verbose_name='picture')),
                ('received', models.JSONField(blank=True, default=dict, help_text='what the source said last: the base of the three-way merge')),
                ('services', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), blank=True, default=list, help_text='keys of parvis.places.services.SERVICES')),
                ('spans_until', models.DateTimeField(blank=True, help_text='its OpenSpan rows are complete until then', null=True)),
                ('street', models.CharField(blank=True, help_text='the street of the address, folded', max_length=160)),
            ],
            options={
                'indexes': [models.Index(fields=['town', 'category', 'name'], name='place_by_category'), django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['search'], name='place_search'), django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['services'], name='place_by_service'), django.contrib.postgres.indexes.GistIndex(models.Func(models.Func('lon', function='radians'), models.Func(models.Func('lat', function='sind'), function='atanh'), function='point', output_field=parvis.core.spots.PointField()), name='place_by_spot'), models.Index(fields=['town', 'street'], name='place_by_street'), models.Index(fields=['town', 'checked_at'], name='place_by_check'), models.Index(condition=models.Q(('gone_on', None)), fields=['town', 'name'], name='place_by_name'), models.Index(models.F('town'), models.OrderBy(models.F('spans_until'), nulls_first=True), condition=models.Q(('gone_on', None), ('hours_read', True)), name='place_hours_behind'), models.Index(condition=models.Q(('gone_on', None)), fields=['town', 'lon', 'lat'], include=('id', 'category'), name='place_in_window')],
                'constraints': [models.UniqueConstraint(fields=('town', 'slug'), name='place_slug_once'), models.UniqueConstraint(condition=models.Q(('source_ref', ''), _negated=True), fields=('town', 'source', 'source_ref'), name='place_source_once')],
            },
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('origin', models.CharField(choices=[('shop', 'the shop'), ('town', 'the town'), ('source', 'an import')], max_length=6)),
                ('before', models.JSONField(default=dict)),
                ('after', models.JSONField(default=dict)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='places.place')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
                ('undoes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='undone_by', to='places.change')),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'indexes': [models.Index(fields=['place', '-at'], name='change_by_place')],
            },
        ),
        migrations.CreateModel(
            name='Check',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('checker', models.CharField(choices=[('shop', 'the shop'), ('town', 'the town'), ('source', 'the source of the data')], max_length=6)),
                ('way', models.CharField(help_text='page, mail, sms or change', max_length=12)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='checks', to='places.place')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'indexes': [models.Index(fields=['place', '-at'], name='check_by_place')],
            },
        ),
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('way', models.CharField(choices=[('letter', 'a letter to the shop'), ('phone', 'a call to the shop'), ('number', 'the registration number')], max_length=8)),
                ('business', models.CharField(max_length=160, verbose_name='name of the business')),
                ('registration_number', models.CharField(blank=True, max_length=20, verbose_name='registration number')),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='telephone')),
                ('code', models.CharField(blank=True, help_text='the secret of the letter or the call, hashed', max_length=128)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='claims', to='places.place')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'indexes': [models.Index(fields=['town', 'place'], name='claim_by_place')],
            },
        ),
        migrations.CreateModel(
            name='Closure',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('first_day', models.DateField(verbose_name='first day closed')),
                ('last_day', models.DateField(verbose_name='last day closed')),
                ('reason', models.CharField(blank=True, max_length=120, verbose_name='what customers read')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='closures', to='places.place')),
            ],
            options={
                'ordering': ['first_day'],
                'constraints': [models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day'))), name='closure_in_order')],
            },
        ),
        migrations.CreateModel(
            name='Conflict',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('field', models.CharField(max_length=40)),
                ('ours', models.JSONField(null=True)),
                ('theirs', models.JSONField(null=True)),
                ('found_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('took_theirs', models.BooleanField(default=False)),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conflicts', to='places.place')),
                ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
                ('run', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='conflicts', to='places.importrun')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('settled_at', None)), fields=('place', 'field'), name='one_open_conflict')],
            },
        ),
        migrations.CreateModel(
            name='OpenSpan',
            fields=[
                ('pk', models.CompositePrimaryKey('place_id', 'starts_at', blank=True, editable=False, primary_key=True, serialize=False)),
                ('place', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='spans', to='places.place')),
                ('town', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['town', 'starts_at', 'ends_at'], name='open_span_by_start')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='open_span_in_order')],
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('month', models.DateField(help_text='the first day of the month asked about')),
                ('channel', models.CharField(help_text='mail or sms', max_length=4)),
                ('asked_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to='places.place')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('place', 'month', 'channel'), name='reminder_once')],
            },
        ),
        migrations.CreateModel(
            name='ReminderWish',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('by_mail', models.BooleanField(default=True, verbose_name='By mail')),
                ('by_sms', models.BooleanField(default=False, verbose_name='By text message')),
                ('phone', models.CharField(blank=True, help_text='E.164', max_length=16, verbose_name='Mobile number')),
                ('place', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='reminder_wish', to='places.place')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('closed', 'It has closed for good'), ('hours', 'The opening hours'), ('address', 'The address or the spot on the map'), ('phone', 'The telephone number'), ('other', 'Something else')], max_length=8, verbose_name='What is wrong?')),
                ('words', models.CharField(blank=True, max_length=600, verbose_name='In your words')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('language', models.CharField(blank=True, max_length=2)),
                ('sender', models.CharField(blank=True, help_text="the day's keyed digest of the network address", max_length=32)),
                ('at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, choices=[('corrected', 'corrected'), ('right', 'right as it stood'), ('gone', 'closed for good')], max_length=10)),
                ('answer', models.CharField(blank=True, max_length=600, verbose_name='answer')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='places.place')),
                ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('settled_at', None)), fields=['town', 'at'], name='report_waiting'), models.Index(fields=['town', 'sender', 'at'], name='report_by_sender')],
            },
        ),
        migrations.CreateModel(
            name='ClaimEvent',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('asked', 'Asked'), ('sent', 'Sent'), ('wrong', 'Wrong'), ('proved', 'Proved'), ('confirmed', 'Confirmed'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn')], max_length=10)),
                ('at', models.DateTimeField()),
                ('note', models.CharField(blank=True, max_length=240)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='places.claim')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'ordering': ['at', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind__in', ['confirmed', 'refused', 'withdrawn'])), fields=('claim',), name='claim_ends_once')],
            },
        ),
    ]
