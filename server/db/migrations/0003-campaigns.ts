import type { Migration } from '../migrate.ts';

/** `outcome` is the finer status of a call, written with every change of it (`outcomeOf` in the domain). */
export const campaignsSchema: Migration = {
  version: 3,
  name: 'campaigns',
  sql: `
ALTER TABLE calls ADD COLUMN request_id TEXT;
ALTER TABLE calls ADD COLUMN user_id TEXT;
ALTER TABLE calls ADD COLUMN channel TEXT NOT NULL DEFAULT 'sip' CHECK (channel IN ('sip', 'web'));
ALTER TABLE calls ADD COLUMN campaign_id TEXT;
ALTER TABLE calls ADD COLUMN campaign_member_id TEXT;
ALTER TABLE calls ADD COLUMN caller_number_id TEXT;
ALTER TABLE calls ADD COLUMN variables TEXT NOT NULL DEFAULT '{}';
ALTER TABLE calls ADD COLUMN notes TEXT;
ALTER TABLE calls ADD COLUMN answered_by TEXT CHECK (answered_by IN ('human', 'voicemail'));
ALTER TABLE calls ADD COLUMN outcome TEXT NOT NULL DEFAULT 'initiated';
ALTER TABLE calls ADD COLUMN ringing_at_ms INTEGER;
ALTER TABLE calls ADD COLUMN deleted_at_ms INTEGER;

UPDATE calls SET request_id = id, outcome = CASE
  WHEN status <> 'failed' THEN status
  WHEN end_reason = 'busy' THEN 'busy'
  WHEN end_reason = 'no-answer' THEN 'no_answer'
  WHEN end_reason IN ('cancelled', 'api-cancel') AND answered_at_ms IS NULL THEN 'cancelled'
  ELSE 'failed' END;

DROP INDEX calls_by_organization;
DROP INDEX calls_by_agent;
CREATE UNIQUE INDEX calls_by_request ON calls (request_id);
CREATE INDEX calls_listed ON calls (organization_id) WHERE deleted_at_ms IS NULL;
CREATE INDEX calls_listed_by_outcome ON calls (organization_id, outcome) WHERE deleted_at_ms IS NULL;
CREATE INDEX calls_listed_by_status ON calls (organization_id, status) WHERE deleted_at_ms IS NULL;
CREATE INDEX calls_listed_by_agent ON calls (agent_id, organization_id) WHERE deleted_at_ms IS NULL;
CREATE INDEX calls_listed_by_user ON calls (user_id, organization_id) WHERE deleted_at_ms IS NULL AND user_id IS NOT NULL;
CREATE INDEX calls_listed_by_start ON calls (organization_id, started_at_ms) WHERE deleted_at_ms IS NULL;
CREATE INDEX calls_listed_by_campaign ON calls (campaign_id) WHERE campaign_id IS NOT NULL AND deleted_at_ms IS NULL;
CREATE INDEX calls_listed_by_to ON calls (to_user, organization_id) WHERE deleted_at_ms IS NULL;
CREATE INDEX calls_listed_by_from ON calls (from_user, organization_id) WHERE deleted_at_ms IS NULL;
CREATE INDEX calls_by_agent ON calls (agent_id, status);
CREATE INDEX calls_dialled ON calls (organization_id, started_at_ms) WHERE direction = 'outbound';

CREATE INDEX tasks_due ON tasks (scheduled_at_ms)
  WHERE status = 'pending' AND scheduled_at_ms IS NOT NULL AND deleted_at_ms IS NULL;

CREATE TABLE campaigns (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  user_id TEXT,
  kind TEXT NOT NULL CHECK (kind IN ('kupe-batch', 'kupe-campaign', 'voicera')),
  name TEXT NOT NULL,
  description TEXT,
  agent_id TEXT REFERENCES agents (id),
  caller_number_id TEXT,
  status TEXT NOT NULL CHECK (status IN ('draft', 'scheduled', 'active', 'paused', 'stopped', 'completed')),
  concurrency INTEGER NOT NULL CHECK (concurrency >= 1),
  max_retries INTEGER NOT NULL CHECK (max_retries >= 0),
  retry_delay_ms INTEGER NOT NULL CHECK (retry_delay_ms >= 0),
  start_at_ms INTEGER,
  end_at_ms INTEGER,
  variable_names TEXT NOT NULL,
  starting_message TEXT,
  voicemail TEXT NOT NULL,
  extras TEXT NOT NULL,
  launched_at_ms INTEGER,
  paused_at_ms INTEGER,
  resumed_at_ms INTEGER,
  stopped_at_ms INTEGER,
  completed_at_ms INTEGER,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  deleted_at_ms INTEGER
) STRICT;
CREATE INDEX campaigns_by_organization ON campaigns (organization_id) WHERE deleted_at_ms IS NULL;
CREATE INDEX campaigns_by_agent ON campaigns (agent_id) WHERE deleted_at_ms IS NULL;
CREATE INDEX campaigns_running ON campaigns (status) WHERE status IN ('scheduled', 'active');

CREATE TABLE campaign_members (
  id TEXT PRIMARY KEY,
  campaign_id TEXT NOT NULL REFERENCES campaigns (id),
  position INTEGER NOT NULL,
  to_number TEXT NOT NULL,
  variables TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('pending', 'dialing', 'completed', 'failed', 'busy', 'no-answer', 'voicemail',
    'interrupted', 'do-not-call', 'cancelled')),
  attempts INTEGER NOT NULL,
  last_call_id TEXT,
  error_message TEXT,
  next_attempt_at_ms INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  UNIQUE (campaign_id, position)
) STRICT;
CREATE INDEX campaign_members_waiting ON campaign_members (campaign_id, status, next_attempt_at_ms, position);
CREATE INDEX campaign_members_by_number ON campaign_members (campaign_id, to_number);
CREATE INDEX campaign_members_dialing ON campaign_members (status) WHERE status = 'dialing';

CREATE TABLE do_not_call (
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  number TEXT NOT NULL,
  reason TEXT,
  created_at_ms INTEGER NOT NULL,
  PRIMARY KEY (organization_id, number)
) STRICT;

CREATE TABLE outbound_rules (
  organization_id TEXT PRIMARY KEY REFERENCES organizations (id),
  may_dial INTEGER NOT NULL,
  allowed_prefixes TEXT,
  max_calls_at_once INTEGER,
  max_calls_per_hour INTEGER,
  updated_at_ms INTEGER NOT NULL
) STRICT;
`,
};
