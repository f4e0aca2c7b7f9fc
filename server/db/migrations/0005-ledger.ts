import type { Migration } from '../migrate.ts';

/**
 * Money is in whole micro-units (1,000,000 = one unit of the currency). `wallet_ledger` is the truth: it can only be
 * added to, each row must continue the balance of the one before, and `wallets.balance_micro` can hold nothing but the
 * balance of the newest row.
 */
export const ledgerSchema: Migration = {
  version: 5,
  name: 'ledger',
  sql: `
CREATE TABLE wallets (
  id TEXT PRIMARY KEY,
  owner_type TEXT NOT NULL CHECK (owner_type IN ('user', 'org')),
  owner_id TEXT NOT NULL,
  balance_micro INTEGER NOT NULL DEFAULT 0,
  cap_micro INTEGER CHECK (cap_micro >= 0),
  spent_micro INTEGER NOT NULL DEFAULT 0,
  spent_month_at_ms INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  UNIQUE (owner_type, owner_id)
) STRICT;

CREATE TABLE wallet_grants (
  id TEXT PRIMARY KEY,
  wallet_id TEXT NOT NULL REFERENCES wallets (id),
  amount_micro INTEGER NOT NULL CHECK (amount_micro > 0),
  remaining_micro INTEGER NOT NULL CHECK (remaining_micro BETWEEN 0 AND amount_micro),
  source_wallet_id TEXT REFERENCES wallets (id),
  granted_by TEXT,
  note TEXT,
  locked INTEGER NOT NULL CHECK (locked IN (0, 1)),
  expires_at_ms INTEGER,
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX wallet_grants_by_wallet ON wallet_grants (wallet_id);
CREATE INDEX wallet_grants_usable ON wallet_grants (wallet_id, expires_at_ms) WHERE remaining_micro > 0;
CREATE INDEX wallet_grants_due ON wallet_grants (expires_at_ms) WHERE remaining_micro > 0 AND expires_at_ms IS NOT NULL;

CREATE TABLE wallet_ledger (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  wallet_id TEXT NOT NULL REFERENCES wallets (id),
  entry_type TEXT NOT NULL CHECK (
    entry_type IN ('grant', 'debit', 'transfer_in', 'transfer_out', 'adjustment', 'expiry', 'refund')
  ),
  amount_micro INTEGER NOT NULL CHECK (
    CASE
      WHEN entry_type IN ('grant', 'transfer_in', 'refund') THEN amount_micro > 0
      WHEN entry_type IN ('debit', 'transfer_out', 'expiry') THEN amount_micro < 0
      ELSE amount_micro <> 0
    END
  ),
  balance_after_micro INTEGER NOT NULL,
  reference_type TEXT,
  reference_id TEXT,
  note TEXT,
  actor_user_id TEXT,
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX wallet_ledger_by_wallet ON wallet_ledger (wallet_id, seq);
CREATE UNIQUE INDEX wallet_ledger_once ON wallet_ledger (entry_type, reference_type, reference_id)
  WHERE entry_type IN ('debit', 'expiry') AND reference_id IS NOT NULL;

CREATE TRIGGER wallet_ledger_no_update BEFORE UPDATE ON wallet_ledger
BEGIN SELECT RAISE(ABORT, 'the ledger can only be added to'); END;
CREATE TRIGGER wallet_ledger_no_delete BEFORE DELETE ON wallet_ledger
BEGIN SELECT RAISE(ABORT, 'the ledger can only be added to'); END;
CREATE TRIGGER wallet_ledger_continues BEFORE INSERT ON wallet_ledger
BEGIN
  SELECT RAISE(ABORT, 'the ledger can only be added to')
    WHERE EXISTS (SELECT 1 FROM wallet_ledger WHERE seq = NEW.seq OR id = NEW.id);
  SELECT RAISE(ABORT, 'a ledger entry must continue the balance of its wallet')
    WHERE NEW.balance_after_micro <> NEW.amount_micro + (SELECT balance_micro FROM wallets WHERE id = NEW.wallet_id);
END;
CREATE TRIGGER wallet_ledger_balance AFTER INSERT ON wallet_ledger
BEGIN UPDATE wallets SET balance_micro = NEW.balance_after_micro WHERE id = NEW.wallet_id; END;
CREATE TRIGGER wallets_begin_empty BEFORE INSERT ON wallets WHEN NEW.balance_micro <> 0
BEGIN SELECT RAISE(ABORT, 'a wallet begins empty'); END;
CREATE TRIGGER wallets_balance_from_ledger BEFORE UPDATE OF balance_micro ON wallets
WHEN NEW.balance_micro <> coalesce(
  (SELECT balance_after_micro FROM wallet_ledger WHERE wallet_id = NEW.id ORDER BY seq DESC LIMIT 1), 0)
BEGIN SELECT RAISE(ABORT, 'a balance changes through the ledger alone'); END;

CREATE TABLE billing_settings (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  enforcement INTEGER NOT NULL CHECK (enforcement IN (0, 1)),
  updated_at_ms INTEGER NOT NULL
) STRICT;
INSERT INTO billing_settings (id, enforcement, updated_at_ms) VALUES (1, 0, 0);

CREATE TABLE prices (
  service_type TEXT NOT NULL CHECK (service_type IN ('stt', 'llm', 'tts', 'telephony', 'embedding')),
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  unit TEXT NOT NULL CHECK (unit IN ('second', 'character', 'token', 'turn', 'passage')),
  price_micro INTEGER NOT NULL CHECK (price_micro >= 0),
  per_quantity INTEGER NOT NULL CHECK (per_quantity > 0),
  updated_at_ms INTEGER NOT NULL,
  PRIMARY KEY (service_type, provider, model, unit)
) STRICT;

CREATE TABLE usage_sessions (
  id TEXT PRIMARY KEY,
  type TEXT NOT NULL CHECK (type IN ('calls', 'chat', 'embedding')),
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  user_id TEXT,
  agent_id TEXT,
  agent_name TEXT,
  request_id TEXT,
  wallet_id TEXT NOT NULL REFERENCES wallets (id),
  org_type TEXT NOT NULL,
  started_at_ms INTEGER NOT NULL,
  duration_seconds INTEGER NOT NULL CHECK (duration_seconds >= 0),
  base_micro INTEGER NOT NULL CHECK (base_micro >= 0),
  markup_micro INTEGER NOT NULL CHECK (markup_micro >= 0),
  commission_micro INTEGER NOT NULL CHECK (commission_micro BETWEEN 0 AND base_micro),
  cost_micro INTEGER NOT NULL CHECK (cost_micro = base_micro + markup_micro),
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX usage_sessions_by_organization ON usage_sessions (organization_id, started_at_ms);
CREATE INDEX usage_sessions_by_user ON usage_sessions (user_id, started_at_ms);
CREATE INDEX usage_sessions_by_start ON usage_sessions (started_at_ms);

CREATE TABLE usage_lines (
  session_id TEXT NOT NULL REFERENCES usage_sessions (id),
  line INTEGER NOT NULL,
  service_type TEXT NOT NULL CHECK (service_type IN ('stt', 'llm', 'tts', 'telephony', 'embedding')),
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  quantity INTEGER NOT NULL CHECK (quantity >= 0),
  unit TEXT NOT NULL CHECK (unit IN ('second', 'character', 'token', 'turn', 'passage')),
  base_micro INTEGER NOT NULL CHECK (base_micro >= 0),
  markup_micro INTEGER NOT NULL CHECK (markup_micro >= 0),
  cost_micro INTEGER NOT NULL CHECK (cost_micro = base_micro + markup_micro),
  PRIMARY KEY (session_id, line)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER usage_sessions_no_update BEFORE UPDATE ON usage_sessions
BEGIN SELECT RAISE(ABORT, 'usage can only be added to'); END;
CREATE TRIGGER usage_sessions_no_delete BEFORE DELETE ON usage_sessions
BEGIN SELECT RAISE(ABORT, 'usage can only be added to'); END;
CREATE TRIGGER usage_lines_no_update BEFORE UPDATE ON usage_lines
BEGIN SELECT RAISE(ABORT, 'usage can only be added to'); END;
CREATE TRIGGER usage_lines_no_delete BEFORE DELETE ON usage_lines
BEGIN SELECT RAISE(ABORT, 'usage can only be added to'); END;

CREATE TABLE metering_cursor (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  seq INTEGER NOT NULL
) STRICT;
INSERT INTO metering_cursor (id, seq) VALUES (1, 0);

CREATE TABLE feature_flags (
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  flag TEXT NOT NULL,
  value INTEGER NOT NULL CHECK (value IN (0, 1)),
  updated_at_ms INTEGER NOT NULL,
  PRIMARY KEY (user_id, flag)
) STRICT, WITHOUT ROWID;
`,
};
