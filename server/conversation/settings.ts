import type { TransferTarget } from '../providers/kinds/llm.ts';
import { type EndOfTurnSettings, endOfTurnDefaults } from './end-of-turn/turn-detector.ts';
import { type InterruptionSettings, interruptionDefaults } from './interruption.ts';

/** Sentences the conversation says by itself. */
export interface Phrases {
  readonly speechLost: string;
  readonly brainFailed: string;
  /** After the second failure in a row. */
  readonly brainFailedAgain: string;
  /** After the third; then the call ends. */
  readonly brainGone: string;
  readonly silenceFarewell: string;
  readonly maxDurationFarewell: string;
  readonly shutdownFarewell: string;
  /** While a tool takes its time. */
  readonly toolWait: string;
}

export interface SpeculationSettings {
  readonly enabled: boolean;
  /** An answer is prepared once the caller has been silent this long. */
  readonly afterSilenceMs: number;
}

export interface SilenceSettings {
  /** The agent speaks up after this much silence of both sides. */
  readonly promptAfterMs: number;
  /** After so many prompts without an answer the call ends. */
  readonly maxPrompts: number;
}

/** Tells the caller that the call's longest duration is near. */
export interface TimeShortSettings {
  /** How long before the end; 0: not at all. */
  readonly beforeEndMs: number;
  /** What is said; empty: the brain finds the words. */
  readonly text: string;
}

export interface DigitSettings {
  /** Digits belong together until this pause, or until `#`. */
  readonly gapMs: number;
  /** More digits than this in one go are dropped. */
  readonly limit: number;
  /** Whether a `#` that ends nothing is a key like others. */
  readonly takesHash: boolean;
}

export interface ToolSettings {
  /** A tool that hasn't answered by then has failed, whatever its own limit. */
  readonly limitMs: number;
  /** So much silence while a tool works is covered by a sentence. */
  readonly coverAfterMs: number;
  /** From one such sentence to the next. */
  readonly coverAgainMs: number;
  /** How often one turn may go from thinking to tools; tools that work side by side are one round. */
  readonly roundsPerTurn: number;
  readonly mostAtOnce: number;
}

/** How a conversation behaves; every value can be set per agent. */
export interface ConversationBehaviour {
  readonly endOfTurn: EndOfTurnSettings;
  readonly interruption: InterruptionSettings;
  readonly speculation: SpeculationSettings;
  readonly silence: SilenceSettings;
  readonly digits: DigitSettings;
  readonly tools: ToolSettings;
  readonly maxDurationMs: number;
  readonly timeShort: TimeShortSettings;
  /**
   * An answer of which less than this was heard counts as not given: nobody reacts to words that fast (200 ms and
   * more), so a caller who speaks up by then was only pausing, and the turn goes on.
   */
  readonly unheardMs: number;
  /** Losses of the recogniser within this time of an apology are the same accident. */
  readonly apologyEpisodeMs: number;
  /** A brain that gives no text for this long has failed. */
  readonly brainLimitMs: number;
  /** The recogniser's final text is waited for this long. */
  readonly recognitionLimitMs: number;
  /** A last sentence that isn't played out by then is cut off. */
  readonly farewellLimitMs: number;
  readonly shutdownLimitMs: number;
  readonly phrases: Phrases;
}

export const behaviourDefaults: ConversationBehaviour = {
  endOfTurn: endOfTurnDefaults,
  interruption: interruptionDefaults,
  speculation: { enabled: true, afterSilenceMs: 250 },
  silence: { promptAfterMs: 8_000, maxPrompts: 2 },
  digits: { gapMs: 2_000, limit: 32, takesHash: false },
  tools: { limitMs: 60_000, coverAfterMs: 1_200, coverAgainMs: 8_000, roundsPerTurn: 3, mostAtOnce: 5 },
  maxDurationMs: 30 * 60_000,
  timeShort: { beforeEndMs: 0, text: '' },
  unheardMs: 350,
  apologyEpisodeMs: 15_000,
  brainLimitMs: 10_000,
  recognitionLimitMs: 2_000,
  farewellLimitMs: 15_000,
  shutdownLimitMs: 5_000,
  phrases: {
    speechLost: 'Sorry, could you say that again?',
    brainFailed: 'Sorry, something went wrong on my side. Could you say that again?',
    brainFailedAgain: 'I am sorry, I still have trouble here. You can try once more, or hang up and call again later.',
    brainGone: 'I am sorry, I cannot help you right now. Please call again later. Goodbye.',
    silenceFarewell: 'I cannot hear you, so I will hang up now. Goodbye.',
    maxDurationFarewell: 'I am sorry, our time is up and I have to end the call here. Thank you for calling. Goodbye.',
    shutdownFarewell: 'I am sorry, I have to end the call now. Goodbye.',
    toolWait: 'One moment, please, I am looking that up.',
  },
};

/** Everything about one conversation that is known before it begins. */
export interface ConversationSettings {
  readonly callId: string;
  readonly agentName: string;
  readonly systemPrompt: string;
  /** Task description and other running context, in reading order. */
  readonly context: readonly string[];
  /** Values for `{{key}}` in prompt, context, knowledge and greeting. */
  readonly contextData: Readonly<Record<string, string>>;
  readonly knowledge: string;
  readonly transferTargets: readonly TransferTarget[];
  readonly timeZone: string;
  /** Spoken first, after the announcement; empty for an agent that waits for the caller. */
  readonly greeting: string;
  /** Spoken before anything else and not interruptible, where the call is recorded. */
  readonly recordingAnnouncement?: string;
  readonly voice?: string;
  readonly speed?: number;
  /** Name of the recogniser for the records of what the caller said. */
  readonly recogniserName: string;
  readonly behaviour: ConversationBehaviour;
}

/** The default behaviour with an agent's own values over it, group by group. */
export function behaviourWith(own: BehaviourOverrides): ConversationBehaviour {
  const base = behaviourDefaults;
  return {
    ...base,
    ...own,
    endOfTurn: { ...base.endOfTurn, ...own.endOfTurn },
    interruption: { ...base.interruption, ...own.interruption },
    speculation: { ...base.speculation, ...own.speculation },
    silence: { ...base.silence, ...own.silence },
    digits: { ...base.digits, ...own.digits },
    timeShort: { ...base.timeShort, ...own.timeShort },
    tools: { ...base.tools, ...own.tools },
    phrases: { ...base.phrases, ...own.phrases },
  };
}

export type BehaviourOverrides = {
  readonly [Key in keyof ConversationBehaviour]?: ConversationBehaviour[Key] extends number
    ? number
    : Partial<ConversationBehaviour[Key]>;
};
