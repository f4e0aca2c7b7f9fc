import { z } from 'zod';
import type { Agent, AgentChange, AgentDraft } from '../../../domain/agents/agent.ts';
import type { JsonObject } from '../../../domain/json-column.ts';
import { extraFields, isoTime, jsonObject, longText, present, shortText, unknownFields } from './fields.ts';
import { landlineFields, landlineToWire, toLandlineChange } from './landline.fields.ts';

const fields = {
  name: shortText,
  system_prompt: longText.min(1, 'must not be empty'),
  description: longText.nullish(),
  starting_message: longText.nullish(),
  enabled: z.boolean().optional(),
  voice_settings: jsonObject.nullish(),
  dtmf_rules: jsonObject.nullish(),
  landline: landlineFields.optional(),
  prompt: z.never('is not a field: the prompt goes into system_prompt').optional(),
};

export const agentBody = z.looseObject(fields);
export const agentPatch = agentBody.partial();

/** Also the fields that only we set, so that a client can send back what it got. */
const known: ReadonlySet<string> = new Set([
  ...Object.keys(fields),
  'id',
  'organization_id',
  'created_at',
  'updated_at',
]);

export const agentWire = z.looseObject({
  id: z.uuid(),
  organization_id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  system_prompt: z.string(),
  starting_message: z.string().nullable(),
  voice_settings: jsonObject.nullable(),
  dtmf_rules: jsonObject.nullable(),
  enabled: z.boolean(),
  landline: jsonObject,
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});

/** Name by which the house knows a voice that a client names; undefined for one that is nobody's here. */
export type VoiceFinder = (voiceId: string) => string | undefined;

export function toAgentDraft(body: z.infer<typeof agentBody>, findVoice: VoiceFinder): AgentDraft {
  return { ...toAgentChange(body, findVoice, null), name: body.name, systemPrompt: body.system_prompt };
}

/** `before`: the voice settings that the agent has. */
export function toAgentChange(
  body: z.infer<typeof agentPatch>,
  findVoice: VoiceFinder,
  before: JsonObject | null,
): AgentChange {
  const voiceId = body.voice_settings?.['voice_id'];
  const isNewVoice = typeof voiceId === 'string' && voiceId !== before?.['voice_id'];
  const voice = isNewVoice ? findVoice(voiceId) : undefined;
  const change = present({
    name: body.name,
    systemPrompt: body.system_prompt,
    description: body.description,
    startingMessage: body.starting_message,
    enabled: body.enabled,
    voiceSettings: body.voice_settings,
    dtmfRules: body.dtmf_rules,
  });
  return { ...change, ...toLandlineChange(body.landline), ...present({ voice }), extras: unknownFields(body, known) };
}

export function agentToWire(agent: Agent): JsonObject {
  return {
    ...extraFields(agent.extras),
    id: agent.id,
    organization_id: agent.organizationId,
    name: agent.name,
    description: agent.description,
    system_prompt: agent.systemPrompt,
    starting_message: agent.startingMessage,
    voice_settings: agent.voiceSettings,
    dtmf_rules: agent.dtmfRules,
    enabled: agent.enabled,
    landline: landlineToWire(agent),
    created_at: isoTime(agent.createdAtMs),
    updated_at: isoTime(agent.updatedAtMs),
  };
}
