"""Invoices in numbered series; the database itself refuses to change one that is issued."""

import django.db.models.deletion
import parvis.core.ids
from django.db import migrations, models


KEEP = """
CREATE FUNCTION market_document_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'recipient' <> to_jsonb(OLD) - 'recipient'
       OR (NEW.recipient <> OLD.recipient AND NEW.recipient <> '{}'::jsonb) THEN
        RAISE EXCEPTION 'what is issued is never changed: issue a credit note' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER document_is_kept BEFORE UPDATE ON market_document
    FOR EACH ROW EXECUTE FUNCTION market_document_is_kept();
"""

LET_GO = """
DROP TRIGGER document_is_kept ON market_document;
DROP FUNCTION market_document_is_kept();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('market', '0005_movements_without_an_order'),
        ('towns', '0003_words_synonyms_and_basemap'),
    ]

    operations = [
        migrations.CreateModel(
            name='Series',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('letters', models.CharField(help_text='whose series it is, on paper', max_length=8)),
                ('kind', models.CharField(choices=[('F', 'invoice'), ('A', 'credit note')], max_length=1)),
                ('year', models.PositiveSmallIntegerField()),
                ('last', models.PositiveIntegerField(default=0)),
                ('last_at', models.DateTimeField(help_text='dates follow numbers: none is issued before the one before it', null=True)),
                ('shop', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='market.shop')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'verbose_name_plural': 'series',
            },
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('issued_at', models.DateTimeField()),
                ('gross_cents', models.IntegerField(help_text='negative on a credit note')),
                ('vat_cents', models.IntegerField()),
                ('content', models.JSONField(help_text='what it says, frozen (parvis/market/papers.py)')),
                ('recipient', models.JSONField(blank=True, default=dict, help_text='name and address of the buyer')),
                ('movement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='document', to='market.ledgertransaction')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='market.order')),
                ('part', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='market.part')),
                ('refers_to', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='credited_by', to='market.document')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
                ('series', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='market.series')),
            ],
        ),
        migrations.CreateModel(
            name='Operator',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=160, verbose_name='name')),
                ('address', models.CharField(blank=True, max_length=240, verbose_name='address')),
                ('registration_number', models.CharField(blank=True, max_length=20, verbose_name='registration number')),
                ('vat_number', models.CharField(blank=True, max_length=20, verbose_name='VAT number')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('town',), name='one_operator_a_town')],
            },
        ),
        migrations.AddConstraint(
            model_name='series',
            constraint=models.UniqueConstraint(fields=('town', 'shop', 'kind', 'year'), name='series_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='series',
            constraint=models.UniqueConstraint(fields=('town', 'letters', 'kind', 'year'), name='series_letters_once'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(fields=['town', 'issued_at'], name='document_by_day'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.UniqueConstraint(fields=('series', 'number'), name='document_number_once'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='document_number_counts'),
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
