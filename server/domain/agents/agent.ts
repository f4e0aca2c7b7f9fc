import type { Extras, JsonObject } from '../json-column.ts';

/** Someone a caller can be passed on to. */
export interface TransferTarget {
  /** What callers call it: "sales", "a colleague". */
  readonly name: string;
  /** SIP URI or number. */
  readonly target: string;
  /** When a caller is to be passed on there, in the agent's owner's words; absent: when they ask for it. */
  readonly when?: string;
}

/** Says that the time is nearly up. */
export interface TimeUpWarning {
  /** How long before the longest duration. */
  readonly beforeMs: number;
  /** Absent: the brain finds words that fit the conversation. */
  readonly text?: string;
}

/** How its language model answers. */
export interface Generation {
  /** Longest answer, in tokens of the model. */
  readonly maxTokens?: number;
  /** 0 (always the likeliest word) to 2. */
  readonly temperature?: number;
}

/** How the agent takes turns; what is absent follows the defaults of the conversation. */
export interface TurnSettings {
  /** Silence of the caller before the agent asks whether they are there. */
  readonly silencePromptMs?: number;
  /** Prompts into silence before the agent hangs up. */
  readonly maxSilencePrompts?: number;
  readonly maxDurationMs?: number;
  /** Silence that ends a turn whose text sounds finished. */
  readonly endOfTurnSilenceMs?: number;
  /** Silence that ends a turn whatever its text. */
  readonly endOfTurnLongestSilenceMs?: number;
  /** Said when the call has lasted its longest, before the agent hangs up. */
  readonly timeUpMessage?: string;
  /** Has no effect in calls that can't last as long as it comes before their end. */
  readonly timeUpWarning?: TimeUpWarning;
  /** Whether the agent may hang up by itself after a goodbye; absent: it may. */
  readonly mayHangUp?: boolean;
  /** A brain that is no language model has no use for it. */
  readonly generation?: Generation;
}

/** Who answers the phone: what it says, knows and may do. */
export interface Agent {
  readonly id: string;
  readonly organizationId: string;
  /** Who made it; null for one that no person made. */
  readonly ownerUserId: string | null;
  readonly name: string;
  readonly description: string | null;
  readonly systemPrompt: string;
  /** First words of a call. */
  readonly startingMessage: string | null;
  readonly enabled: boolean;
  /** Voice settings as the foreign API sent them. */
  readonly voiceSettings: JsonObject | null;
  readonly dtmfRules: JsonObject | null;
  /** Facts in plain sentences. */
  readonly knowledge: string;
  /** IANA name, e.g. `Europe/Berlin`. */
  readonly timeZone: string;
  readonly transferTargets: readonly TransferTarget[];
  readonly recordingEnabled: boolean;
  /** Spoken first when the call is recorded. */
  readonly recordingAnnouncement: string | null;
  /** Nothing that is said in its calls, recorded of them or made of them is told outside of the house. */
  readonly isConfidential: boolean;
  readonly turnSettings: TurnSettings;
  /** Voice name of the speech provider; null for the default voice. */
  readonly voice: string | null;
  /** Takes every dialled number that has no route; at most one agent of the appliance is it. */
  readonly isDefault: boolean;
  readonly extras: Extras;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** What a new agent needs; the rest has defaults. */
export type AgentDraft = Pick<Agent, 'name' | 'systemPrompt'> & Partial<AgentFields>;

/** What may be changed. */
export type AgentChange = Partial<AgentFields>;

type AgentFields = Omit<Agent, 'id' | 'organizationId' | 'isDefault' | 'createdAtMs' | 'updatedAtMs'>;

/** A whole agent from a draft. */
export function makeAgent(
  draft: AgentDraft & Pick<Agent, 'timeZone'>,
  fixed: { readonly id: string; readonly organizationId: string; readonly isDefault: boolean; readonly nowMs: number },
): Agent {
  return {
    ownerUserId: null,
    description: null,
    startingMessage: null,
    enabled: true,
    voiceSettings: null,
    dtmfRules: null,
    knowledge: '',
    transferTargets: [],
    recordingEnabled: true,
    recordingAnnouncement: null,
    isConfidential: false,
    turnSettings: {},
    voice: null,
    extras: {},
    ...draft,
    id: fixed.id,
    organizationId: fixed.organizationId,
    isDefault: fixed.isDefault,
    createdAtMs: fixed.nowMs,
    updatedAtMs: fixed.nowMs,
  };
}
