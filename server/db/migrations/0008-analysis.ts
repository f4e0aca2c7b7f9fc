import type { Migration } from '../migrate.ts';

export const analysisSchema: Migration = {
  version: 8,
  name: 'analysis',
  sql: ``,
};
