import type { Migration } from '../migrate.ts';

export const knowledgeSchema: Migration = {
  version: 4,
  name: 'knowledge',
  sql: ``,
};
