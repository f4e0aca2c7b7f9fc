import type { Migration } from '../migrate.ts';

/** What agents did with their tools during calls. */
export const toolUsesSchema: Migration = {
  version: 11,
  name: 'tool-uses',
  sql: `
CREATE TABLE tool_uses (
  call_id TEXT NOT NULL REFERENCES calls (id),
  seq INTEGER NOT NULL,
  after_turn INTEGER NOT NULL,
  name TEXT NOT NULL,
  arguments TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('ok', 'failed', 'timed-out', 'aborted')),
  result TEXT NOT NULL,
  start_ms REAL NOT NULL,
  end_ms REAL NOT NULL,
  created_at_ms INTEGER NOT NULL,
  PRIMARY KEY (call_id, seq)
) STRICT, WITHOUT ROWID;
`,
};
