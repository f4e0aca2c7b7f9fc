import type { Migration } from '../migrate.ts';

export const campaignsSchema: Migration = {
  version: 3,
  name: 'campaigns',
  sql: ``,
};
