import { z } from 'zod';
import { isTimeZone } from '../../../contract/time-zone.ts';
import type { AgentDraft } from '../../../domain/agents/agent.ts';
import {
  type Bundle,
  type BundleAgent,
  type BundleFile,
  type BundleNumber,
  together,
} from '../../../domain/moving-in/bundle.ts';
import { emailText } from '../../identity-fields.ts';
import {
  contentFields,
  contentOf,
  contentProblem,
  dialledText,
  hasContent,
  type PrintedLists,
} from '../../moving-in.ts';
import { uuidText } from '../../route.ts';
import { jsonObject, longText, present, shortText } from '../../wire-fields.ts';

const target = z.string().regex(/^(sips?:\S+|\+?\d{2,15})$/, 'must be a number or a sip: URI');

const agent = z.strictObject({
  id: uuidText,
  owner_email: emailText.optional(),
  name: shortText,
  system_prompt: longText,
  description: longText.nullish(),
  starting_message: longText.nullish(),
  enabled: z.boolean().optional(),
  knowledge: longText.optional(),
  time_zone: z.string().refine(isTimeZone, 'must be an IANA time zone such as Europe/Berlin').optional(),
  voice: shortText.nullish(),
  voice_settings: jsonObject.nullish(),
  dtmf_rules: jsonObject.nullish(),
  transfer_targets: z
    .array(z.strictObject({ name: shortText, target, when: z.string().trim().min(1).max(10_000).optional() }))
    .max(20)
    .optional(),
  recording_enabled: z.boolean().optional(),
  recording_announcement: z.string().max(500).nullish(),
  /** What each API's clients stored beyond these fields, by the name of the API. */
  extras: z.strictObject({ kupe: jsonObject, va: jsonObject, voicera: jsonObject }).partial().optional(),
});

const number = z.strictObject({
  id: uuidText,
  number: dialledText,
  friendly_name: shortText.nullish(),
  country_code: z.string().max(10).nullish(),
  region: shortText.nullish(),
  is_active: z.boolean().optional(),
  agent_id: uuidText.nullish(),
});

const file = z
  .strictObject({
    id: uuidText,
    name: shortText,
    content_type: z.string().max(200).default(''),
    ...contentFields,
    agent_ids: z.array(uuidText).max(1_000).default([]),
  })
  .refine(hasContent, contentProblem);

const ownLists = {
  agents: z.array(agent).max(5_000).default([]),
  numbers: z.array(number).max(5_000).default([]),
  files: z.array(file).max(1_000).default([]),
};

/** Agents, numbers and files with the ids that clients know them by: as we write them, and as other services print. */
export function bundleBody(printed: PrintedLists) {
  const { kupe, va, voicera } = printed;
  return z.strictObject({ ...ownLists, kupe: kupe.optional(), va: va.optional(), voicera: voicera.optional() });
}

export const reportWire = z.object({
  imported: z.object({ tools: z.int(), agents: z.int(), numbers: z.int(), files: z.int() }),
  existing: z.array(z.object({ field: z.string(), message: z.string() })),
});

type BundleWire = z.infer<ReturnType<typeof bundleBody>>;

/** All of it, for an organization. */
export function toBundle({ kupe, va, voicera, ...own }: BundleWire, organizationId: string): Bundle {
  const arrivals = [kupe, va, voicera].flatMap((lists) => (lists ? [lists.bundleFor(organizationId)] : []));
  return together([toOwnBundle(own), ...arrivals]);
}

function toOwnBundle(wire: Pick<BundleWire, 'agents' | 'numbers' | 'files'>): Partial<Bundle> {
  return {
    agents: wire.agents.map((each, at) => toAgent(each, `agents.${at}`)),
    numbers: wire.numbers.map((each, at) => toNumber(each, `numbers.${at}`)),
    files: wire.files.map((each, at) => toFile(each, `files.${at}`)),
  };
}

function toAgent(wire: BundleWire['agents'][number], place: string): BundleAgent {
  const rest = present({
    description: wire.description,
    startingMessage: wire.starting_message,
    enabled: wire.enabled,
    knowledge: wire.knowledge,
    timeZone: wire.time_zone,
    voice: wire.voice,
    voiceSettings: wire.voice_settings,
    dtmfRules: wire.dtmf_rules,
    transferTargets: wire.transfer_targets?.map(({ name, target, when }) => ({ name, target, ...present({ when }) })),
    recordingEnabled: wire.recording_enabled,
    recordingAnnouncement: wire.recording_announcement,
    extras: wire.extras && present(wire.extras),
  });
  const draft: AgentDraft = { ...rest, name: wire.name, systemPrompt: wire.system_prompt };
  const owner =
    wire.owner_email === undefined ? {} : { owner: { email: wire.owner_email, place: `${place}.owner_email` } };
  return { place, id: wire.id, ...owner, draft, tools: [] };
}

function toNumber(wire: BundleWire['numbers'][number], place: string): BundleNumber {
  const rest = present({
    friendlyName: wire.friendly_name,
    countryCode: wire.country_code,
    region: wire.region,
    isActive: wire.is_active,
    agentId: wire.agent_id,
  });
  const draft = { dialled: wire.number, ...rest };
  return { place, id: wire.id, dialledField: 'number', draft, agentPlace: `${place}.agent_id` };
}

function toFile({ agent_ids, id, name, ...wire }: BundleWire['files'][number], place: string): BundleFile {
  return { place, id, name, contentType: wire.content_type, content: contentOf(wire), agentIds: agent_ids };
}
