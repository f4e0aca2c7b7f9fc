import type { Migration } from '../migrate.ts';

/**
 * Which positions of a campaign's numbers are its list, while others are being written or taken away. A campaign
 * without a row here lists all that it has.
 */
export const longListsSchema: Migration = {
  version: 10,
  name: 'long-lists',
  sql: `
CREATE TABLE campaign_windows (
  campaign_id TEXT PRIMARY KEY REFERENCES campaigns (id),
  after_position INTEGER NOT NULL,
  last_position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`,
};
