import type { Migration } from '../migrate.ts';

/** Until now only Kupe's dialect knew of confidentiality, by a key that it kept for itself. */
export const confidentialAgentsSchema: Migration = {
  version: 12,
  name: 'confidential-agents',
  sql: `
ALTER TABLE agents ADD COLUMN is_confidential INTEGER NOT NULL DEFAULT 0 CHECK (is_confidential IN (0, 1));
UPDATE agents SET is_confidential = 1 WHERE json_type(extras, '$.kupe.agent.hipaa_compliance') = 'true';
UPDATE agents SET extras = json_remove(extras, '$.kupe.agent.hipaa_compliance')
  WHERE json_type(extras, '$.kupe.agent.hipaa_compliance') IS NOT NULL;
`,
};
