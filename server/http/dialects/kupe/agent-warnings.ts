import type { Agent } from '../../../domain/agents/agent.ts';
import type { JsonObject } from '../../../domain/json-column.ts';
import { keptSections } from './agent-change.ts';

export const inferencingDefaults = { vad: true, stt: true, llm: true, tts: true };
export const vadDefaults = {
  threshold: 0.5,
  min_speech_duration_ms: 250,
  min_silence_duration_ms: 500,
  max_allowed_silence_duration: 0,
  sampling_rate: 16_000,
};
/** What the voices of this machine can be told, besides which one speaks. */
const knownVoiceParameters = new Set(['speed', 'language']);

/** What a client set for this agent and gets back as it was, though calls do nothing with it; one sentence for each key. */
export function warningsOf(agent: Agent): readonly string[] {
  const { agent: flags = {}, inferencing = {}, specific = {}, vad = {} } = keptSections(agent);
  const parameters = Object.keys(agent.voiceSettings ?? {}).filter((key) => !knownVoiceParameters.has(key));
  return [
    ...(flags['apply_noise_reduction'] === true
      ? ['agent.apply_noise_reduction has no effect: the caller is heard as the line brings them.']
      : []),
    ...(isText(specific['background_noise_id'])
      ? [
          'agent_specific_config.background_noise_id has no effect: no noise is mixed under the agent (noise-assets is empty).',
        ]
      : []),
    ...changedKeys(vad, vadDefaults).map(
      (key) => `vad_config.${key} has no effect: the line finds voices by rules of its own.`,
    ),
    ...changedKeys(inferencing, inferencingDefaults).map(
      (key) => `inferencing_config.${key} has no effect: calls always hear, think and speak.`,
    ),
    ...parameters.map((key) => `tts_config.voice_parameters.${key} has no effect: only speed is known.`),
  ];
}

function changedKeys(kept: JsonObject, defaults: JsonObject): readonly string[] {
  return Object.keys(defaults).filter((key) => kept[key] !== undefined && kept[key] !== defaults[key]);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
