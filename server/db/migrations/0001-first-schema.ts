import type { Migration } from '../migrate.ts';

/** Times are milliseconds since 1970 (`_at_ms`); JSON columns hold what the domain type of the same name says. */
export const firstSchema: Migration = {
  version: 1,
  name: 'first-schema',
  sql: `
CREATE TABLE organizations (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  email TEXT NOT NULL COLLATE NOCASE UNIQUE,
  full_name TEXT,
  role TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE credentials (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  prefix TEXT NOT NULL,
  last_used_at_ms INTEGER,
  expires_at_ms INTEGER,
  revoked_at_ms INTEGER,
  created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE agents (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  description TEXT,
  system_prompt TEXT NOT NULL,
  starting_message TEXT,
  enabled INTEGER NOT NULL,
  voice_settings TEXT,
  dtmf_rules TEXT,
  knowledge TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  transfer_targets TEXT NOT NULL,
  recording_enabled INTEGER NOT NULL,
  recording_announcement TEXT,
  turn_settings TEXT NOT NULL,
  voice TEXT,
  is_default INTEGER NOT NULL,
  extras TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  deleted_at_ms INTEGER
) STRICT;
CREATE INDEX agents_by_organization ON agents (organization_id);
CREATE UNIQUE INDEX agents_one_default ON agents (is_default) WHERE is_default = 1;

CREATE VIRTUAL TABLE knowledge_sentences USING fts5 (
  agent_token, sentence, tokenize = 'porter unicode61 remove_diacritics 2'
);

CREATE TABLE numbers (
  dialled TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  agent_id TEXT NOT NULL REFERENCES agents (id),
  updated_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE peers (
  name TEXT PRIMARY KEY,
  host TEXT NOT NULL,
  port INTEGER NOT NULL,
  transport TEXT NOT NULL,
  username TEXT,
  domain TEXT,
  allowed_sources TEXT NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE tasks (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  agent_id TEXT NOT NULL REFERENCES agents (id),
  name TEXT NOT NULL,
  to_number TEXT NOT NULL,
  description TEXT,
  starting_message TEXT,
  context_data TEXT NOT NULL,
  priority INTEGER NOT NULL,
  scheduled_at_ms INTEGER,
  webhook_url TEXT,
  webhook_events TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('pending', 'in_progress', 'completed', 'failed')),
  last_call_id TEXT REFERENCES calls (id),
  attempts INTEGER NOT NULL,
  error_message TEXT,
  executed_at_ms INTEGER,
  completed_at_ms INTEGER,
  extras TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  deleted_at_ms INTEGER
) STRICT;
CREATE INDEX tasks_by_organization ON tasks (organization_id);
CREATE INDEX tasks_by_agent ON tasks (agent_id, status);
CREATE INDEX tasks_in_progress ON tasks (status) WHERE status = 'in_progress';

CREATE TABLE calls (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  agent_id TEXT NOT NULL REFERENCES agents (id),
  task_id TEXT REFERENCES tasks (id),
  direction TEXT NOT NULL CHECK (direction IN ('inbound', 'outbound')),
  from_user TEXT NOT NULL,
  to_user TEXT NOT NULL,
  from_display_name TEXT,
  from_uri TEXT NOT NULL,
  to_uri TEXT NOT NULL,
  p_asserted_identity TEXT,
  diversion TEXT,
  sip_call_id TEXT,
  status TEXT NOT NULL CHECK (status IN ('initiated', 'in_progress', 'completed', 'failed')),
  end_reason TEXT,
  error_message TEXT,
  brain TEXT,
  stt TEXT,
  tts TEXT,
  message TEXT,
  extracted TEXT NOT NULL,
  started_at_ms INTEGER NOT NULL,
  answered_at_ms INTEGER,
  ended_at_ms INTEGER,
  updated_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX calls_by_organization ON calls (organization_id);
CREATE INDEX calls_by_agent ON calls (agent_id);
CREATE INDEX calls_by_task ON calls (task_id);
CREATE INDEX calls_by_sip_call_id ON calls (sip_call_id);
CREATE INDEX calls_open ON calls (status) WHERE status IN ('initiated', 'in_progress');

CREATE TABLE turns (
  call_id TEXT NOT NULL REFERENCES calls (id),
  seq INTEGER NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('agent', 'caller')),
  text TEXT NOT NULL,
  start_ms REAL NOT NULL,
  end_ms REAL NOT NULL,
  interrupted INTEGER NOT NULL,
  provider TEXT NOT NULL,
  marks TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  PRIMARY KEY (call_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE recordings (
  call_id TEXT PRIMARY KEY REFERENCES calls (id),
  state TEXT NOT NULL CHECK (state IN ('open', 'ready', 'partial', 'missing')),
  path TEXT NOT NULL UNIQUE,
  size_bytes INTEGER,
  sha256 TEXT,
  duration_ms INTEGER,
  error_message TEXT,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX recordings_open ON recordings (state) WHERE state = 'open';

CREATE TABLE event_log (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  organization_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  fact TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;
`,
};
