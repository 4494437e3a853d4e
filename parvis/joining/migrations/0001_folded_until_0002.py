"""All tables of joining at once, for a new database; one that took the two steps goes on from there."""

import django.core.validators
import django.db.models.deletion
import parvis.core.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('joining', '0001_asking_and_calls'), ('joining', '0002_openings_and_invitations')]

    initial = True

    dependencies = [
        ('market', '0015_telling'),
        ('people', '0002_bank_accounts'),
        ('places', '0010_places_in_window'),
        ('towns', '0003_words_synonyms_and_basemap'),
    ]

    operations = [
        migrations.CreateModel(
            name='Preregistration',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('shop_name', models.CharField(blank=True, max_length=120, verbose_name='Name of the shop')),
                ('registration_number', models.CharField(blank=True, max_length=20, verbose_name='Registration number')),
                ('phone', models.CharField(blank=True, help_text='E.164', max_length=20, verbose_name='Telephone')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='E-mail')),
                ('contact', models.CharField(blank=True, max_length=120, verbose_name='Whom to ask for')),
                ('language', models.CharField(blank=True, max_length=2)),
                ('sender', models.CharField(blank=True, help_text="the day's keyed digest of the network address", max_length=32)),
                ('at', models.DateTimeField()),
                ('place', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='places.place')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'indexes': [models.Index(fields=['town', 'at'], name='prereg_by_town'), models.Index(fields=['town', 'sender', 'at'], name='prereg_by_sender')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('shop_name', ''), _negated=True), models.Q(('registration_number', ''), _negated=True), _connector='OR'), name='prereg_named'), models.CheckConstraint(condition=models.Q(models.Q(('phone', ''), _negated=True), models.Q(('email', ''), _negated=True), _connector='OR'), name='prereg_reachable')],
            },
        ),
        migrations.CreateModel(
            name='Requirement',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=30)),
                ('label', models.CharField(blank=True, max_length=120, verbose_name='What must be done')),
                ('standing', models.CharField(choices=[('required', 'required'), ('optional', 'optional'), ('off', 'not asked')], default='required', max_length=8)),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'ordering': ['key'],
                'constraints': [models.UniqueConstraint(fields=('town', 'key'), name='requirement_once'), models.CheckConstraint(condition=models.Q(models.Q(('key__startswith', 'own-'), _negated=True), models.Q(('label', ''), _negated=True), _connector='OR'), name='own_requirement_said')],
            },
        ),
        migrations.CreateModel(
            name='Rules',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('call_within_days', models.PositiveSmallIntegerField(default=2, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(30)], verbose_name='Working days until the first call')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
                ('invitation_days', models.PositiveSmallIntegerField(default=14, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(90)], verbose_name='Days that an invitation holds')),
                ('opens', models.CharField(choices=[('agent', 'An agent opens each shop'), ('itself', 'A shop opens by itself as soon as all that is required is done')], default='agent', max_length=6, verbose_name='Who opens a shop')),
                ('terms', models.TextField(blank=True, max_length=20000, verbose_name='Terms that a shop accepts')),
            ],
            options={
                'verbose_name_plural': 'rules',
                'constraints': [models.UniqueConstraint(fields=('town',), name='one_joining_a_town')],
            },
        ),
        migrations.CreateModel(
            name='CallEvent',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('asked', 'Asked to join'), ('again', 'Asked once more'), ('entry', 'Chose the entry of the directory'), ('taken', 'Taken by an agent'), ('released', 'Given back'), ('reached', 'Reached'), ('missed', 'Not reached'), ('later', 'To be called again'), ('confirmed', 'Takes part'), ('no', 'Not interested'), ('twice', 'Asked twice')], max_length=10)),
                ('at', models.DateTimeField()),
                ('next_at', models.DateTimeField(blank=True, help_text='when the shop wants to be called', null=True)),
                ('note', models.CharField(blank=True, max_length=600)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
                ('preregistration', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='joining.preregistration')),
            ],
            options={
                'ordering': ['at', 'pk'],
                'indexes': [models.Index(fields=['town', 'kind', 'at'], name='call_event_by_kind')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind__in', ['confirmed', 'no', 'twice'])), fields=('preregistration',), name='prereg_ends_once')],
            },
        ),
        migrations.CreateModel(
            name='Opening',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('preregistration', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='opening', to='joining.preregistration')),
                ('shop', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='opening', to='market.shop')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'indexes': [models.Index(fields=['town', 'at'], name='opening_by_town')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254)),
                ('name', models.CharField(blank=True, max_length=120)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('sent_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('replaced_at', models.DateTimeField(blank=True, help_text='a later invitation took its place', null=True)),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
                ('used_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opening', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='joining.opening')),
            ],
            options={
                'ordering': ['sent_at', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('replaced_at', None), ('used_at', None)), fields=('opening',), name='one_living_invitation')],
            },
        ),
        migrations.CreateModel(
            name='StepEvent',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(blank=True, max_length=30)),
                ('kind', models.CharField(choices=[('done', 'done'), ('undone', 'taken back'), ('waived', 'waived'), ('opened', 'opened')], max_length=8)),
                ('way', models.CharField(choices=[('merchant', 'by the shop'), ('agent', 'by the town'), ('itself', 'by itself')], max_length=8)),
                ('at', models.DateTimeField()),
                ('note', models.CharField(blank=True, max_length=240)),
                ('version', models.CharField(blank=True, help_text='which terms were accepted', max_length=20)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opening', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='joining.opening')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'ordering': ['at', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'opened')), fields=('opening',), name='shop_opens_once'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'waived'), _negated=True), models.Q(('note', ''), _negated=True), _connector='OR'), name='waived_with_a_reason')],
            },
        ),
    ]
