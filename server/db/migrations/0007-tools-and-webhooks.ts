import type { Migration } from '../migrate.ts';

export const toolsAndWebhooksSchema: Migration = {
  version: 7,
  name: 'tools-and-webhooks',
  sql: ``,
};
