import type { Migration } from '../migrate.ts';

export const identitySchema: Migration = {
  version: 2,
  name: 'identity',
  sql: ``,
};
