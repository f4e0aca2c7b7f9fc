import { z } from 'zod';
import type { CatalogService } from '../../../domain/catalog/catalog-service.ts';
import type { JsonObject } from '../../../domain/json-column.ts';
import { emailText } from '../../identity-fields.ts';
import { type Arrivals, itemAt, printedTime } from '../../moving-in.ts';
import { uuidText } from '../../route.ts';
import { agentBody, toAgentDraft } from './agents.wire.ts';

const dialect = 'voicera';

const missing = 'is missing: bring what GET /agents/{id} prints';

const printedAgent = z.preprocess(
  withoutEnvelope,
  agentBody.extend({
    id: uuidText,
    /** Lists of this API leave it out, and the agent would do something else without it. */
    system_prompt: z.string(missing).min(1, missing).max(100_000, 'must be at most 100,000 characters'),
    created_at: printedTime,
    updated_at: printedTime,
  }),
);

const lists = z.strictObject({
  /** Of an account here; whoever imports when absent. */
  owner_email: emailText.optional(),
  agents: z.array(printedAgent).max(5_000).default([]),
});

/** Agents as this API prints each of them. */
export function printedLists(catalog: Pick<CatalogService, 'resolveModel' | 'resolveVoice'>): z.ZodType<Arrivals> {
  return lists.transform(({ agents, owner_email: ownerEmail }) => ({
    bundleFor: (organizationId) => {
      const toAgent = (printed: z.infer<typeof printedAgent>, at: number) => ({
        ...itemAt(`${dialect}.agents.${at}`, printed, { dialect, ownerEmail }),
        draft: toAgentDraft(printed, null, { catalog, organizationId }),
        tools: [],
      });
      return { agents: agents.map(toAgent) };
    },
  }));
}

/** The agent without what the answer that printed it wrapped it in. */
function withoutEnvelope(value: unknown): unknown {
  if (!isObject(value) || typeof value['success'] !== 'boolean' || !isObject(value['data'])) return value;
  return value['data'];
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
