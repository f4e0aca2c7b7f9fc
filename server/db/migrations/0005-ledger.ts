import type { Migration } from '../migrate.ts';

export const ledgerSchema: Migration = {
  version: 5,
  name: 'ledger',
  sql: ``,
};
