import { z } from 'zod';
import { isTimeZone } from '../../../contract/time-zone.ts';
import type { Agent, AgentChange, Generation } from '../../../domain/agents/agent.ts';
import type { JsonObject } from '../../../domain/json-column.ts';
import { longText, present, shortText } from './fields.ts';

const milliseconds = z
  .number()
  .int()
  .min(100)
  .max(24 * 3_600_000);

/**
 * What Landline's agents have beyond the `va_` API, under one key `landline`, so that no field of that API changes its
 * meaning. Everything is optional; a PATCH changes what it names.
 */
export const landlineFields = z.strictObject({
  /** Facts in plain sentences. */
  knowledge: longText.optional(),
  time_zone: z.string().refine(isTimeZone, 'must be an IANA time zone such as Europe/Berlin').optional(),
  transfer_targets: z
    .array(
      z.strictObject({
        name: shortText,
        target: z.string().regex(/^(sips?:\S+|\+?\d{2,15})$/, 'must be a number or a sip: URI'),
        /** When a caller is to be passed on there. */
        when: z.string().trim().min(1).max(10_000).optional(),
      }),
    )
    .max(20)
    .optional(),
  recording_enabled: z.boolean().optional(),
  /** Spoken first when the call is recorded; null for the default sentence, empty for none. */
  recording_announcement: z.string().max(500).nullish(),
  /** Nothing of what is said in its calls is given out by any API, webhook or export. */
  confidential: z.boolean().optional(),
  voice: shortText.nullish(),
  turn_settings: z
    .strictObject({
      silence_prompt_ms: milliseconds.optional(),
      max_silence_prompts: z.number().int().min(0).max(10).optional(),
      max_duration_ms: milliseconds.optional(),
      end_of_turn_silence_ms: milliseconds.optional(),
      end_of_turn_longest_silence_ms: milliseconds.optional(),
      /** Said when the call has lasted its longest. */
      time_up_message: z.string().max(10_000).optional(),
      /** Said so long before that; without a text the agent finds its own words. */
      time_up_warning: z.strictObject({ before_ms: milliseconds, text: z.string().max(10_000).optional() }).optional(),
      /** Whether the agent hangs up by itself after a goodbye. */
      may_hang_up: z.boolean().optional(),
      /** For language models: the longest answer, and how freely they choose their words. */
      max_answer_tokens: z.number().int().min(1).optional(),
      temperature: z.number().min(0).max(2).optional(),
    })
    .optional(),
});

export type LandlineFields = z.infer<typeof landlineFields>;

export function toLandlineChange(fields: LandlineFields | undefined): AgentChange {
  if (fields === undefined) return {};
  const turns = fields.turn_settings;
  return present({
    knowledge: fields.knowledge,
    timeZone: fields.time_zone,
    transferTargets: fields.transfer_targets?.map(({ name, target, when }) => ({ name, target, ...present({ when }) })),
    recordingEnabled: fields.recording_enabled,
    recordingAnnouncement: fields.recording_announcement,
    isConfidential: fields.confidential,
    voice: fields.voice,
    turnSettings:
      turns &&
      present({
        silencePromptMs: turns.silence_prompt_ms,
        maxSilencePrompts: turns.max_silence_prompts,
        maxDurationMs: turns.max_duration_ms,
        endOfTurnSilenceMs: turns.end_of_turn_silence_ms,
        endOfTurnLongestSilenceMs: turns.end_of_turn_longest_silence_ms,
        timeUpMessage: turns.time_up_message,
        timeUpWarning: turns.time_up_warning && {
          beforeMs: turns.time_up_warning.before_ms,
          ...present({ text: turns.time_up_warning.text }),
        },
        mayHangUp: turns.may_hang_up,
        generation: generationOf(turns),
      }),
  });
}

function generationOf(turns: NonNullable<LandlineFields['turn_settings']>): Generation | undefined {
  const { max_answer_tokens: maxTokens, temperature } = turns;
  return maxTokens === undefined && temperature === undefined ? undefined : present({ maxTokens, temperature });
}

export function landlineToWire(agent: Agent): JsonObject {
  const turns = agent.turnSettings;
  return {
    knowledge: agent.knowledge,
    time_zone: agent.timeZone,
    transfer_targets: agent.transferTargets.map(({ name, target, when }) => present({ name, target, when })),
    recording_enabled: agent.recordingEnabled,
    recording_announcement: agent.recordingAnnouncement,
    confidential: agent.isConfidential,
    voice: agent.voice,
    turn_settings: present({
      silence_prompt_ms: turns.silencePromptMs,
      max_silence_prompts: turns.maxSilencePrompts,
      max_duration_ms: turns.maxDurationMs,
      end_of_turn_silence_ms: turns.endOfTurnSilenceMs,
      end_of_turn_longest_silence_ms: turns.endOfTurnLongestSilenceMs,
      time_up_message: turns.timeUpMessage,
      time_up_warning:
        turns.timeUpWarning && present({ before_ms: turns.timeUpWarning.beforeMs, text: turns.timeUpWarning.text }),
      may_hang_up: turns.mayHangUp,
      max_answer_tokens: turns.generation?.maxTokens,
      temperature: turns.generation?.temperature,
    }),
  };
}
