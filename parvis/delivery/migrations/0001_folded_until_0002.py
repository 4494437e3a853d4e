"""All tables of delivery at once, for a new database; one that took the two steps goes on from there."""

import django.db.models.deletion
import parvis.core.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('delivery', '0001_initial'), ('delivery', '0002_second_promise')]

    initial = True

    dependencies = [
        ('people', '0002_bank_accounts'),
        ('towns', '0003_words_synonyms_and_basemap'),
    ]

    operations = [
        migrations.CreateModel(
            name='Hub',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('address', models.CharField(max_length=240)),
                ('lon', models.FloatField()),
                ('lat', models.FloatField()),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Bike',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60)),
                ('drive', models.CharField(choices=[('electric', 'electric'), ('hydrogen', 'hydrogen'), ('muscle', 'pedals only')], default='electric', max_length=10)),
                ('max_grams', models.PositiveIntegerField(default=80000)),
                ('max_millilitres', models.PositiveIntegerField(default=240000)),
                ('max_crates', models.PositiveSmallIntegerField(default=12)),
                ('speed_percent', models.PositiveSmallIntegerField(default=100, help_text="against the street's bicycle speed")),
                ('range_metres', models.PositiveIntegerField(blank=True, null=True)),
                ('broken_at', models.DateTimeField(blank=True, null=True)),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
                ('hub', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bikes', to='delivery.hub')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('hub', 'name'), name='bike_name_once')],
            },
        ),
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('version', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('computing', 'Computing'), ('draft', 'Draft'), ('published', 'Published'), ('superseded', 'Superseded'), ('failed', 'Failed')], default='computing', max_length=12)),
                ('seed', models.PositiveIntegerField(default=1)),
                ('problem', models.JSONField(default=dict)),
                ('solution', models.JSONField(default=dict)),
                ('message', models.CharField(blank=True, max_length=300)),
                ('streets', models.CharField(default='straight', help_text='valhalla or straight', max_length=12)),
                ('planning_seconds', models.FloatField(null=True)),
                ('made_at', models.DateTimeField()),
                ('published_at', models.DateTimeField(null=True)),
                ('hub', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='delivery.hub')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'ordering': ['-version'],
                'constraints': [models.UniqueConstraint(fields=('hub', 'day', 'version'), name='plan_version_once'), models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('hub', 'day'), name='one_published_plan')],
            },
        ),
        migrations.CreateModel(
            name='Window',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('closes_at', models.DateTimeField(help_text='last moment to book')),
                ('goods_due_at', models.DateTimeField(help_text='when shops must have dropped their bags')),
                ('capacity', models.PositiveSmallIntegerField(default=60)),
                ('hub', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='windows', to='delivery.hub')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'ordering': ['starts_at'],
                'indexes': [models.Index(fields=['town', 'starts_at'], name='window_by_day')],
                'constraints': [models.UniqueConstraint(fields=('hub', 'starts_at'), name='window_once'), models.CheckConstraint(condition=models.Q(('closes_at__lte', models.F('starts_at')), ('ends_at__gt', models.F('starts_at'))), name='window_in_order')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=8)),
                ('reference', models.CharField(help_text='whatever the booker calls it; shown to people', max_length=40)),
                ('name', models.CharField(max_length=120)),
                ('phone', models.CharField(blank=True, max_length=30)),
                ('address', models.CharField(max_length=240)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('lon', models.FloatField()),
                ('lat', models.FloatField()),
                ('service_seconds', models.PositiveSmallIntegerField(default=180)),
                ('cancelled_at', models.DateTimeField(blank=True, null=True)),
                ('booked_at', models.DateTimeField()),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
                ('window', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='delivery.window')),
            ],
            options={
                'verbose_name_plural': 'deliveries',
                'indexes': [models.Index(fields=['window', 'code'], name='delivery_by_window')],
                'constraints': [models.UniqueConstraint(fields=('town', 'code'), name='delivery_code_once')],
            },
        ),
        migrations.CreateModel(
            name='Round',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('departs_at', models.DateTimeField()),
                ('returns_at', models.DateTimeField()),
                ('metres', models.PositiveIntegerField()),
                ('grams', models.PositiveIntegerField()),
                ('millilitres', models.PositiveIntegerField()),
                ('geometry', models.JSONField(help_text='GeoJSON LineString along streets', null=True)),
                ('locked', models.BooleanField(default=False)),
                ('left_at', models.DateTimeField(blank=True, null=True)),
                ('back_at', models.DateTimeField(blank=True, null=True)),
                ('bike', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rounds', to='delivery.bike')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rounds', to='delivery.plan')),
                ('rider', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='rounds', to=settings.AUTH_USER_MODEL)),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'ordering': ['departs_at', 'number'],
                'constraints': [models.UniqueConstraint(fields=('plan', 'number'), name='round_number_once')],
            },
        ),
        migrations.CreateModel(
            name='Shift',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('bike', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shifts', to='delivery.bike')),
                ('rider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shifts', to=settings.AUTH_USER_MODEL)),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'indexes': [models.Index(fields=['town', 'starts_at'], name='shift_by_day')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='shift_in_order')],
            },
        ),
        migrations.CreateModel(
            name='Bag',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=8)),
                ('sender', models.CharField(help_text="the shop's name, as the hub reads it", max_length=160)),
                ('sender_phone', models.CharField(blank=True, max_length=30)),
                ('sender_ref', models.CharField(db_index=True, help_text="opaque id of the booker's part", max_length=40)),
                ('grams', models.PositiveIntegerField()),
                ('millilitres', models.PositiveIntegerField()),
                ('cancelled_at', models.DateTimeField(blank=True, null=True)),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
                ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bags', to='delivery.delivery')),
            ],
            options={
                'ordering': ['sender', 'code'],
                'constraints': [models.UniqueConstraint(fields=('town', 'code'), name='bag_code_once')],
            },
        ),
        migrations.CreateModel(
            name='Crate',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField(help_text='the number painted on the box')),
                ('packed_at', models.DateTimeField()),
                ('released_at', models.DateTimeField(blank=True, null=True)),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
                ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='crates', to='delivery.delivery')),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('released_at', None)), fields=('town', 'number'), name='crate_in_one_place')],
            },
        ),
        migrations.CreateModel(
            name='DeliveryEvent',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('planned', 'Planned'), ('departed', 'Departed'), ('delivered', 'Delivered'), ('failed', 'Failed'), ('rebooked', 'Rebooked'), ('cancelled', 'Cancelled')], max_length=12)),
                ('at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(auto_now_add=True)),
                ('detail', models.JSONField(default=dict)),
                ('photo', models.ImageField(blank=True, upload_to='proof/%Y/%m')),
                ('key', models.CharField(help_text='idempotency key of the sender', max_length=60, null=True, unique=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='delivery.delivery')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'ordering': ['at', 'id'],
                'indexes': [models.Index(fields=['delivery', 'at'], name='delivery_event_story')],
            },
        ),
        migrations.CreateModel(
            name='Stop',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('arrive_at', models.DateTimeField()),
                ('leave_at', models.DateTimeField()),
                ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stops', to='delivery.delivery')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stops', to='delivery.round')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('round', 'position'), name='stop_position_once'), models.UniqueConstraint(fields=('round', 'delivery'), name='stop_once_a_round')],
            },
        ),
        migrations.CreateModel(
            name='BagEvent',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('ready', 'Ready'), ('at_hub', 'At Hub'), ('packed', 'Packed'), ('loaded', 'Loaded'), ('delivered', 'Delivered'), ('returned', 'Returned'), ('missing', 'Missing'), ('cancelled', 'Cancelled')], max_length=12)),
                ('at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(auto_now_add=True)),
                ('detail', models.JSONField(default=dict)),
                ('bag', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='delivery.bag')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'ordering': ['at', 'id'],
                'indexes': [models.Index(fields=['bag', 'at'], name='bag_event_story')],
            },
        ),
    ]
