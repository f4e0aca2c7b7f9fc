import type { Migration } from '../migrate.ts';
import { firstSchema } from './0001-first-schema.ts';
import { identitySchema } from './0002-identity.ts';
import { campaignsSchema } from './0003-campaigns.ts';
import { knowledgeSchema } from './0004-knowledge.ts';
import { ledgerSchema } from './0005-ledger.ts';
import { contactsSchema } from './0006-contacts.ts';
import { toolsAndWebhooksSchema } from './0007-tools-and-webhooks.ts';
import { analysisSchema } from './0008-analysis.ts';
import { catalogSchema } from './0009-catalog.ts';
import { longListsSchema } from './0010-long-lists.ts';
import { toolUsesSchema } from './0011-tool-uses.ts';
import { confidentialAgentsSchema } from './0012-confidential-agents.ts';
import { agentBehaviourSchema } from './0013-agent-behaviour.ts';
import { contactImportsSchema } from './0014-contact-imports.ts';

/** In order, without gaps. Add to the end; never change one that was released. */
export const migrations: readonly Migration[] = [
  firstSchema,
  identitySchema,
  campaignsSchema,
  knowledgeSchema,
  ledgerSchema,
  contactsSchema,
  toolsAndWebhooksSchema,
  analysisSchema,
  catalogSchema,
  longListsSchema,
  toolUsesSchema,
  confidentialAgentsSchema,
  agentBehaviourSchema,
  contactImportsSchema,
];
