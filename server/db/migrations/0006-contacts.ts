import type { Migration } from '../migrate.ts';

export const contactsSchema: Migration = {
  version: 6,
  name: 'contacts',
  sql: `
CREATE TABLE contact_groups (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  user_id TEXT REFERENCES users (id) ON DELETE SET NULL,
  name TEXT NOT NULL,
  icon_emoji TEXT,
  description TEXT,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX contact_groups_by_organization ON contact_groups (organization_id);
CREATE INDEX contact_groups_by_user ON contact_groups (user_id);

CREATE TABLE contact_columns (
  id TEXT PRIMARY KEY,
  group_id TEXT NOT NULL REFERENCES contact_groups (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  display_name TEXT NOT NULL,
  column_type TEXT NOT NULL,
  position INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  UNIQUE (group_id, name)
) STRICT;

CREATE TABLE contact_rows (
  id TEXT PRIMARY KEY,
  group_id TEXT NOT NULL REFERENCES contact_groups (id) ON DELETE CASCADE,
  properties TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX contact_rows_by_group ON contact_rows (group_id);
`,
};
