import { z } from 'zod';
import type { Agent, AgentChange, AgentDraft } from '../../../domain/agents/agent.ts';
import type { CatalogService } from '../../../domain/catalog/catalog-service.ts';
import type { JsonObject } from '../../../domain/json-column.ts';
import { jsonObject, longText, present, shortText } from '../../wire-fields.ts';
import { extraFields, isoSeconds, timeWire, unknownFields } from './fields.ts';

const agentStatuses = ['active', 'inactive', 'archived'] as const;
export type AgentStatus = (typeof agentStatuses)[number];

const statusText = z.enum(agentStatuses, `must be one of ${agentStatuses.join(', ')}`);
const voiceParameters = z.looseObject({
  voice_id: shortText.nullish(),
  speed: z.number().min(0.25, 'must be at least 0.25').max(4, 'must be at most 4').nullish(),
  tone: shortText.nullish(),
});

const fields = {
  name: shortText,
  description: longText.nullish(),
  llm_provider: shortText.nullish(),
  llm_model: shortText.nullish(),
  stt_provider: shortText.nullish(),
  tts_provider: shortText.nullish(),
  system_prompt: longText.min(1, 'must not be empty').optional(),
  language: shortText.nullish(),
  voice_parameters: voiceParameters.nullish(),
  status: statusText.optional(),
};

export const agentBody = z.looseObject(fields);
export const agentPatch = agentBody.partial();
export const agentStatusQuery = statusText.optional();

/** What the house has a place for, and what only we set; everything else lies in `extras` as it came. */
const known: ReadonlySet<string> = new Set(
  'name description system_prompt status id user_id organization_id created_at updated_at'.split(' '),
);

/** For who doesn't say what their agent is to do. */
const defaultPrompt = 'You are a helpful and polite voice assistant on the telephone. Keep your answers short.';

/** What the fields of a client that names no providers are: everything runs on this machine. */
const defaults: JsonObject = {
  llm_provider: 'landline',
  llm_model: 'default',
  stt_provider: 'landline',
  tts_provider: 'landline',
  language: 'en',
};

/** Voices that a name may stand for. */
export interface VoiceChoice {
  readonly catalog: Pick<CatalogService, 'resolveModel' | 'resolveVoice'>;
  readonly organizationId: string;
}

export function toAgentDraft(
  body: z.infer<typeof agentBody>,
  ownerUserId: string | null,
  choice: VoiceChoice,
): AgentDraft {
  const own = { ...unknownFields(body, known)['voicera'], ...statusExtra(body.status) };
  return {
    ...toKnownChange(body, null, choice),
    name: body.name,
    systemPrompt: body.system_prompt ?? defaultPrompt,
    ownerUserId,
    extras: { voicera: own },
  };
}

/** Fields that are not named stay as they are. */
export function toAgentChange(body: z.infer<typeof agentPatch>, choice: VoiceChoice): (before: Agent) => AgentChange {
  return (before) => {
    const own = {
      ...extraFields(before.extras),
      ...unknownFields(body, known)['voicera'],
      ...statusExtra(body.status),
    };
    return { ...toKnownChange(body, before.voiceSettings, choice), extras: { voicera: own } };
  };
}

function toKnownChange(
  body: z.infer<typeof agentPatch>,
  voiceSettings: JsonObject | null,
  { catalog, organizationId }: VoiceChoice,
): AgentChange {
  const { voice_id: voiceId, speed } = body.voice_parameters ?? {};
  return present({
    name: body.name,
    description: body.description,
    systemPrompt: body.system_prompt,
    enabled: body.status === undefined ? undefined : body.status === 'active',
    voice: voiceId ? catalog.resolveVoice(organizationId, voiceId)?.row.engineVoice : undefined,
    voiceSettings: typeof speed === 'number' ? { ...voiceSettings, speed } : undefined,
  });
}

function statusExtra(status: AgentStatus | undefined): JsonObject {
  return status === undefined ? {} : { status };
}

export function agentStatus(agent: Agent): AgentStatus {
  if (agent.enabled) return 'active';
  return extraFields(agent.extras)['status'] === 'archived' ? 'archived' : 'inactive';
}

/** A copy under another name. */
export function toClone(agent: Agent, name: string, ownerUserId: string | null): AgentDraft {
  const { id: _id, isDefault: _default, createdAtMs: _created, updatedAtMs: _updated, ...fields } = agent;
  const { organizationId: _organization, ...rest } = fields;
  return { ...rest, name, ownerUserId };
}

/** Codes in the request that an engine or voice of this machine stands in for, e.g. `gpt-4 -> starter (scripted)`. */
export function substitutions(
  body: z.infer<typeof agentPatch>,
  { catalog, organizationId }: VoiceChoice,
): readonly string[] {
  const llm = body.llm_model ? catalog.resolveModel('llm', body.llm_model) : undefined;
  const stt = body.stt_provider ? catalog.resolveModel('stt', body.stt_provider) : undefined;
  const tts = body.tts_provider ? catalog.resolveModel('tts', body.tts_provider) : undefined;
  const voiceId = body.voice_parameters?.voice_id;
  const voice = voiceId ? catalog.resolveVoice(organizationId, voiceId) : undefined;
  return [
    ...(llm?.substituted ? [`${body.llm_model} -> ${llm.row.modelName}`] : []),
    ...(stt?.substituted ? [`${body.stt_provider} -> ${stt.row.modelName}`] : []),
    ...(tts?.substituted ? [`${body.tts_provider} -> ${tts.row.modelName}`] : []),
    ...(voice?.substituted ? [`${voiceId} -> ${voice.row.voiceName}`] : []),
  ];
}

export function agentToListWire(agent: Agent): JsonObject {
  const extras = { ...defaults, ...extraFields(agent.extras) };
  return {
    id: agent.id,
    name: agent.name,
    description: agent.description,
    llm_provider: extras['llm_provider'],
    llm_model: extras['llm_model'],
    status: agentStatus(agent),
    created_at: isoSeconds(agent.createdAtMs),
  };
}

export function agentToWire(agent: Agent): JsonObject {
  const extras = extraFields(agent.extras);
  return {
    ...defaults,
    voice_parameters: null,
    ...extras,
    id: agent.id,
    user_id: agent.ownerUserId,
    name: agent.name,
    description: agent.description,
    system_prompt: agent.systemPrompt,
    status: agentStatus(agent),
    created_at: isoSeconds(agent.createdAtMs),
    updated_at: isoSeconds(agent.updatedAtMs),
  };
}

export const agentListWire = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string().nullable(),
  llm_provider: z.string().nullable(),
  llm_model: z.string().nullable(),
  status: z.enum(agentStatuses),
  created_at: timeWire,
});

export const agentWire = agentListWire.extend({
  user_id: z.string().nullable(),
  stt_provider: z.string().nullable(),
  tts_provider: z.string().nullable(),
  system_prompt: z.string(),
  language: z.string().nullable(),
  voice_parameters: jsonObject.nullable(),
  updated_at: timeWire,
});

export const agentCreatedWire = z.object({
  id: z.uuid(),
  name: z.string(),
  status: z.enum(agentStatuses),
  created_at: timeWire,
});
export const agentChangedWire = z.object({ id: z.uuid(), name: z.string(), updated_at: timeWire });
