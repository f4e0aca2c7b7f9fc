import type { Agent, AgentChange, AgentDraft, TransferTarget } from '../../../domain/agents/agent.ts';
import type { ModelKind } from '../../../domain/catalog/catalog.ts';
import type { CatalogService } from '../../../domain/catalog/catalog-service.ts';
import type { JsonObject } from '../../../domain/json-column.ts';
import { turnSettingsAfter } from './agent-behaviour.ts';
import type { AgentSections } from './agents.schema.ts';
import { asExtras, extraFields, present } from './fields.ts';

/** What this dialect keeps of an agent that the house has no field for, by section. */
export interface KeptSections {
  readonly agent?: JsonObject;
  readonly model?: JsonObject;
  readonly tts?: JsonObject;
  readonly transcriber?: JsonObject;
  readonly vad?: JsonObject;
  readonly inferencing?: JsonObject;
  readonly specific?: JsonObject;
}

export function keptSections(agent: Pick<Agent, 'extras'>): KeptSections {
  return extraFields(agent.extras);
}

/** Contract default: a call of an agent that says nothing else ends after this many seconds. */
const defaultSessionTimeoutS = 180;

export function toAgentDraft(
  body: AgentSections & { readonly agent: { readonly name: string } },
  owner: { readonly organizationId: string; readonly userId: string | null },
  catalog: CatalogService,
): AgentDraft {
  const sections = {
    ...body,
    agent_specific_config: { session_timeout: defaultSessionTimeoutS, ...body.agent_specific_config },
  };
  const change = toAgentChange(sections, undefined, owner.organizationId, catalog);
  const fallbackPrompt = `You are ${body.agent.name}, a helpful voice assistant. Be friendly and brief.`;
  return { systemPrompt: fallbackPrompt, ...change, ownerUserId: owner.userId, name: body.agent.name };
}

/** Sections that are absent stay as they are; `agent_specific_config` is merged deeply. */
export function toAgentChange(
  body: AgentSections,
  before: Agent | undefined,
  organizationId: string,
  catalog: CatalogService,
): AgentChange {
  const kept: KeptSections = before ? keptSections(before) : {};
  const specific = mergeDeep(kept.specific ?? {}, specificToKeep(body.agent_specific_config));
  const voice = body.tts_config?.voice_name;
  return {
    ...present({
      name: body.agent?.name,
      description: body.agent?.description,
      enabled: body.agent?.is_active,
      recordingEnabled: body.agent?.recording_enabled,
      isConfidential: body.agent?.hipaa_compliance,
      startingMessage: body.agent?.first_response_message,
      systemPrompt: body.agent_model_config?.system_prompt ?? undefined,
      voice: voice ? catalog.resolveVoice(organizationId, voice)?.row.engineVoice : undefined,
      voiceSettings: voiceSettingsOf(body.tts_config, before),
      timeZone: body.agent_specific_config?.timezone ?? undefined,
      transferTargets: body.agent_specific_config ? transferTargetsOf(specific) : undefined,
      turnSettings: turnSettingsAfter(body, before, { model: kept.model ?? {}, specific: kept.specific ?? {} }),
    }),
    extras: asExtras(
      present({
        agent: merged(kept.agent, body.agent, agentColumns),
        model: merged(kept.model, body.agent_model_config, modelColumns),
        tts: merged(kept.tts, body.tts_config, ttsColumns),
        transcriber: merged(kept.transcriber, body.transcriber_config),
        vad: merged(kept.vad, body.vad_config),
        inferencing: merged(kept.inferencing, body.inferencing_config),
        specific,
      }),
    ),
  };
}

const agentColumns = new Set(
  (
    'name description is_active recording_enabled hipaa_compliance first_response_message id user_id organization_id ' +
    'created_at updated_at'
  ).split(' '),
);
const modelColumns = new Set(['system_prompt']);
const ttsColumns = new Set(['voice_parameters']);

function merged(
  before: JsonObject | undefined,
  sent: JsonObject | null | undefined,
  columns: ReadonlySet<string> = new Set(),
): JsonObject | undefined {
  if (!sent) return before;
  const fresh = Object.entries(sent).filter(([key, value]) => {
    return value !== undefined && !columns.has(key) && key !== '__proto__';
  });
  return { ...before, ...Object.fromEntries(fresh) };
}

