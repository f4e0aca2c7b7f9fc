/** Other services that an organization names; `secrets_sealed` is encrypted with the key beside the database. */
export const integrationTables = `
CREATE TABLE integrations (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  user_id TEXT,
  type TEXT NOT NULL,
  name TEXT NOT NULL,
  config TEXT NOT NULL,
  secrets_sealed TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('unchecked', 'connected', 'failed')),
  last_checked_at_ms INTEGER,
  extras TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX integrations_by_organization ON integrations (organization_id);
`;
