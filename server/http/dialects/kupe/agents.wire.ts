import { isDeepStrictEqual } from 'node:util';
import type { Agent } from '../../../domain/agents/agent.ts';
import type { CatalogModel, ModelKind } from '../../../domain/catalog/catalog.ts';
import type { CatalogService } from '../../../domain/catalog/catalog-service.ts';
import type { JsonObject } from '../../../domain/json-column.ts';
import type { AgentTool } from '../../../domain/tools/tool.ts';
import { behaviourKeys, temperatureOf } from './agent-behaviour.ts';
import { keptSections, transferTargetsOf } from './agent-change.ts';
import { inferencingDefaults, vadDefaults, warningsOf } from './agent-warnings.ts';
import { isoTime } from './fields.ts';
import { agentToolToWire } from './tools.wire.ts';

/** Prints agents of one organization. */
export class AgentPrinter {
  readonly #catalog: CatalogService;

  constructor(catalog: CatalogService) {
    this.#catalog = catalog;
  }

  /** `{agent, configurations, validation_status}`, and `validation_warnings` where something set has no effect. */
  whole(agent: Agent, tools: readonly AgentTool[]): JsonObject {
    const configurations = { ...this.#configurations(agent), tools: tools.map(agentToolToWire) };
    const warnings = warningsOf(agent);
    return {
      agent: agentPart(agent),
      configurations,
      validation_status: 'valid',
      ...(warnings.length > 0 ? { validation_warnings: warnings } : {}),
    };
  }

  /** For lists: clients read either the flat fields or those under `agent`. */
  item(agent: Agent): JsonObject {
    const flat = agentPart(agent);
    return { ...flat, agent: flat, configurations: this.#configurations(agent) };
  }

  /** Each section by both names that clients read it by. */
  #configurations(agent: Agent): JsonObject {
    const { inferencing, vad } = keptSections(agent);
    const model = this.#model(agent);
    const tts = this.#tts(agent);
    const transcriber = this.#transcriber(agent);
    const vadConfig = { ...vadDefaults, ...vad, ...this.#engine('vad', vad?.['vad_provider_id'], 'vad_provider_id') };
    return {
      model_config: model,
      tts_config: tts,
      transcriber_config: transcriber,
      vad_config: vadConfig,
      inferencing_config: { ...inferencingDefaults, ...inferencing },
      agent_specific_config: specificPart(agent),
      model,
      tts,
      transcriber,
      vad: vadConfig,
    };
  }

  #model(agent: Agent): JsonObject {
    const { model } = keptSections(agent);
    return {
      ...model,
      temperature: temperatureOf(agent),
      system_prompt: agent.systemPrompt,
      ...this.#engine('llm', model?.['model_name'], 'model_provider_id', 'model_name'),
    };
  }

  #tts(agent: Agent): JsonObject {
    const { tts } = keptSections(agent);
    const voices = this.#catalog.voices(agent.organizationId);
    const voice =
      voices.find(({ engineVoice }) => engineVoice === agent.voice) ?? voices.find((each) => each.isDefault);
    return {
      ...tts,
      ...this.#engine('tts', tts?.['tts_model_name'], 'tts_provider_id', 'tts_model_name'),
      voice_name: voice?.voiceName ?? agent.voice,
      voice_id: voice?.id ?? null,
      language: agent.voiceSettings?.['language'] ?? voice?.language ?? null,
      voice_parameters: agent.voiceSettings ?? {},
    };
  }

  #transcriber(agent: Agent): JsonObject {
    const { transcriber } = keptSections(agent);
    return {
      language: 'en-US',
      ...transcriber,
      ...this.#engine('stt', transcriber?.['transcriber_model_name'], 'provider_id', 'transcriber_model_name'),
    };
  }

  /** The engine of this machine that does the work; `aliases` has the code that was asked for, where it is another. */
  #engine(kind: ModelKind, code: unknown, idKey: string, nameKey?: string): JsonObject {
    const asked = typeof code === 'string' ? code : undefined;
    const resolved = asked === undefined ? undefined : this.#catalog.resolveModel(kind, asked);
    const row: CatalogModel | undefined = resolved?.row ?? this.#catalog.defaultModel(kind);
    if (!row) return {};
    return {
      [idKey]: row.id,
      provider_name: row.providerName,
      ...(nameKey === undefined ? {} : { [nameKey]: row.modelName }),
      aliases: resolved?.substituted ? [asked] : [],
    };
  }
}

const specificDefaults = {
  caller_gender_detection_enabled: true,
  background_noise_volume: 100,
};

function agentPart(agent: Agent): JsonObject {
  return {
    apply_noise_reduction: false,
    ...keptSections(agent).agent,
    id: agent.id,
    name: agent.name,
    user_id: agent.ownerUserId,
    is_active: agent.enabled,
    description: agent.description,
    recording_enabled: agent.recordingEnabled,
    hipaa_compliance: agent.isConfidential,
    first_response_message: agent.startingMessage,
    created_at: isoTime(agent.createdAtMs),
    updated_at: isoTime(agent.updatedAtMs),
  };
}

/** What the house does comes from the house's own fields, whichever API set them. */
function specificPart(agent: Agent): JsonObject {
  const kept = keptSections(agent).specific ?? {};
  return {
    ...specificDefaults,
    ...kept,
    ...behaviourKeys(agent, kept),
    timezone: agent.timeZone,
    inbound_transfer_routes: routesOf(agent, kept),
  };
}

/** The stored routes while they are what the agent does; else made from what another API set. */
function routesOf({ transferTargets }: Agent, kept: JsonObject): unknown {
  if (isDeepStrictEqual(transferTargetsOf(kept), transferTargets)) return kept['inbound_transfer_routes'] ?? [];
  return transferTargets.map(({ name, target, when }) => ({
    route_id: name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_'),
    display_name: name,
    enabled: true,
    condition_when_to_transfer: when ?? '',
    phone_number: target.replace(/^\+/, ''),
  }));
}

/** A short form for overviews. */
export function agentSummary(agent: Agent): JsonObject {
  const { id, name, description, enabled, createdAtMs, updatedAtMs } = agent;
  return {
    id,
    name,
    description,
    is_active: enabled,
    created_at: isoTime(createdAtMs),
    updated_at: isoTime(updatedAtMs),
  };
}
