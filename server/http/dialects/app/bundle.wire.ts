import { z } from 'zod';
import { isTimeZone } from '../../../contract/time-zone.ts';
import type { AgentDraft } from '../../../domain/agents/agent.ts';
import type { Bundle, BundleAgent, BundleFile, BundleNumber } from '../../../domain/moving-in/bundle.ts';
import { emailText } from '../../identity-fields.ts';
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
    .array(z.strictObject({ name: shortText, target }))
    .max(20)
    .optional(),
  recording_enabled: z.boolean().optional(),
  recording_announcement: z.string().max(500).nullish(),
  /** What each API's clients stored beyond these fields, by the name of the API. */
  extras: z.strictObject({ kupe: jsonObject, va: jsonObject, voicera: jsonObject }).partial().optional(),
});

const number = z.strictObject({
  id: uuidText,
  number: z
    .string()
    .trim()
    .regex(/^(\+?\d{2,15}|[\w.!~*'()&=+$,;?/-]{1,64})$/, 'must be a number or the user part of a SIP address'),
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
    text: z.string().optional(),
    base64: z.base64('must be base64').optional(),
    agent_ids: z.array(uuidText).max(1_000).default([]),
  })
  .refine(({ text, base64 }) => (text === undefined) !== (base64 === undefined), {
    error: 'must have either text or base64',
    path: ['text'],
  });

/** Agents, numbers and files with the ids that clients know them by. */
export const bundleBody = z.strictObject({
  agents: z.array(agent).max(5_000).default([]),
  numbers: z.array(number).max(5_000).default([]),
  files: z.array(file).max(1_000).default([]),
});

export const reportWire = z.object({
  imported: z.object({ agents: z.int(), numbers: z.int(), files: z.int() }),
  existing: z.array(z.object({ field: z.string(), message: z.string() })),
});

type BundleWire = z.infer<typeof bundleBody>;

export function toBundle(wire: BundleWire): Bundle {
  return {
    agents: wire.agents.map(toAgent),
    numbers: wire.numbers.map(toNumber),
    files: wire.files.map(toFile),
  };
}

function toAgent(wire: BundleWire['agents'][number]): BundleAgent {
  const rest = present({
    description: wire.description,
    startingMessage: wire.starting_message,
    enabled: wire.enabled,
    knowledge: wire.knowledge,
    timeZone: wire.time_zone,
    voice: wire.voice,
    voiceSettings: wire.voice_settings,
    dtmfRules: wire.dtmf_rules,
    transferTargets: wire.transfer_targets,
    recordingEnabled: wire.recording_enabled,
    recordingAnnouncement: wire.recording_announcement,
    extras: wire.extras && present(wire.extras),
  });
  const draft: AgentDraft = { ...rest, name: wire.name, systemPrompt: wire.system_prompt };
  return { id: wire.id, ownerEmail: wire.owner_email, draft };
}

function toNumber(wire: BundleWire['numbers'][number]): BundleNumber {
  const rest = present({
    friendlyName: wire.friendly_name,
    countryCode: wire.country_code,
    region: wire.region,
    isActive: wire.is_active,
    agentId: wire.agent_id,
  });
  return { id: wire.id, draft: { dialled: wire.number, ...rest } };
}

function toFile(wire: BundleWire['files'][number]): BundleFile {
  const content = wire.text === undefined ? Buffer.from(wire.base64 ?? '', 'base64') : Buffer.from(wire.text, 'utf8');
  return { id: wire.id, name: wire.name, contentType: wire.content_type, content, agentIds: wire.agent_ids };
}
