import type { Migration } from '../migrate.ts';

export const contactsSchema: Migration = {
  version: 6,
  name: 'contacts',
  sql: ``,
};
