import type { Migration } from '../migrate.ts';

/**
 * Long lists of people that are being taken over. Rows of an import that has a row here are not the group's yet; what
 * becomes of them is settled by deleting that row, and numbers are never used twice.
 */
export const contactImportsSchema: Migration = {
  version: 14,
  name: 'contact-imports',
  sql: `
CREATE TABLE contact_imports (
  no INTEGER PRIMARY KEY AUTOINCREMENT,
  group_id TEXT NOT NULL REFERENCES contact_groups (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX contact_imports_by_group ON contact_imports (group_id);
ALTER TABLE contact_rows ADD COLUMN import_no INTEGER;
CREATE INDEX contact_rows_by_import ON contact_rows (import_no) WHERE import_no IS NOT NULL;
`,
};
