import { isDeepStrictEqual } from 'node:util';
import type { Agent, Generation, TurnSettings } from '../../../domain/agents/agent.ts';
import type { JsonObject } from '../../../domain/json-column.ts';
import type { AgentSections } from './agents.schema.ts';
import { present } from './fields.ts';

type Model = NonNullable<AgentSections['agent_model_config']>;
type Specific = NonNullable<AgentSections['agent_specific_config']>;

/** Sections as they were kept. */
export interface KeptBefore {
  readonly specific: JsonObject;
  readonly model: JsonObject;
}

/** How the agent is to behave after a change; undefined where no section that says so is sent. */
export function turnSettingsAfter(
  { agent_model_config: model, agent_specific_config: specific }: AgentSections,
  before: Agent | undefined,
  kept: KeptBefore,
): TurnSettings | undefined {
  if (!specific && !model && before) return undefined;
  const behaviour = specific ? specificAfter(specific, before, kept.specific) : before?.turnSettings;
  const generation = generationAfter({ ...model }, { ...specific }, before, kept);
  return { ...behaviour, ...(generation && { generation }) };
}

function specificAfter(sent: Specific, before: Agent | undefined, keptBefore: JsonObject): TurnSettings {
  const { session_timeout, end_of_speech_timeout } = sent;
  const silenceMs = typeof end_of_speech_timeout === 'number' ? endOfTurnMs(end_of_speech_timeout) : undefined;
  const { timeUpMessage: _message, timeUpWarning: _warning, ...rest } = before?.turnSettings ?? {};
  return {
    ...rest,
    ...timeUpAfter(sent, before, keptBefore),
    ...mayHangUpAfter(sent, before, keptBefore),
    ...(typeof session_timeout === 'number' ? { maxDurationMs: session_timeout * 1000 } : {}),
    ...(silenceMs === undefined ? {} : { endOfTurnSilenceMs: silenceMs }),
    ...(silenceMs !== undefined && silenceMs > longestSilenceMs ? { endOfTurnLongestSilenceMs: silenceMs } : {}),
  };
}

/** What the contract says of an agent that sets neither. */
const defaultGeneration = { maxTokens: 370, temperature: 0.7 };

/** `max_output_tokens` goes before the model's own `max_tokens`. */
function generationAfter(
  model: Pick<Model, 'max_tokens' | 'temperature'>,
  specific: Pick<Specific, 'max_output_tokens'>,
  before: Agent | undefined,
  kept: KeptBefore,
): Generation | undefined {
  const known = before ? before.turnSettings.generation : defaultGeneration;
  const { temperature, max_tokens } = model;
  const { max_output_tokens } = specific;
  const limits = [
    max_output_tokens === undefined ? kept.specific['max_output_tokens'] : max_output_tokens,
    max_tokens === undefined ? kept.model['max_tokens'] : max_tokens,
    defaultGeneration.maxTokens,
  ];
  const isLimitSent = max_output_tokens !== undefined || max_tokens !== undefined;
  const after = {
    ...known,
    ...(isLimitSent ? { maxTokens: limits.find((limit) => typeof limit === 'number') } : {}),
    ...(temperature === undefined ? {} : { temperature: temperature ?? defaultGeneration.temperature }),
  };
  return known === undefined && Object.keys(after).length === 0 ? undefined : present(after);
}

/** What the model's section says of the answers it makes. */
export function temperatureOf({ turnSettings: { generation } }: Agent): number {
  return generation?.temperature ?? defaultGeneration.temperature;
}

/** Keys of `agent_specific_config` that say what the house does, whichever API set it. */
export function behaviourKeys({ turnSettings }: Agent, kept: JsonObject): JsonObject {
  const { endOfTurnSilenceMs, generation, maxDurationMs } = turnSettings;
  return {
    ...(maxDurationMs === undefined ? {} : { session_timeout: Math.round(maxDurationMs / 1000) }),
    ...(endOfTurnSilenceMs === undefined ? {} : { end_of_speech_timeout: endOfTurnSilenceMs / 1000 }),
    max_output_tokens: generation?.maxTokens ?? defaultGeneration.maxTokens,
    ...endingKeys(turnSettings, kept),
    ...timeUpKeys(turnSettings, kept),
  };
}

