"""Vouchers and funds; the database itself keeps what is left on a voucher and in each line of a fund, and refuses less than nothing.

Each new row takes its voucher (or line) and changes it in the same statement, so that two at once wait for each
other; a CHECK constraint refuses what would fall below zero. Uses are never changed or deleted.
"""

import django.core.validators
import django.db.models.deletion
import parvis.core.ids
from django.db import migrations, models


CREATE = """
CREATE FUNCTION market_voucher_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE market_voucher
       SET left_cents = left_cents + CASE WHEN NEW.kind = 'released' THEN NEW.cents ELSE -NEW.cents END
     WHERE id = NEW.voucher_id;
    RETURN NULL;
END $$;
CREATE TRIGGER voucher_moves AFTER INSERT ON market_voucheruse
    FOR EACH ROW EXECUTE FUNCTION market_voucher_moves();
CREATE FUNCTION market_voucher_use_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'uses of vouchers are never changed: write another one' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER voucher_use_is_kept BEFORE UPDATE ON market_voucheruse
    FOR EACH ROW EXECUTE FUNCTION market_voucher_use_is_kept();
CREATE FUNCTION market_fund_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stage text := split_part(NEW.account, ':', 3);
BEGIN
    UPDATE market_fundline
       SET free_cents = free_cents - CASE WHEN stage = 'free' THEN NEW.amount_cents ELSE 0 END,
           promised_cents = promised_cents - CASE WHEN stage = 'promised' THEN NEW.amount_cents ELSE 0 END,
           due_cents = due_cents - CASE WHEN stage = 'due' THEN NEW.amount_cents ELSE 0 END,
           paid_cents = paid_cents - CASE WHEN stage = 'paid' THEN NEW.amount_cents ELSE 0 END
     WHERE town_id = NEW.town_id AND code = split_part(NEW.account, ':', 2);
    IF NOT FOUND OR stage NOT IN ('free', 'promised', 'due', 'paid') THEN
        RAISE EXCEPTION 'no such account of a fund: %', NEW.account USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER fund_moves AFTER INSERT ON market_ledgerentry
    FOR EACH ROW WHEN (NEW.account LIKE 'fund:%') EXECUTE FUNCTION market_fund_moves();
"""

