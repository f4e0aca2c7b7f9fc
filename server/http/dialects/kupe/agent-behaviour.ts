import { isDeepStrictEqual } from 'node:util';
import type { Agent, TurnSettings } from '../../../domain/agents/agent.ts';
import type { JsonObject } from '../../../domain/json-column.ts';
import type { AgentSections } from './agents.schema.ts';
import { present } from './fields.ts';

type Specific = NonNullable<AgentSections['agent_specific_config']>;

/** How the agent is to behave after a change; undefined where the section isn't sent. `keptBefore`: the section as kept. */
export function turnSettingsAfter(
  sent: AgentSections['agent_specific_config'],
  before: Agent | undefined,
  keptBefore: JsonObject,
): TurnSettings | undefined {
  if (!sent) return undefined;
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

/** Keys of `agent_specific_config` that say what the house does, whichever API set it. */
export function behaviourKeys({ turnSettings }: Agent, kept: JsonObject): JsonObject {
  const { endOfTurnSilenceMs, maxDurationMs } = turnSettings;
  return {
    ...(maxDurationMs === undefined ? {} : { session_timeout: Math.round(maxDurationMs / 1000) }),
    ...(endOfTurnSilenceMs === undefined ? {} : { end_of_speech_timeout: endOfTurnSilenceMs / 1000 }),
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
