"""All tables of the market at once, for a new database; one that took the fifteen steps goes on from there.

The steps that only moved rows are left out: a new database has none.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import parvis.core.ids
from django.conf import settings
from django.db import migrations, models


LEDGER = """
CREATE FUNCTION market_ledger_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(amount_cents) FROM market_ledgerentry WHERE transaction_id = NEW.transaction_id) <> 0 THEN
        RAISE EXCEPTION 'ledger transaction % does not add up to zero', NEW.transaction_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_adds_up AFTER INSERT OR UPDATE ON market_ledgerentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION market_ledger_adds_up();
CREATE FUNCTION market_ledger_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger entries are never changed: post a reversal' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER ledger_is_kept BEFORE UPDATE ON market_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION market_ledger_is_kept();
"""

LEDGER_BACK = """
DROP TRIGGER ledger_is_kept ON market_ledgerentry;
DROP FUNCTION market_ledger_is_kept();
DROP TRIGGER ledger_adds_up ON market_ledgerentry;
DROP FUNCTION market_ledger_adds_up();
"""

DOCUMENTS = """
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

DOCUMENTS_BACK = """
DROP TRIGGER document_is_kept ON market_document;
DROP FUNCTION market_document_is_kept();
"""

VOUCHERS = """
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

VOUCHERS_BACK = """
DROP TRIGGER fund_moves ON market_ledgerentry;
DROP FUNCTION market_fund_moves();
DROP TRIGGER voucher_use_is_kept ON market_voucheruse;
DROP FUNCTION market_voucher_use_is_kept();
DROP TRIGGER voucher_moves ON market_voucheruse;
DROP FUNCTION market_voucher_moves();
"""


class Migration(migrations.Migration):

    replaces = [('market', '0001_initial'), ('market', '0002_ledger_adds_up'), ('market', '0003_search_index_is_always_ready'), ('market', '0004_services_of_shops'), ('market', '0005_movements_without_an_order'), ('market', '0006_documents'), ('market', '0007_online_payment'), ('market', '0008_closures_of_the_market'), ('market', '0009_capacity_and_cycles'), ('market', '0010_ledger_by_day'), ('market', '0011_goods_in_bulk'), ('market', '0012_what_a_product_can_be'), ('market', '0013_vouchers_and_funds'), ('market', '0014_withdrawals'), ('market', '0015_telling')]

    initial = True

    dependencies = [
        ('delivery', '0002_second_promise'),
        ('people', '0002_bank_accounts'),
        ('places', '0010_places_in_window'),
        ('towns', '0003_words_synonyms_and_basemap'),
    ]

    operations = [
        migrations.CreateModel(
            name='Basket',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='baskets', to=settings.AUTH_USER_MODEL)),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'abstract': False,
            },
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
                'constraints': [models.UniqueConstraint(fields=('town', 'name'), name='fund_name_once')],
            },
        ),
        migrations.CreateModel(
            name='KnownProduct',
            fields=[
                ('ean', models.CharField(max_length=13, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=140)),
                ('ingredients', models.TextField(blank=True)),
                ('picture_url', models.URLField(blank=True, help_text='at its source; not shown, not fetched', max_length=400)),
                ('source', models.CharField(max_length=120)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('ean__regex', '^\\d{13}$')), name='known_ean_of_13_digits')],
            },
        ),
        migrations.CreateModel(
            name='Market',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('bike_fee_cents', models.PositiveIntegerField(default=390)),
                ('bike_fee_vat_bp', models.PositiveIntegerField(default=2000)),
                ('bike_free_from_cents', models.PositiveIntegerField(blank=True, null=True)),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('town',), name='one_market_a_town')],
            },
        ),
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
        migrations.CreateModel(
            name='MerchantAccount',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('provider', models.CharField(choices=[('stripe', 'Stripe'), ('mollie', 'Mollie')], max_length=10)),
                ('reference', models.CharField(max_length=80)),
                ('charges_enabled', models.BooleanField(default=False, help_text='the provider has checked who they are')),
                ('checked_at', models.DateTimeField(null=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='people.organisation')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organisation', 'provider'), name='merchant_account_once'), models.UniqueConstraint(fields=('provider', 'reference'), name='merchant_account_reference_once')],
            },
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
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=8)),
                ('secret', models.CharField(default=parvis.core.ids.secret_token, editable=False, max_length=32)),
                ('name', models.CharField(max_length=120)),
                ('email', models.EmailField(max_length=254)),
                ('phone', models.CharField(blank=True, max_length=30)),
                ('language', models.CharField(default='fr', max_length=2)),
                ('address', models.CharField(blank=True, max_length=240)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('placed_at', models.DateTimeField()),
                ('bike_fee_cents', models.PositiveIntegerField(default=0)),
                ('bike_fee_vat_bp', models.PositiveIntegerField(default=2000)),
                ('key', models.CharField(help_text='idempotency key of the checkout form', max_length=64)),
                ('delivery', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='order', to='delivery.delivery')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='orders', to=settings.AUTH_USER_MODEL)),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
                ('if_missing', models.CharField(choices=[('replace', 'Replace it by something alike, never dearer'), ('leave', 'Leave it out, I do not pay for it'), ('call', 'Call me')], default='leave', max_length=8)),
            ],
            options={
                'ordering': ['-placed_at'],
                'indexes': [models.Index(fields=['town', '-placed_at'], name='order_newest'), models.Index(fields=['person', '-placed_at'], name='order_of_person')],
                'constraints': [models.UniqueConstraint(fields=('town', 'code'), name='order_code_once'), models.UniqueConstraint(fields=('town', 'key'), name='order_key_once')],
            },
        ),
        migrations.CreateModel(
            name='ProviderEvent',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('provider', models.CharField(choices=[('stripe', 'Stripe'), ('mollie', 'Mollie')], max_length=10)),
                ('event_id', models.CharField(max_length=120)),
                ('kind', models.CharField(max_length=80)),
                ('about', models.JSONField(default=dict, help_text='the numbers of the objects it is about, and nothing else of it')),
                ('received_at', models.DateTimeField()),
                ('handled_at', models.DateTimeField(null=True)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('handled_at', None)), fields=['received_at'], name='provider_event_waiting')],
                'constraints': [models.UniqueConstraint(fields=('town', 'provider', 'event_id'), name='provider_event_once')],
            },
        ),
        migrations.CreateModel(
            name='Shop',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('slug', models.SlugField(max_length=80)),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('trade', models.CharField(help_text='a key of parvis.market.trades.TRADES', max_length=30)),
                ('tagline', models.CharField(blank=True, max_length=140, verbose_name='one line about the shop')),
                ('description', models.TextField(blank=True, verbose_name='about the shop')),
                ('picture', models.ImageField(blank=True, upload_to='shops/')),
                ('preparation_minutes', models.PositiveSmallIntegerField(default=60, verbose_name='minutes to prepare an order')),
                ('is_open', models.BooleanField(default=True, verbose_name='on the market')),
                ('takes_orders', models.BooleanField(default=True, verbose_name='takes orders')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shops', to='people.organisation')),
                ('place', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='shop', to='places.place')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
                ('minimum_cents', models.PositiveIntegerField(default=0, verbose_name='smallest order')),
            ],
            options={
                'indexes': [models.Index(fields=['town', 'trade', 'name'], name='shop_by_trade')],
                'constraints': [models.UniqueConstraint(fields=('town', 'slug'), name='shop_slug_once')],
            },
        ),
        migrations.CreateModel(
            name='Capacity',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('minutes', models.PositiveSmallIntegerField(choices=[(30, 'half an hour'), (60, 'one hour'), (120, 'two hours'), (1440, 'one day')], default=60)),
                ('most', models.PositiveSmallIntegerField(verbose_name='at most')),
                ('counts', models.CharField(choices=[('orders', 'orders'), ('points', 'points of work')], default='orders', max_length=6)),
                ('shop', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='capacity', to='market.shop')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'verbose_name_plural': 'capacities',
                'constraints': [models.CheckConstraint(condition=models.Q(('most__gte', 1)), name='capacity_of_something')],
            },
        ),
        migrations.CreateModel(
            name='Cycle',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('weekday', models.PositiveSmallIntegerField(null=True)),
                ('dates', django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), blank=True, default=list)),
                ('days_before', models.PositiveSmallIntegerField(default=2)),
                ('closes', models.TimeField(verbose_name='order until')),
                ('starts', models.TimeField(verbose_name='collect from')),
                ('ends', models.TimeField(verbose_name='collect until')),
                ('place', models.CharField(blank=True, max_length=160, verbose_name='place of collection')),
                ('most', models.PositiveSmallIntegerField(null=True, verbose_name='orders at most')),
                ('active', models.BooleanField(default=True)),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='own_cycles', to='market.shop')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'ordering': ['name', 'pk'],
                'indexes': [models.Index(fields=['town', 'name'], name='cycle_of_town')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends__gt', models.F('starts'))), name='cycle_in_order'), models.CheckConstraint(condition=models.Q(('weekday', None), ('weekday__lte', 6), _connector='OR'), name='cycle_weekday'), models.CheckConstraint(condition=models.Q(('most', None), ('most__gte', 1), _connector='OR'), name='cycle_of_something')],
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
                'constraints': [models.UniqueConstraint(fields=('town', 'code'), name='fund_line_code_once'), models.CheckConstraint(condition=models.Q(('code', 'town'), _negated=True), name='fund_line_is_not_the_town'), models.CheckConstraint(condition=models.Q(('free_cents__gte', 0)), name='fund_free_never_negative'), models.CheckConstraint(condition=models.Q(('promised_cents__gte', 0)), name='fund_promised_never_negative'), models.CheckConstraint(condition=models.Q(('paid_cents__gte', 0)), name='fund_paid_never_negative')],
            },
        ),
        migrations.CreateModel(
            name='GoodsChange',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('import', 'goods brought in'), ('table', 'changes in the table'), ('prices', 'new prices'), ('list', 'goods of the trade')], max_length=8)),
                ('new', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, help_text='products that it added')),
                ('moved', models.JSONField(default=dict, help_text='product → before, after, stock_by')),
                ('at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='goods_changes', to='market.shop')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'indexes': [models.Index(fields=['shop', '-at'], name='goods_change_newest')],
            },
        ),
        migrations.CreateModel(
            name='GoodsImport',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('way', models.CharField(choices=[('table', 'a table'), ('eans', 'a list of EANs'), ('photos', 'pictures'), ('website', 'a website')], max_length=8)),
                ('name', models.CharField(help_text='of the file, or the address it was read from', max_length=200)),
                ('hide_missing', models.BooleanField(default=False, help_text='goods that the file lacks are hidden')),
                ('rows', models.JSONField(default=list, help_text='what the file says, a product each')),
                ('errors', models.JSONField(default=list, help_text='rows that cannot be used, and why')),
                ('notes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=300), default=list, help_text='what is said of the whole file')),
                ('report', models.JSONField(default=dict, help_text='the difference as it was shown')),
                ('created_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('written_at', models.DateTimeField(blank=True, null=True)),
                ('problem', models.CharField(blank=True, help_text='why it cannot be used at all', max_length=300)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='imports', to='market.shop')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'indexes': [models.Index(fields=['shop', '-created_at'], name='goods_import_newest')],
            },
        ),
        migrations.CreateModel(
            name='LedgerTransaction',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('sale', 'Sale'), ('fee', 'Fee'), ('payment', 'Payment'), ('reversal', 'Reversal'), ('refund', 'Refund'), ('payout', 'Payout'), ('dispute', 'Dispute'), ('cost', 'Cost'), ('voucher', 'Voucher'), ('commission', 'Commission'), ('allotted', 'Allotted'), ('promise', 'Promise'), ('freed', 'Freed'), ('paid', 'Paid')], max_length=10)),
                ('at', models.DateTimeField()),
                ('key', models.CharField(max_length=120, unique=True)),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
                ('order', models.ForeignKey(help_text='none for money of the town itself', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ledger', to='market.order')),
                ('words', models.CharField(blank=True, help_text="for whoever reads the town's accounts", max_length=200)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['town', 'at'], name='ledger_by_day')],
            },
        ),
        migrations.CreateModel(
            name='Modality',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('collect', 'collect at the shop'), ('shop', 'delivered by the shop'), ('post', 'sent by post'), ('bike', "delivered by the town's bikes")], max_length=8)),
                ('fee_cents', models.PositiveIntegerField(default=0, help_text="the bikes' fee is the town's", verbose_name='fee')),
                ('fee_vat_bp', models.PositiveIntegerField(default=2000)),
                ('minimum_cents', models.PositiveIntegerField(default=0, verbose_name='minimum order')),
                ('note', models.CharField(blank=True, max_length=160, verbose_name='what buyers read')),
                ('active', models.BooleanField(default=True)),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='modalities', to='market.shop')),
            ],
            options={
                'verbose_name_plural': 'modalities',
                'constraints': [models.UniqueConstraint(fields=('shop', 'kind'), name='modality_once')],
            },
        ),
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('attempt', models.PositiveSmallIntegerField(default=1)),
                ('provider', models.CharField(choices=[('stripe', 'Stripe'), ('mollie', 'Mollie')], max_length=10)),
                ('amount_cents', models.PositiveIntegerField()),
                ('asked_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(help_text='until then goods and places are kept while the buyer pays')),
                ('session', models.CharField(blank=True, help_text='the hosted page, as the provider calls it', max_length=120)),
                ('reference', models.CharField(blank=True, help_text='the payment, as the provider calls it', max_length=120)),
                ('charge', models.CharField(blank=True, help_text='what transfers to merchants are taken from', max_length=120)),
                ('capture_before', models.DateTimeField(help_text='when the authorisation ends, if the provider says so', null=True)),
                ('next_look_at', models.DateTimeField(help_text='when it must be looked at again; never when all is done', null=True)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='market.order')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'ordering': ['attempt'],
                'indexes': [models.Index(condition=models.Q(('next_look_at', None), _negated=True), fields=['next_look_at'], name='payment_due'), models.Index(fields=['town', '-asked_at'], name='payment_newest'), models.Index(fields=['session'], name='payment_by_session')],
                'constraints': [models.UniqueConstraint(fields=('order', 'attempt'), name='payment_attempt_once'), models.UniqueConstraint(condition=models.Q(('reference', ''), _negated=True), fields=('provider', 'reference'), name='payment_reference_once'), models.CheckConstraint(condition=models.Q(('amount_cents__gt', 0)), name='payment_of_something')],
            },
        ),
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('slug', models.SlugField(max_length=120)),
                ('name', models.CharField(max_length=140, verbose_name='name')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('category', models.CharField(help_text='a key of parvis.market.trades.CATEGORIES', max_length=30, verbose_name='category')),
                ('price_cents', models.PositiveIntegerField(verbose_name='price, VAT included')),
                ('vat_bp', models.PositiveIntegerField(default=550, verbose_name='VAT rate')),
                ('unit', models.CharField(blank=True, max_length=40, verbose_name='sold by')),
                ('grams', models.PositiveIntegerField(default=500, verbose_name='weight of one, in grams')),
                ('millilitres', models.PositiveIntegerField(default=1000, verbose_name='volume of one, in millilitres')),
                ('stock', models.PositiveIntegerField(blank=True, null=True, verbose_name='in stock')),
                ('ean', models.CharField(blank=True, max_length=14)),
                ('picture', models.ImageField(blank=True, upload_to='products/', verbose_name='picture')),
                ('hidden', models.BooleanField(default=False, verbose_name='hidden')),
                ('search', django.contrib.postgres.search.SearchVectorField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='products', to='market.shop')),
                ('work', models.PositiveSmallIntegerField(default=1, verbose_name='points of work')),
                ('allergens', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), blank=True, help_text='keys of parvis.market.allergens.ALLERGENS; None where the shop has not said, empty for none', null=True)),
                ('deposit_cents', models.PositiveIntegerField(default=0, verbose_name='deposit on the bottle or jar')),
                ('order_days_before', models.PositiveSmallIntegerField(default=0, verbose_name='days before')),
                ('order_until', models.TimeField(blank=True, null=True, verbose_name='until')),
                ('sale_days', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, default=list, help_text='0 is Monday')),
                ('season_from', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='from the month')),
                ('season_to', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='to the month')),
                ('sold_by', models.CharField(choices=[('piece', 'By the piece'), ('weight', 'By weight, asked in grams'), ('about', 'By weight, asked in pieces of about so many grams')], default='piece', max_length=8, verbose_name='how it is sold')),
                ('temperature', models.CharField(choices=[('ambient', 'Not cooled'), ('cool', 'Keep cool'), ('frozen', 'Frozen')], default='ambient', max_length=8)),
                ('tolerance_percent', models.PositiveSmallIntegerField(default=10, verbose_name='heavier than asked by at most, per cent')),
                ('returning', models.CharField(blank=True, help_text='a key of parvis.market.returning.CHOICES', max_length=6, verbose_name='sent back')),
            ],
            options={
                'indexes': [models.Index(fields=['town', 'category', 'name'], name='product_by_category'), models.Index(fields=['shop', 'name'], name='product_by_shop'), models.Index(fields=['town', '-created_at'], name='product_newest'), django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['search'], name='product_search')],
                'constraints': [models.UniqueConstraint(fields=('shop', 'slug'), name='product_slug_once'), models.CheckConstraint(condition=models.Q(('stock', None), ('stock__gte', 0), _connector='OR'), name='stock_never_negative'), models.CheckConstraint(condition=models.Q(('sold_by', 'piece'), ('grams__gte', 1), _connector='OR'), name='weighed_in_portions'), models.CheckConstraint(condition=models.Q(models.Q(('season_from', None), ('season_to', None)), models.Q(('season_from__range', (1, 12)), ('season_to__range', (1, 12))), _connector='OR'), name='season_of_two_months')],
            },
        ),
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
                'constraints': [models.UniqueConstraint(fields=('town', 'shop', 'kind', 'year'), name='series_once', nulls_distinct=False), models.UniqueConstraint(fields=('town', 'letters', 'kind', 'year'), name='series_letters_once')],
            },
        ),
        migrations.CreateModel(
            name='Telling',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('by_sms', models.BooleanField(default=False, verbose_name='By text message')),
                ('phone', models.CharField(blank=True, help_text='E.164', max_length=16, verbose_name='Mobile number')),
                ('quiet_from', models.PositiveSmallIntegerField(default=21, validators=[django.core.validators.MaxValueValidator(23)], verbose_name='Quiet from')),
                ('quiet_until', models.PositiveSmallIntegerField(default=8, validators=[django.core.validators.MaxValueValidator(23)], verbose_name='Quiet until')),
                ('order', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='telling', to='market.order')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('person', None), _negated=True), fields=('town', 'person'), name='telling_once'), models.CheckConstraint(condition=models.Q(('person', None), ('order', None), _connector='XOR'), name='telling_of_one')],
            },
        ),
        migrations.CreateModel(
            name='BasketLine',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('quantity', models.PositiveSmallIntegerField()),
                ('basket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='market.basket')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='market.product')),
                ('options', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list)),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('quantity__gte', 1), ('quantity__lte', 99)), name='basket_quantity'), models.UniqueConstraint(fields=('basket', 'product', 'options'), name='basket_line_once')],
            },
        ),
        migrations.CreateModel(
            name='CycleShop',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='market.cycle')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='market.shop')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'indexes': [models.Index(fields=['shop'], name='cycles_of_shop')],
                'constraints': [models.UniqueConstraint(fields=('cycle', 'shop'), name='cycle_shop_once')],
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
                'constraints': [models.UniqueConstraint(fields=('town', 'key'), name='fund_promise_once'), models.CheckConstraint(condition=models.Q(('cents__gt', 0), ('left_cents__lte', models.F('cents'))), name='promise_within_amount')],
            },
        ),
        migrations.CreateModel(
            name='LedgerEntry',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('account', models.CharField(max_length=120)),
                ('amount_cents', models.IntegerField()),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
                ('transaction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='market.ledgertransaction')),
            ],
            options={
                'verbose_name_plural': 'ledger entries',
                'indexes': [models.Index(fields=['town', 'account'], name='ledger_by_account')],
            },
        ),
        migrations.CreateModel(
            name='OptionGroup',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=40, verbose_name='what is chosen')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='groups', to='market.product')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'ordering': ['position', 'id'],
                'constraints': [models.UniqueConstraint(fields=('product', 'name'), name='option_group_once')],
            },
        ),
        migrations.CreateModel(
            name='Part',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('collect', 'collect at the shop'), ('shop', 'delivered by the shop'), ('post', 'sent by post'), ('bike', "delivered by the town's bikes")], max_length=8)),
                ('fee_cents', models.PositiveIntegerField(default=0)),
                ('fee_vat_bp', models.PositiveIntegerField(default=2000)),
                ('placed_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(help_text='when the goods must be ready (for bikes: at the hub)')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='market.order')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='market.shop')),
                ('online', models.BooleanField(default=False, help_text='paid through the provider before the shop sees it')),
                ('collected_at', models.CharField(blank=True, help_text='where, if not at the shop', max_length=160)),
                ('turn_day', models.DateField(help_text='the day of collection of its cycle', null=True)),
                ('until', models.DateTimeField(help_text='when collecting ends, where that was promised', null=True)),
                ('work', models.PositiveIntegerField(default=1, help_text='points of work')),
                ('work_at', models.DateTimeField(help_text="the window of the shop's capacity in which it is prepared", null=True)),
                ('cycle', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='parts', to='market.cycle')),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['shop', '-due_at'], name='part_of_shop'), models.Index(fields=['town', 'placed_at'], name='part_by_day'), models.Index(condition=models.Q(('work_at__isnull', False)), fields=['shop', 'work_at'], name='part_at_work'), models.Index(condition=models.Q(('cycle__isnull', False)), fields=['cycle', 'turn_day'], name='part_of_turn')],
                'constraints': [models.UniqueConstraint(fields=('order', 'shop'), name='part_once')],
            },
        ),
        migrations.CreateModel(
            name='PaymentEvent',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('asked', 'Asked'), ('authorised', 'Authorised'), ('captured', 'Captured'), ('cancelled', 'Cancelled'), ('failed', 'Failed'), ('refunded', 'Refunded'), ('disputed', 'Disputed'), ('won', 'Dispute Won')], max_length=10)),
                ('key', models.CharField(help_text='which happening it is: once for each payment', max_length=120)),
                ('amount_cents', models.PositiveIntegerField(default=0)),
                ('at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(auto_now_add=True)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='market.payment')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'ordering': ['at', 'id'],
                'constraints': [models.UniqueConstraint(fields=('payment', 'key'), name='payment_event_once')],
            },
        ),
        migrations.CreateModel(
            name='ProviderMovement',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('provider', models.CharField(choices=[('stripe', 'Stripe'), ('mollie', 'Mollie')], max_length=10)),
                ('reference', models.CharField(max_length=120)),
                ('kind', models.CharField(max_length=40)),
                ('amount_cents', models.IntegerField()),
                ('fee_cents', models.IntegerField(default=0)),
                ('at', models.DateTimeField()),
                ('source', models.CharField(blank=True, max_length=120)),
                ('payment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='market.payment')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'indexes': [models.Index(fields=['town', '-at'], name='provider_movement_newest')],
                'constraints': [models.UniqueConstraint(fields=('town', 'provider', 'reference'), name='provider_movement_once')],
            },
        ),
        migrations.CreateModel(
            name='TellingBrowser',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('endpoint', models.URLField(max_length=1000)),
                ('p256dh', models.CharField(max_length=100)),
                ('auth', models.CharField(max_length=40)),
                ('created_at', models.DateTimeField()),
                ('telling', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='browsers', to='market.telling')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('telling', 'endpoint'), name='telling_browser_once')],
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
                'constraints': [models.CheckConstraint(condition=models.Q(('value_cents__gt', 0)), name='voucher_is_worth_something'), models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day'))), name='campaign_ends_after_it_begins'), models.UniqueConstraint(fields=('town', 'name'), name='campaign_name_once')],
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
            options={
                'indexes': [models.Index(fields=['town', 'issued_at'], name='document_by_day')],
                'constraints': [models.UniqueConstraint(fields=('series', 'number'), name='document_number_once'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='document_number_counts')],
            },
        ),
        migrations.CreateModel(
            name='Line',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=140)),
                ('unit', models.CharField(blank=True, max_length=40)),
                ('unit_price_cents', models.PositiveIntegerField(help_text='of one, or of a kilo; options included')),
                ('vat_bp', models.PositiveIntegerField()),
                ('grams', models.PositiveIntegerField(default=0)),
                ('millilitres', models.PositiveIntegerField(default=0)),
                ('quantity', models.PositiveSmallIntegerField()),
                ('prepared_quantity', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('counted', models.BooleanField(default=False, help_text='stock was taken for it')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
                ('part', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='market.part')),
                ('product', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='lines', to='market.product')),
                ('deposit_cents', models.PositiveIntegerField(default=0, help_text='of one')),
                ('option_words', models.CharField(blank=True, max_length=200)),
                ('prepared_grams', models.PositiveIntegerField(blank=True, help_text='weighed; only for goods by weight', null=True)),
                ('replaces', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='substitutes', to='market.line')),
                ('sold_by', models.CharField(choices=[('piece', 'By the piece'), ('weight', 'By weight, asked in grams'), ('about', 'By weight, asked in pieces of about so many grams')], default='piece', max_length=8)),
                ('temperature', models.CharField(choices=[('ambient', 'Not cooled'), ('cool', 'Keep cool'), ('frozen', 'Frozen')], default='ambient', max_length=8)),
                ('tolerance_percent', models.PositiveSmallIntegerField(default=0)),
                ('returning', models.CharField(default='yes', help_text='whether it may be sent back, as it was sold', max_length=6)),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('prepared_quantity', None), ('prepared_quantity__lte', models.F('quantity')), _connector='OR'), name='prepared_at_most_ordered'), models.CheckConstraint(condition=models.Q(('prepared_grams', None), models.Q(models.Q(('sold_by', 'piece'), _negated=True), ('prepared_quantity__isnull', False)), _connector='OR'), name='weighed_is_by_weight'), models.CheckConstraint(condition=models.Q(('prepared_grams', None), ('prepared_grams__lte', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('grams'), '*', models.F('quantity')), '*', django.db.models.expressions.CombinedExpression(models.Value(100), '+', models.F('tolerance_percent'))), '/', models.Value(100))), _connector='OR'), name='weighed_at_most_tolerated')],
            },
        ),
        migrations.CreateModel(
            name='Option',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('surcharge_cents', models.PositiveIntegerField(default=0, verbose_name='more by')),
                ('stock', models.PositiveIntegerField(blank=True, null=True, verbose_name='in stock')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='options', to='market.optiongroup')),
            ],
            options={
                'ordering': ['position', 'id'],
                'constraints': [models.UniqueConstraint(fields=('group', 'name'), name='option_once'), models.CheckConstraint(condition=models.Q(('stock', None), ('stock__gte', 0), _connector='OR'), name='option_stock_never_negative')],
            },
        ),
        migrations.CreateModel(
            name='PartEvent',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('reserved', 'waits for the payment'), ('placed', 'placed'), ('accepted', 'accepted'), ('refused', 'refused'), ('ready', 'ready'), ('sent', 'sent'), ('done', 'handed over'), ('cancelled', 'cancelled')], max_length=10)),
                ('at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(auto_now_add=True)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('part', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='market.part')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'ordering': ['at', 'id'],
                'indexes': [models.Index(fields=['part', 'at'], name='part_story')],
                'constraints': [models.UniqueConstraint(fields=('part', 'kind'), name='part_event_once')],
            },
        ),
        migrations.CreateModel(
            name='ProviderCall',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('verb', models.CharField(choices=[('open', 'open'), ('close', 'close'), ('capture', 'capture'), ('cancel', 'cancel'), ('refund', 'refund'), ('transfer', 'transfer'), ('reverse', 'reverse')], max_length=10)),
                ('key', models.CharField(max_length=120, unique=True)),
                ('amount_cents', models.PositiveIntegerField(default=0)),
                ('request', models.JSONField(default=dict)),
                ('result', models.JSONField(default=dict)),
                ('reference', models.CharField(blank=True, max_length=120)),
                ('wanted_at', models.DateTimeField()),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_try_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(null=True)),
                ('given_up_at', models.DateTimeField(null=True)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('part', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payouts', to='market.part')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='market.payment')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'ordering': ['wanted_at', 'id'],
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
                'constraints': [models.UniqueConstraint(fields=('town', 'code'), name='voucher_code_once'), models.UniqueConstraint(condition=models.Q(('email', ''), _negated=True), fields=('campaign', 'email'), name='one_voucher_a_person_and_campaign'), models.CheckConstraint(condition=models.Q(('left_cents__gte', 0)), name='voucher_never_overdrawn'), models.CheckConstraint(condition=models.Q(('left_cents__lte', models.F('value_cents'))), name='voucher_never_overfilled')],
            },
        ),
        migrations.CreateModel(
            name='Withdrawal',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('email', models.EmailField(help_text='where its receipt was acknowledged', max_length=254)),
                ('words', models.CharField(blank=True, help_text='what the buyer added; no reason is needed', max_length=300)),
                ('asked_at', models.DateTimeField()),
                ('key', models.CharField(help_text='idempotency key of the form', max_length=64)),
                ('part', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='withdrawals', to='market.part')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
            ],
            options={
                'ordering': ['asked_at'],
                'constraints': [models.UniqueConstraint(fields=('town', 'key'), name='withdrawal_key_once')],
            },
        ),
        migrations.CreateModel(
            name='StockMovement',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('delta', models.IntegerField()),
                ('reason', models.CharField(choices=[('counted', 'counted by the shop'), ('ordered', 'ordered'), ('released', 'order cancelled or refused')], max_length=10)),
                ('at', models.DateTimeField()),
                ('line_id', models.UUIDField(null=True)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='movements', to='market.product')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
                ('option', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='movements', to='market.option')),
            ],
            options={
                'indexes': [models.Index(fields=['product', 'at'], name='stock_story'), models.Index(condition=models.Q(('line_id__isnull', False)), fields=['line_id'], name='stock_of_line')],
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
                'constraints': [models.UniqueConstraint(fields=('town', 'key'), name='voucher_use_once'), models.CheckConstraint(condition=models.Q(('cents__gt', 0)), name='voucher_use_moves_something')],
            },
        ),
        migrations.CreateModel(
            name='WithdrawalEvent',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('asked', 'asked'), ('received', 'goods back'), ('refunded', 'refunded'), ('refused', 'refused')], max_length=10)),
                ('at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('cents', models.PositiveIntegerField(default=0, help_text="what was refunded, the bikes' fee included")),
                ('fee_cents', models.PositiveIntegerField(default=0, help_text="of which the bikes' fee")),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
                ('withdrawal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='market.withdrawal')),
            ],
            options={
                'ordering': ['at', 'id'],
                'constraints': [models.UniqueConstraint(fields=('withdrawal', 'kind'), name='withdrawal_event_once'), models.UniqueConstraint(condition=models.Q(('kind__in', ['refunded', 'refused'])), fields=('withdrawal',), name='withdrawal_ends_once')],
            },
        ),
        migrations.CreateModel(
            name='WithdrawalLine',
            fields=[
                ('id', models.UUIDField(default=parvis.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('quantity', models.PositiveSmallIntegerField()),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='market.line')),
                ('town', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='towns.town')),
                ('withdrawal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='market.withdrawal')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('withdrawal', 'line'), name='withdrawal_line_once'), models.CheckConstraint(condition=models.Q(('quantity__gte', 1)), name='withdrawal_quantity')],
            },
        ),
        migrations.AddField(
            model_name='Cycle',
            name='shops',
            field=models.ManyToManyField(related_name='cycles', through='market.CycleShop', to='market.shop'),
        ),
        migrations.RunSQL(LEDGER, LEDGER_BACK),
        migrations.RunSQL(DOCUMENTS, DOCUMENTS_BACK),
        migrations.RunSQL(VOUCHERS, VOUCHERS_BACK),
    ]