/** Either key lets the agent hang up; the stored pair while it says what the house does. */
function endingKeys({ mayHangUp = true }: TurnSettings, kept: JsonObject) {
  const byModel = kept['llm_conversation_stop_enabled'] === true;
  const byItself = kept['auto_terminate_call'] === true;
  const isSo = mayHangUp === (byModel || byItself);
  return {
    llm_conversation_stop_enabled: byModel && mayHangUp,
    auto_terminate_call: isSo ? byItself : mayHangUp,
  };
}

/** A key that isn't sent counts as what a client was shown of it: false for a new agent. */
function mayHangUpAfter(
  sent: Specific,
  before: Agent | undefined,
  keptBefore: JsonObject,
): Pick<TurnSettings, 'mayHangUp'> {
  const { auto_terminate_call: byItself, llm_conversation_stop_enabled: byModel } = sent;
  if (before && byItself === undefined && byModel === undefined) return {};
  const shown = before ? endingKeys(before.turnSettings, keptBefore) : undefined;
  const auto = byItself === undefined ? shown?.auto_terminate_call : byItself;
  const model = byModel === undefined ? shown?.llm_conversation_stop_enabled : byModel;
  return { mayHangUp: auto === true || model === true };
}

type TimeUp = Pick<TurnSettings, 'timeUpMessage' | 'timeUpWarning'>;

/**
 * `message_of_cut` is said `time_to_cut` seconds before the end, or at the end where no time is given. Mode
 * `context_aware`, or no message: the agent finds its own words.
 */
function timeUpIn({ end_call_message_mode, message_of_cut, time_to_cut }: JsonObject): TimeUp {
  const message = typeof message_of_cut === 'string' ? message_of_cut.trim() : '';
  const text = end_call_message_mode === 'context_aware' || message === '' ? undefined : message;
  if (typeof time_to_cut === 'number') {
    const beforeMs = time_to_cut * 1000;
    return { timeUpWarning: text === undefined ? { beforeMs } : { beforeMs, text } };
  }
  return text === undefined ? {} : { timeUpMessage: text };
}

/** The three keys; the stored ones while they say what the house does. */
function timeUpKeys({ timeUpMessage, timeUpWarning }: TurnSettings, kept: JsonObject): JsonObject {
  const done: TimeUp = { ...(timeUpMessage && { timeUpMessage }), ...(timeUpWarning && { timeUpWarning }) };
  const { end_call_message_mode = 'fixed', message_of_cut, time_to_cut } = kept;
  if (isDeepStrictEqual(done, timeUpIn(kept))) {
    return present({ end_call_message_mode, message_of_cut, time_to_cut });
  }
  return {
    time_to_cut: timeUpWarning ? Math.round(timeUpWarning.beforeMs / 1000) : null,
    message_of_cut: timeUpWarning?.text ?? timeUpMessage ?? null,
    end_call_message_mode: timeUpWarning && timeUpWarning.text === undefined ? 'context_aware' : 'fixed',
  };
}

/** A key that isn't sent counts as what a client was shown of it. */
function timeUpAfter(sent: Specific, before: Agent | undefined, keptBefore: JsonObject): TimeUp {
  const { end_call_message_mode, message_of_cut, time_to_cut } = sent;
  const { timeUpMessage, timeUpWarning } = before?.turnSettings ?? {};
  const change = present({ end_call_message_mode, message_of_cut, time_to_cut });
  if (Object.keys(change).length === 0) return present({ timeUpMessage, timeUpWarning });
  return timeUpIn({ ...(before && timeUpKeys(before.turnSettings, keptBefore)), ...change });
}

/** Below this every pause for breath would end the turn. */
const shortestSilenceMs = 100;
/** Where the conversation ends any turn unless told. */
const longestSilenceMs = 3_000;

function endOfTurnMs(seconds: number): number {
  return Math.max(shortestSilenceMs, Math.round(seconds * 1000));
}
