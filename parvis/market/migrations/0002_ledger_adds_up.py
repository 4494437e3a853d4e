"""The database itself refuses a movement of money whose two sides differ."""

from django.db import migrations

CREATE = """
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

DROP = """
DROP TRIGGER ledger_is_kept ON market_ledgerentry;
DROP FUNCTION market_ledger_is_kept();
DROP TRIGGER ledger_adds_up ON market_ledgerentry;
DROP FUNCTION market_ledger_adds_up();
"""


class Migration(migrations.Migration):
    dependencies = [("market", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
