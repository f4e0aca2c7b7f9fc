import type { Migration } from '../migrate.ts';
import { analysisCounts } from './analysis-counts.ts';
import { integrationTables } from './integrations.ts';

export const analysisSchema: Migration = {
  version: 8,
  name: 'analysis',
  sql: `
CREATE TABLE analysis_rules (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  user_id TEXT,
  name TEXT NOT NULL,
  description TEXT,
  analysis_type TEXT NOT NULL CHECK (analysis_type IN ('call_summary', 'structured_output', 'integration_trigger')),
  prompt TEXT,
  output_schema TEXT,
  tool_id TEXT,
  sort_order INTEGER NOT NULL,
  is_active INTEGER NOT NULL,
  extras TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX analysis_rules_by_organization ON analysis_rules (organization_id);

CREATE TABLE agent_analyses (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  agent_id TEXT NOT NULL REFERENCES agents (id),
  analysis_type TEXT NOT NULL,
  prompt TEXT,
  output_schema TEXT,
  tool_id TEXT,
  is_active INTEGER NOT NULL,
  extras TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  UNIQUE (agent_id, analysis_type)
) STRICT;

CREATE TABLE agent_analysis_rules (
  agent_id TEXT NOT NULL REFERENCES agents (id),
  rule_id TEXT NOT NULL REFERENCES analysis_rules (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  PRIMARY KEY (agent_id, rule_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX agent_analysis_rules_by_rule ON agent_analysis_rules (rule_id);

CREATE TABLE call_analyses (
  call_id TEXT PRIMARY KEY REFERENCES calls (id) ON DELETE CASCADE,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  agent_id TEXT NOT NULL,
  engine TEXT NOT NULL,
  summary TEXT NOT NULL,
  outcome TEXT NOT NULL,
  sentiment TEXT NOT NULL CHECK (sentiment IN ('positive', 'neutral', 'negative')),
  sentiment_score REAL NOT NULL,
  emotions TEXT NOT NULL,
  key_phrases TEXT NOT NULL,
  key_points TEXT NOT NULL,
  action_items TEXT NOT NULL,
  extracted TEXT NOT NULL,
  lead TEXT NOT NULL,
  call_started_at_ms INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX call_analyses_by_organization ON call_analyses (organization_id, call_started_at_ms);
CREATE INDEX call_analyses_by_agent ON call_analyses (agent_id, call_started_at_ms);

CREATE TABLE call_rule_results (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
  source TEXT NOT NULL CHECK (source IN ('system_default', 'rule', 'agent')),
  rule_id TEXT,
  rule_name TEXT NOT NULL,
  analysis_type TEXT NOT NULL,
  sort_order INTEGER NOT NULL,
  engine TEXT NOT NULL,
  body_text TEXT,
  structured TEXT,
  tool_id TEXT,
  tool_state TEXT CHECK (tool_state IN ('pending', 'running', 'done', 'failed', 'interrupted')),
  tool_invocation TEXT,
  raw_response TEXT,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX call_rule_results_by_call ON call_rule_results (call_id, sort_order);
CREATE INDEX call_rule_results_open ON call_rule_results (tool_state) WHERE tool_state IN ('pending', 'running');
${analysisCounts}${integrationTables}`,
};
