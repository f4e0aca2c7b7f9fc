import { z } from 'zod';
import type { AgentDraft } from '../../../domain/agents/agent.ts';
import type { CatalogService } from '../../../domain/catalog/catalog-service.ts';
import { emailText } from '../../identity-fields.ts';
import { type Arrivals, itemAt, printedTime } from '../../moving-in.ts';
import { uuidText } from '../../route.ts';
import { agentBody, toAgentDraft, type VoiceFinder } from './agents.wire.ts';
import { present } from './fields.ts';

const dialect = 'va';

const printedAgent = agentBody.extend({ id: uuidText, created_at: printedTime, updated_at: printedTime });

const lists = z.strictObject({
  /** Of an account here; whoever imports when absent. */
  owner_email: emailText.optional(),
  agents: z.array(printedAgent).max(5_000).default([]),
});

/** Agents as this API prints them. */
export function printedLists(catalog: Pick<CatalogService, 'knownVoice'>): z.ZodType<Arrivals> {
  return lists.transform(({ agents, owner_email: ownerEmail }) => ({
    bundleFor: (organizationId) => {
      const findVoice: VoiceFinder = (id) => catalog.knownVoice(organizationId, id)?.engineVoice ?? undefined;
      const toAgent = (printed: z.infer<typeof printedAgent>, at: number) => ({
        ...itemAt(`${dialect}.agents.${at}`, printed, { dialect, ownerEmail }),
        draft: toDraft(printed, findVoice),
        tools: [],
      });
      return { agents: agents.map(toAgent) };
    },
  }));
}

/** The voice that a service like ours says it speaks with goes before the one that its voice settings name. */
function toDraft(printed: z.infer<typeof printedAgent>, findVoice: VoiceFinder): AgentDraft {
  return { ...toAgentDraft(printed, findVoice), ...present({ voice: printed.landline?.voice }) };
}