/** The language is one of the voice's parameters. */
function voiceSettingsOf(tts: AgentSections['tts_config'], before: Agent | undefined): JsonObject | undefined {
  if (!tts?.voice_parameters && !tts?.language) return undefined;
  return {
    ...before?.voiceSettings,
    ...tts.voice_parameters,
    ...(tts.language ? { language: tts.language } : {}),
  };
}

/** Routes get their id, and numbers their stored form: digits. */
function specificToKeep(specific: AgentSections['agent_specific_config']): JsonObject {
  if (!specific) return {};
  const { inbound_transfer_routes: routes, inbound_transfer_call_number: single, ...rest } = specific;
  return {
    ...rest,
    ...(single === undefined ? {} : { inbound_transfer_call_number: single && digitsOnly(single) }),
    ...(routes === undefined ? {} : { inbound_transfer_routes: routes?.map(toStoredRoute) ?? [] }),
    ...(specific.background_noise_id === '' ? { background_noise_id: null } : {}),
  };
}

type SentRoute = NonNullable<NonNullable<AgentSections['agent_specific_config']>['inbound_transfer_routes']>[number];

function toStoredRoute(route: SentRoute, index: number): JsonObject {
  const name = route.display_name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');
  return {
    ...route,
    route_id: route.route_id || name.replaceAll(/^_|_$/g, '') || `route_${index + 1}`,
    enabled: route.enabled ?? true,
    condition_when_to_transfer: route.condition_when_to_transfer ?? '',
    phone_number: digitsOnly(route.phone_number),
  };
}

function digitsOnly(number: string): string {
  return number.startsWith('sip') ? number : number.replaceAll(/\D/g, '');
}

/** Whom the agent may pass a call on to: enabled routes, and the single number of older clients. */
export function transferTargetsOf(specific: JsonObject): readonly TransferTarget[] {
  const routes = (specific['inbound_transfer_routes'] ?? []) as readonly JsonObject[];
  const targets = routes
    .filter((route) => route['enabled'] !== false)
    .map((route) => ({
      name: String(route['display_name']),
      target: String(route['phone_number']),
      ...whenIn(route['condition_when_to_transfer']),
    }));
  const single = specific['inbound_transfer_call_number'];
  if (targets.length > 0 || typeof single !== 'string' || single === '') return targets;
  return [{ name: 'a colleague', target: single, ...whenIn(specific['inbound_transfer_trigger_condition']) }];
}

function whenIn(condition: unknown): Pick<TransferTarget, 'when'> {
  return typeof condition === 'string' && condition.trim() !== '' ? { when: condition.trim() } : {};
}

/** Objects are merged key by key; lists and plain values are replaced. */
function mergeDeep(before: JsonObject, sent: JsonObject): JsonObject {
  const result: Record<string, unknown> = { ...before };
  for (const [key, value] of Object.entries(sent)) {
    if (value === undefined || key === '__proto__') continue;
    const old = result[key];
    result[key] = isObject(value) && isObject(old) ? mergeDeep(old, value) : value;
  }
  return result;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Codes in the request that a model of this machine stands in for, e.g. `gpt-4.1-mini -> starter (scripted)`. */
export function substitutions(body: AgentSections, organizationId: string, catalog: CatalogService): readonly string[] {
  const asked: readonly (readonly [ModelKind, string | null | undefined])[] = [
    ['llm', body.agent_model_config?.model_name],
    ['tts', body.tts_config?.tts_model_name],
    ['stt', body.transcriber_config?.transcriber_model_name],
    ['vad', body.vad_config?.vad_provider_id],
  ];
  const models = asked.flatMap(([kind, code]) => {
    const resolved = code ? catalog.resolveModel(kind, code) : undefined;
    return resolved?.substituted ? [`${code} -> ${resolved.row.modelName}`] : [];
  });
  const voice = body.tts_config?.voice_name;
  const resolved = voice ? catalog.resolveVoice(organizationId, voice) : undefined;
  return resolved?.substituted ? [...models, `${voice} -> ${resolved.row.voiceName}`] : models;
}
