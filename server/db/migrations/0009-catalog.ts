import type { Migration } from '../migrate.ts';

export const catalogSchema: Migration = {
  version: 9,
  name: 'catalog',
  sql: ``,
};
