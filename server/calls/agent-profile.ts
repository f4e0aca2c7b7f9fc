import type { CallIdentity } from '../contract/call.ts';
import {
  type BehaviourOverrides,
  behaviourDefaults,
  behaviourWith,
  type ConversationSettings,
} from '../conversation/settings.ts';
import type { Agent, TurnSettings } from '../domain/agents/agent.ts';
import { type Keypad, type KeypadRule, keypadOf } from '../domain/agents/keypad-rules.ts';
import type { OutboundOrder, VoicemailPlan } from '../domain/calls/outbound-order.ts';
import type { AgentTools } from './call-tools.ts';
import type { BrainLimits } from './limited-brain.ts';

/** Everything about one call that follows from its agent, its order and who calls. */
export interface AgentProfile {
  readonly agentId: string;
  readonly recordingEnabled: boolean;
  /** What to do when a machine answers. */
  readonly voicemail: VoicemailPlan;
  /** What the agent sets for every answer of its brain. */
  readonly brainLimits: BrainLimits;
  /** What pressed keys do without the brain. */
  readonly keypadRules: readonly KeypadRule[];
  readonly tools: AgentTools;
  readonly conversation: Omit<ConversationSettings, 'callId'>;
}

export interface ProfileDefaults {
  readonly recogniserName: string;
  readonly maxDurationMs: number;
  /** What the agent may use in a call that begins now. */
  readonly toolsOf: (agent: Agent) => AgentTools;
}

/** Said when a recorded agent has no sentence of its own; an empty one means that none is spoken. */
const announcement = 'This call is recorded.';

export function profileOf(
  agent: Agent,
  order: Pick<OutboundOrder, 'context' | 'variables' | 'startingMessage' | 'voicemail'> | undefined,
  identity: CallIdentity,
  defaults: ProfileDefaults,
): AgentProfile {
  const spoken = agent.recordingAnnouncement ?? announcement;
  const keypad = keypadOf(agent.dtmfRules);
  return {
    agentId: agent.id,
    recordingEnabled: agent.recordingEnabled,
    voicemail: order?.voicemail ?? { action: 'ignore' },
    brainLimits: limitsOf(agent.turnSettings),
    keypadRules: keypad.rules,
    tools: defaults.toolsOf(agent),
    conversation: {
      agentName: agent.name,
      systemPrompt: agent.systemPrompt,
      context: order?.context ?? [],
      contextData: { ...callerData(identity), ...textValues(order?.variables ?? {}) },
      knowledge: agent.knowledge,
      transferTargets: agent.transferTargets,
      timeZone: agent.timeZone,
      greeting: order?.startingMessage ?? agent.startingMessage ?? '',
      ...(agent.recordingEnabled && spoken !== '' ? { recordingAnnouncement: spoken } : {}),
      ...(agent.voice === null ? {} : { voice: agent.voice }),
      ...speedOf(agent),
      recogniserName: defaults.recogniserName,
      behaviour: behaviourWith(overridesOf(agent.turnSettings, keypad, defaults.maxDurationMs)),
    },
  };
}

/** Time that is short from the start is told of by nobody: what was to be said then is said at the end. */
function timeUpOf({ timeUpMessage, timeUpWarning }: TurnSettings, maxDurationMs: number): BehaviourOverrides {
  const isInTime = timeUpWarning !== undefined && timeUpWarning.beforeMs < maxDurationMs;
  const farewell = timeUpMessage ?? (isInTime ? undefined : timeUpWarning?.text);
  return {
    phrases: farewell === undefined ? {} : { maxDurationFarewell: farewell },
    timeShort: isInTime ? { beforeEndMs: timeUpWarning.beforeMs, text: timeUpWarning.text ?? '' } : {},
  };
}

function limitsOf({ generation, mayHangUp }: TurnSettings): BrainLimits {
  return {
    ...(mayHangUp === undefined ? {} : { mayEndCall: mayHangUp }),
    ...(generation === undefined ? {} : { generation }),
  };
}

function overridesOf(turns: TurnSettings, { gapMs, rules }: Keypad, longestMs: number): BehaviourOverrides {
  const { endOfTurnSilenceMs, endOfTurnLongestSilenceMs, maxSilencePrompts, silencePromptMs } = turns;
  const maxDurationMs = Math.min(turns.maxDurationMs ?? longestMs, longestMs);
  return {
    ...timeUpOf(turns, maxDurationMs),
    maxDurationMs,
    digits: { ...(gapMs === undefined ? {} : { gapMs }), takesHash: rules.some(({ keys }) => keys === '#') },
    silence: {
      ...(silencePromptMs === undefined ? {} : { promptAfterMs: silencePromptMs }),
      ...(maxSilencePrompts === undefined ? {} : { maxPrompts: maxSilencePrompts }),
    },
    endOfTurn: {
      ...(endOfTurnSilenceMs === undefined
        ? {}
        : { completeMs: endOfTurnSilenceMs, normalMs: endOfTurnSilenceMs, ...incompleteOf(endOfTurnSilenceMs) }),
      ...(endOfTurnLongestSilenceMs === undefined ? {} : { hardStopMs: endOfTurnLongestSilenceMs }),
    },
  };
}

/** Who sounds unfinished is never given less time than who sounds finished. */
function incompleteOf(silenceMs: number): { readonly incompleteMs?: number } {
  return silenceMs > behaviourDefaults.endOfTurn.incompleteMs ? { incompleteMs: silenceMs } : {};
}

/** The pace of `voice_settings` (0.7–1.2), where the foreign API sent one. */
function speedOf(agent: Agent): { readonly speed?: number } {
  const speed = agent.voiceSettings?.speed;
  return typeof speed === 'number' ? { speed: Math.min(1.2, Math.max(0.7, speed)) } : {};
}

/** What the signalling says about the caller, for `{{caller_number}}`. */
function callerData(identity: CallIdentity): Record<string, string> {
  return identity.from === '' ? {} : { caller_number: identity.from };
}

function textValues(values: Readonly<Record<string, unknown>>): Record<string, string> {
  const entries = Object.entries(values).map(([key, value]) => {
    return [key, typeof value === 'string' ? value : JSON.stringify(value)] as const;
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== 'null'));
}
