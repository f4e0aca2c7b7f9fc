import type { Migration } from '../migrate.ts';

/** Columns that end in `_sealed` hold what `secrets` sealed; the rest of the JSON columns is readable. */
export const toolsAndWebhooksSchema: Migration = {
  version: 7,
  name: 'tools-and-webhooks',
  sql: `
CREATE TABLE tools (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  user_id TEXT,
  name TEXT NOT NULL,
  description TEXT,
  url TEXT NOT NULL,
  http_method TEXT NOT NULL,
  tool_schema TEXT NOT NULL,
  headers_sealed TEXT NOT NULL,
  payload_schema TEXT NOT NULL,
  output_schema TEXT NOT NULL,
  provider_name TEXT,
  timeout_ms INTEGER NOT NULL,
  is_active INTEGER NOT NULL,
  extras TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  deleted_at_ms INTEGER
) STRICT;
CREATE INDEX tools_by_organization ON tools (organization_id) WHERE deleted_at_ms IS NULL;

CREATE TABLE mcp_servers (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  user_id TEXT,
  name TEXT NOT NULL,
  server_url TEXT NOT NULL,
  transport TEXT NOT NULL CHECK (transport IN ('streamable_http', 'sse')),
  headers_sealed TEXT NOT NULL,
  timeout_ms INTEGER NOT NULL,
  tools TEXT NOT NULL,
  allowed_tools TEXT NOT NULL,
  is_active INTEGER NOT NULL,
  last_error TEXT,
  extras TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  deleted_at_ms INTEGER
) STRICT;
CREATE INDEX mcp_servers_by_organization ON mcp_servers (organization_id) WHERE deleted_at_ms IS NULL;

CREATE TABLE agent_tools (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  agent_id TEXT NOT NULL REFERENCES agents (id),
  tool_type TEXT NOT NULL CHECK (tool_type IN ('endpoint', 'mcp_server')),
  tool_id TEXT NOT NULL,
  config_overrides TEXT NOT NULL,
  position INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  UNIQUE (agent_id, tool_id)
) STRICT;
CREATE INDEX agent_tools_by_tool ON agent_tools (tool_id);

CREATE TABLE agent_webhooks (
  agent_id TEXT PRIMARY KEY REFERENCES agents (id),
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  trigger_on_web_call INTEGER NOT NULL,
  trigger_on_phone_call INTEGER NOT NULL,
  incoming_enabled INTEGER NOT NULL,
  secret_sealed TEXT NOT NULL,
  attached_variables TEXT NOT NULL,
  outgoing_enabled INTEGER NOT NULL,
  outgoing_url TEXT,
  outgoing_method TEXT NOT NULL,
  outgoing_headers_sealed TEXT NOT NULL,
  outgoing_auth_sealed TEXT,
  retry_count INTEGER NOT NULL,
  extras TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX agent_webhooks_by_organization ON agent_webhooks (organization_id);

CREATE TABLE webhook_endpoints (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  user_id TEXT,
  url TEXT NOT NULL,
  events TEXT NOT NULL,
  secret_sealed TEXT,
  is_active INTEGER NOT NULL,
  extras TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  deleted_at_ms INTEGER
) STRICT;
CREATE INDEX webhook_endpoints_by_organization ON webhook_endpoints (organization_id) WHERE deleted_at_ms IS NULL;

CREATE TABLE organization_webhook_secrets (
  organization_id TEXT PRIMARY KEY REFERENCES organizations (id),
  secret_sealed TEXT NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE webhook_deliveries (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  owner_kind TEXT NOT NULL CHECK (owner_kind IN ('agent', 'task', 'endpoint')),
  owner_id TEXT NOT NULL,
  event TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  method TEXT NOT NULL,
  url TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'delivered', 'failed')),
  attempts INTEGER NOT NULL,
  max_attempts INTEGER NOT NULL,
  next_at_ms INTEGER NOT NULL,
  status_code INTEGER,
  error_message TEXT,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  UNIQUE (owner_kind, owner_id, event, subject_id)
) STRICT;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_at_ms) WHERE state = 'queued';
CREATE INDEX webhook_deliveries_queued ON webhook_deliveries (organization_id) WHERE state = 'queued';
CREATE INDEX webhook_deliveries_by_organization ON webhook_deliveries (organization_id, state);
CREATE INDEX webhook_deliveries_by_subject ON webhook_deliveries (subject_id);
CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (created_at_ms);

CREATE TABLE webhook_attempts (
  delivery_id TEXT NOT NULL REFERENCES webhook_deliveries (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  status_code INTEGER,
  error_message TEXT,
  latency_ms INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (delivery_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE reader_cursors (
  name TEXT PRIMARY KEY,
  seq INTEGER NOT NULL
) STRICT;
INSERT INTO reader_cursors (name, seq) SELECT 'webhooks', coalesce(max(seq), 0) FROM event_log;
INSERT INTO reader_cursors (name, seq) SELECT 'analysis', coalesce(max(seq), 0) FROM event_log;
`,
};
