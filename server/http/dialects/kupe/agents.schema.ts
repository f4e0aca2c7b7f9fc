import { z } from 'zod';
import { isTimeZone } from '../../../contract/time-zone.ts';
import { aliased } from './aliases.ts';
import { jsonObject, longText, shortText } from './fields.ts';
import { mappingsBody } from './tools.wire.ts';

const seconds = z.int('must be a whole number of seconds').min(1).max(86_400);
const percent = z.int('must be a whole number').min(0).max(100);
const text = z.string().max(10_000);
const code = z.string().trim().min(1, 'must not be empty').max(200);

export const agentFields = {
  name: shortText,
  description: longText.nullish(),
  is_active: z.boolean().optional(),
  recording_enabled: z.boolean().optional(),
  first_response_message: longText.nullish(),
  apply_noise_reduction: z.boolean().optional(),
  hipaa_compliance: z.boolean().optional(),
};
export const agentAliases = { first_response_message: ['welcome_message', 'welcomeMessage'] };
const newAgent = aliased(agentFields, agentAliases);
const changedAgent = aliased({ ...agentFields, name: shortText.optional() }, agentAliases);

export const modelSection = aliased(
  {
    model_name: code.nullish(),
    temperature: z.number().min(0).max(2).nullish(),
    max_tokens: z.int().min(1).nullish(),
    system_prompt: longText.nullish(),
  },
  { model_name: ['model_provider_id', 'modelProviderId'] },
);

export const ttsSection = aliased(
  {
    tts_model_name: code.nullish(),
    language: code.nullish(),
    voice_name: code.nullish(),
    voice_parameters: jsonObject.nullish(),
  },
  { tts_model_name: ['tts_provider_id', 'ttsProviderId'] },
);

export const transcriberSection = aliased(
  {
    transcriber_model_name: code,
    language: z.union([code, z.tuple([code]).transform(([only]) => only)], 'must be a locale such as en-US'),
  },
  { transcriber_model_name: ['provider_id', 'providerId'] },
);

export const vadSection = aliased({
  vad_provider_id: code,
  threshold: z.number().min(0).max(1).optional(),
  min_speech_duration_ms: z.number().min(0).optional(),
  min_silence_duration_ms: z.number().min(0).optional(),
  max_allowed_silence_duration: z.number().min(0).optional(),
  sampling_rate: z.int().min(8_000).max(48_000).optional(),
});

const transferRoute = aliased({
  route_id: z.string().max(200).nullish(),
  display_name: shortText,
  enabled: z.boolean().optional(),
  condition_when_to_transfer: text.nullish(),
  phone_number: z.string().regex(/^\+?[\d\s().-]{2,25}$|^sips?:\S+$/, 'must be a phone number'),
});

/** Behaviour of an agent; every key may also come in camelCase. */
export const specificSection = aliased(
  {
    session_timeout: seconds.nullish(),
    end_of_speech_timeout: z.number().min(0).max(60).nullish(),
    conversation_stop_words: z.array(z.string()).nullish(),
    llm_conversation_stop_enabled: z.boolean().nullish(),
    auto_terminate_call: z.boolean().nullish(),
    caller_gender_detection_enabled: z.boolean().nullish(),
    max_output_tokens: z.int().min(1).nullish(),
    timezone: z.string().refine(isTimeZone, 'must be an IANA time zone such as Asia/Kolkata').nullish(),
    inbound_transfer_call_number: z.string().max(30).nullish(),
    inbound_transfer_trigger_condition: text.nullish(),
    inbound_transfer_routes: z.array(transferRoute).max(20).nullish(),
    time_to_cut: seconds.nullish(),
    message_of_cut: text.nullish(),
    end_call_message_mode: z.enum(['fixed', 'context_aware']).nullish(),
    noise_cancellation_strength: percent.nullish(),
    background_noise_id: z.string().max(200).nullish(),
    background_noise_volume: percent.nullish(),
    webhooks: jsonObject.nullish(),
  },
  { auto_terminate_call: ['autoTerminate', 'auto_terminate'] },
);

export const inferencingSection = z.looseObject({
  vad: z.boolean().optional(),
  stt: z.boolean().optional(),
  llm: z.boolean().optional(),
  tts: z.boolean().optional(),
});

const sections = {
  agent_model_config: modelSection.nullish(),
  tts_config: ttsSection.nullish(),
  transcriber_config: transcriberSection.nullish(),
  vad_config: vadSection.nullish(),
  inferencing_config: inferencingSection.nullish(),
  agent_specific_config: specificSection.nullish(),
  tools: mappingsBody.nullish(),
};

export const agentBody = aliased({ agent: newAgent, ...sections });
export const agentUpdate = aliased({ agent: changedAgent.nullish(), ...sections });
export const simpleAgentBody = aliased({
  name: shortText,
  description: longText.nullish(),
  system_prompt: longText.nullish(),
  temperature: z.number().min(0).max(2).nullish(),
});

/** What may be changed of an agent, section by section. */
export interface AgentSections {
  readonly agent?: z.infer<typeof changedAgent> | null | undefined;
  readonly agent_model_config?: z.infer<typeof modelSection> | null | undefined;
  readonly tts_config?: z.infer<typeof ttsSection> | null | undefined;
  readonly transcriber_config?: z.infer<typeof transcriberSection> | null | undefined;
  readonly vad_config?: z.infer<typeof vadSection> | null | undefined;
  readonly inferencing_config?: z.infer<typeof inferencingSection> | null | undefined;
  readonly agent_specific_config?: z.infer<typeof specificSection> | null | undefined;
  readonly tools?: z.infer<typeof mappingsBody> | null | undefined;
}

const agentPart = z.looseObject({
  id: z.guid(),
  name: z.string(),
  user_id: z.guid().nullable(),
  is_active: z.boolean(),
  description: z.string().nullable(),
  recording_enabled: z.boolean(),
  hipaa_compliance: z.boolean(),
  first_response_message: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
});

/** One agent with all its configurations, as every route answers it. */
export const agentAnswer = z.object({
  agent: agentPart,
  configurations: z.looseObject({}),
  validation_status: z.enum(['valid', 'invalid']),
  validation_errors: z.array(z.string()).optional(),
  /** What was set and is kept, but has no effect in calls. */
  validation_warnings: z.array(z.string()).optional(),
});

/** An agent in a list: flat and nested at once. */
export const agentItem = agentPart.extend({ agent: agentPart, configurations: z.looseObject({}) });