DROP = """
DROP TRIGGER fund_moves ON market_ledgerentry;
DROP FUNCTION market_fund_moves();
DROP TRIGGER voucher_use_is_kept ON market_voucheruse;
DROP FUNCTION market_voucher_use_is_kept();
DROP TRIGGER voucher_moves ON market_voucheruse;
DROP FUNCTION market_voucher_moves();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("market", "0012_what_a_product_can_be"),
        ('towns', '0003_words_synonyms_and_basemap'),
    ]

    operations = [
        migrations.AddField(
            model_name='ledgertransaction',
            name='words',
            field=models.CharField(blank=True, help_text="for whoever reads the town's accounts", max_length=200),
        ),
        migrations.AlterField(
            model_name='ledgertransaction',
            name='key',
            field=models.CharField(max_length=120, unique=True),
        ),
        migrations.AlterField(
            model_name='ledgertransaction',
            name='kind',
            field=models.CharField(choices=[('sale', 'Sale'), ('fee', 'Fee'), ('payment', 'Payment'), ('reversal', 'Reversal'), ('refund', 'Refund'), ('payout', 'Payout'), ('dispute', 'Dispute'), ('cost', 'Cost'), ('voucher', 'Voucher'), ('commission', 'Commission'), ('allotted', 'Allotted'), ('promise', 'Promise'), ('freed', 'Freed'), ('paid', 'Paid')], max_length=10),
        ),
        migrations.CreateModel(
            name='Fund',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('about', models.TextField(blank=True, verbose_name='what it is for')),
                ('decision', models.CharField(blank=True, max_length=160, verbose_name='decided by')),
                ('decided_on', models.DateField(verbose_name='decided on')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'ordering': ['-decided_on', 'name'],
            },
        ),
        migrations.CreateModel(
            name='FundLine',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(help_text='names its accounts', max_length=20, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9-]*$')])),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('about', models.CharField(blank=True, max_length=300, verbose_name='what it pays')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('free_cents', models.BigIntegerField(default=0)),
                ('promised_cents', models.BigIntegerField(default=0)),
                ('due_cents', models.BigIntegerField(default=0)),
                ('paid_cents', models.BigIntegerField(default=0)),
                ('fund', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='market.fund')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'ordering': ['position', 'code'],
            },
        ),
        migrations.CreateModel(
            name='FundPromise',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=160, verbose_name='to whom and for what')),
                ('cents', models.PositiveIntegerField(verbose_name='amount')),
                ('left_cents', models.PositiveIntegerField(help_text='neither paid nor given up yet')),
                ('at', models.DateTimeField()),
                ('key', models.CharField(help_text='idempotency key of the form', max_length=64)),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='promises', to='market.fundline')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'ordering': ['-at'],
            },
        ),
        migrations.CreateModel(
            name='VoucherCampaign',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('about', models.CharField(blank=True, max_length=300, verbose_name='what buyers read')),
                ('value_cents', models.PositiveIntegerField(verbose_name='value of one voucher')),
                ('minimum_cents', models.PositiveIntegerField(default=0, verbose_name='from this amount of goods')),
                ('first_day', models.DateField(verbose_name='first day')),
                ('last_day', models.DateField(verbose_name='last day')),
                ('single_use', models.BooleanField(default=True, help_text='Otherwise what is left stays on the voucher for another order.', verbose_name='one order only')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('line', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='campaigns', to='market.fundline', verbose_name='paid by')),
                ('shops', models.ManyToManyField(blank=True, related_name='campaigns', to='market.shop', verbose_name='shops')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'ordering': ['-last_day', 'name'],
            },
        ),
        migrations.CreateModel(
            name='Voucher',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=8)),
                ('email', models.EmailField(blank=True, help_text='of the one person it is for; empty: of whoever holds it', max_length=254)),
                ('batch', models.UUIDField(help_text='made by one form, sent once')),
                ('value_cents', models.PositiveIntegerField()),
                ('left_cents', models.PositiveIntegerField()),
                ('issued_at', models.DateTimeField()),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='vouchers', to='market.vouchercampaign')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='VoucherUse',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('used', 'used'), ('released', 'given back'), ('lapsed', 'not used in its one order'), ('ended', 'ended')], max_length=8)),
                ('cents', models.PositiveIntegerField()),
                ('goods_cents', models.PositiveIntegerField(default=0)),
                ('at', models.DateTimeField()),
                ('key', models.CharField(max_length=120)),
                ('order', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='voucher_uses', to='market.order')),
                ('part', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='voucher_uses', to='market.part')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
                ('voucher', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='market.voucher')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AddConstraint(
            model_name='fund',
            constraint=models.UniqueConstraint(fields=('town', 'name'), name='fund_name_once'),
        ),
        migrations.AddConstraint(
            model_name='fundline',
            constraint=models.UniqueConstraint(fields=('town', 'code'), name='fund_line_code_once'),
        ),
        migrations.AddConstraint(
            model_name='fundline',
            constraint=models.CheckConstraint(condition=models.Q(('code', 'town'), _negated=True), name='fund_line_is_not_the_town'),
        ),
        migrations.AddConstraint(
            model_name='fundline',
            constraint=models.CheckConstraint(condition=models.Q(('free_cents__gte', 0)), name='fund_free_never_negative'),
        ),
        migrations.AddConstraint(
            model_name='fundline',
            constraint=models.CheckConstraint(condition=models.Q(('promised_cents__gte', 0)), name='fund_promised_never_negative'),
        ),
        migrations.AddConstraint(
            model_name='fundline',
            constraint=models.CheckConstraint(condition=models.Q(('paid_cents__gte', 0)), name='fund_paid_never_negative'),
        ),
        migrations.AddConstraint(
            model_name='fundpromise',
            constraint=models.UniqueConstraint(fields=('town', 'key'), name='fund_promise_once'),
        ),
        migrations.AddConstraint(
            model_name='fundpromise',
            constraint=models.CheckConstraint(condition=models.Q(('cents__gt', 0), ('left_cents__lte', models.F('cents'))), name='promise_within_amount'),
        ),
        migrations.AddConstraint(
            model_name='vouchercampaign',
            constraint=models.CheckConstraint(condition=models.Q(('value_cents__gt', 0)), name='voucher_is_worth_something'),
        ),
        migrations.AddConstraint(
            model_name='vouchercampaign',
            constraint=models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day'))), name='campaign_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='vouchercampaign',
            constraint=models.UniqueConstraint(fields=('town', 'name'), name='campaign_name_once'),
        ),
        migrations.AddConstraint(
            model_name='voucher',
            constraint=models.UniqueConstraint(fields=('town', 'code'), name='voucher_code_once'),
        ),
        migrations.AddConstraint(
            model_name='voucher',
            constraint=models.UniqueConstraint(condition=models.Q(('email', ''), _negated=True), fields=('campaign', 'email'), name='one_voucher_a_person_and_campaign'),
        ),
        migrations.AddConstraint(
            model_name='voucher',
            constraint=models.CheckConstraint(condition=models.Q(('left_cents__gte', 0)), name='voucher_never_overdrawn'),
        ),
        migrations.AddConstraint(
            model_name='voucher',
            constraint=models.CheckConstraint(condition=models.Q(('left_cents__lte', models.F('value_cents'))), name='voucher_never_overfilled'),
        ),
        migrations.AddConstraint(
            model_name='voucheruse',
            constraint=models.UniqueConstraint(fields=('town', 'key'), name='voucher_use_once'),
        ),
        migrations.AddConstraint(
            model_name='voucheruse',
            constraint=models.CheckConstraint(condition=models.Q(('cents__gt', 0)), name='voucher_use_moves_something'),
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
