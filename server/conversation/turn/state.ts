import type { CallEndReason } from '../../contract/call.ts';
import type { LlmRequest, TransferTarget } from '../../providers/kinds/llm.ts';
import type { TurnDetector } from '../end-of-turn/turn-detector.ts';
import type { AgentTalk } from '../interruption.ts';
import type { ConversationInput } from '../ports.ts';
import type { ConversationBehaviour } from '../settings.ts';
import { joinTexts, withoutPrefix } from '../words.ts';

/** What the caller has said since the last answer. */
export interface CallerWords {
  /** Final text of recognitions that did not lead to a heard answer. */
  readonly carried: string;
  /** Milliseconds of call audio; undefined before the first voice. */
  readonly startPositionMs: number | undefined;
  readonly lastVoicedAtMs: number | undefined;
  readonly lastVoicedPositionMs: number | undefined;
  /** Words were lost with the recogniser. */
  readonly lost: boolean;
}

export const noWords: CallerWords = {
  carried: '',
  startPositionMs: undefined,
  lastVoicedAtMs: undefined,
  lastVoicedPositionMs: undefined,
  lost: false,
};

/** A caller's turn that is being answered. */
export interface SaidByCaller {
  readonly text: string;
  readonly words: CallerWords;
  readonly endOfTurnAtMs: number;
}

export type Purpose = 'announcement' | 'greeting' | 'answer' | 'apology' | 'warning' | 'farewell';

export interface AgentTurn {
  readonly id: number;
  readonly purpose: Purpose;
  readonly interruptible: boolean;
  /** What it answers; undefined for what the agent says unasked. */
  readonly said: SaidByCaller | undefined;
  /** First packet; undefined while it thinks. */
  readonly startedAtMs: number | undefined;
  /** Enough of it was heard to count: its side effects are done, the caller's turn is recorded. */
  readonly committed: boolean;
  /** A tool works for it: the caller waits. */
  readonly isWaiting: boolean;
}

export type FarewellReason = Extract<CallEndReason, 'agent-hangup' | 'silence' | 'max-duration' | 'shutdown'>;

/** Who has the floor. */
export type Floor =
  | { readonly at: 'not-started' }
  | { readonly at: 'idle' }
  | { readonly at: 'caller-speaking' }
  /** The caller paused; it is being waited whether more comes. */
  | { readonly at: 'waiting-end' }
  /** Decided that the turn is over; the recogniser was asked for the final text. `reopened`: voice came again. */
  | { readonly at: 'closing-turn'; readonly decidedAtMs: number; readonly reopened: boolean }
  /** The agent has the floor, nothing has been heard yet. */
  | { readonly at: 'thinking'; readonly turn: AgentTurn }
  | { readonly at: 'agent-speaking'; readonly turn: AgentTurn }
  /** Voice over the agent, playout paused, undecided. */
  | {
      readonly at: 'agent-paused';
      readonly turn: AgentTurn;
      /** When the first voice began, and where in the call's audio. */
      readonly pausedAtMs: number;
      readonly onsetPositionMs: number;
      /** The same of the latest voice. */
      readonly voiceAtMs: number;
      readonly voicePositionMs: number;
      /** Length of the voices that have ended. */
      readonly voicedMs: number;
      readonly confirmed: boolean;
      readonly voiceEndedAtMs: number | undefined;
      readonly verifying: boolean;
    }
  | { readonly at: 'transferring'; readonly refused: string | undefined }
  | { readonly at: 'held'; readonly before: Floor; readonly sinceMs: number }
  | { readonly at: 'ending'; readonly turn: AgentTurn; readonly why: FarewellReason }
  | { readonly at: 'over' };

export interface TurnState {
  readonly floor: Floor;
  readonly voiceActive: boolean;
  readonly words: CallerWords;
  /** The recogniser's latest text of its open turn. */
  readonly earText: string;
  /** The beginning of `earText` that belongs to nobody's turn any more. */
  readonly stale: string;
  /** Text for which an answer is being prepared. */
  readonly speculated: string | undefined;
  readonly digits: string;
  readonly digitsComplete: boolean;
  readonly silencePrompts: number;
  readonly silentSinceMs: number;
  readonly deadlineMs: number;
  /** That the time is nearly up: not yet to be said, to be said as soon as nobody speaks, said. */
  readonly warning: 'later' | 'due' | 'said';
  readonly apologisedAtMs: number | undefined;
  readonly failures: number;
  readonly lastAgentSentence: string;
  /** When the agent last went on over a voice that may have been words. */
  readonly passedOverAtMs: number | undefined;
  readonly nextTurnId: number;
}

export const initialState: TurnState = {
  floor: { at: 'not-started' },
  voiceActive: false,
  words: noWords,
  earText: '',
  stale: '',
  speculated: undefined,
  digits: '',
  digitsComplete: false,
  silencePrompts: 0,
  silentSinceMs: 0,
  deadlineMs: 0,
  warning: 'later',
  apologisedAtMs: undefined,
  failures: 0,
  lastAgentSentence: '',
  passedOverAtMs: undefined,
  nextTurnId: 1,
};

export const timerNames = [
  'speculate',
  'end-of-turn',
  'interruption',
  'commit',
  'silence',
  'max-duration',
  'time-short',
  'digits',
  'ending',
] as const;
export type TimerName = (typeof timerNames)[number];

export type AfterTurn =
  | { readonly kind: 'listen' }
  | { readonly kind: 'hangup' }
  | { readonly kind: 'transfer'; readonly target: TransferTarget };

/** Line events that concern the floor, and what the conversation's own work came to. */
export type TurnInput =
  | Exclude<
      ConversationInput,
      | { readonly kind: 'playback-started' }
      | { readonly kind: 'playback-finished' }
      | { readonly kind: 'playback-lost' }
    >
  | { readonly kind: 'start' }
  | { readonly kind: 'timer'; readonly timer: TimerName }
  /** The recogniser's answer to `close-ear`; its next text starts from nothing. */
  | { readonly kind: 'final'; readonly text: string }
  | { readonly kind: 'final-failed' }
  | { readonly kind: 'sentence-started'; readonly turnId: number; readonly text: string }
  /** Everything of the turn was played (or it had nothing to say). */
  | { readonly kind: 'turn-played'; readonly turnId: number; readonly next: AfterTurn }
  | { readonly kind: 'turn-failed'; readonly turnId: number }
  /** A tool has done its work for the turn: it counts, heard or not. */
  | { readonly kind: 'turn-acted'; readonly turnId: number }
  /** A tool begins to work for the turn, or the last one has ended. */
  | { readonly kind: 'turn-waiting'; readonly turnId: number; readonly isWaiting: boolean };

export type Effect =
  | { readonly kind: 'schedule'; readonly timer: TimerName; readonly atMs: number }
  | { readonly kind: 'cancel'; readonly timer: TimerName }
  | { readonly kind: 'close-ear' }
  | { readonly kind: 'speculate'; readonly text: string }
  | { readonly kind: 'discard-speculation' }
  | {
      readonly kind: 'answer';
      readonly turnId: number;
      readonly occasion: LlmRequest['occasion'];
      readonly said: SaidByCaller | undefined;
    }
  | { readonly kind: 'say'; readonly turnId: number; readonly purpose: Purpose; readonly text: string }
  /** Record the caller's turn and do what the answer asked for. */
  | { readonly kind: 'commit'; readonly turnId: number }
  /** Record the agent's turn as played to its end. */
  | { readonly kind: 'finish'; readonly turnId: number }
  /** Silence the agent; `record` what was heard of the turn, or forget that it ever was. */
  | { readonly kind: 'cut'; readonly turnId: number; readonly record: boolean }
  | { readonly kind: 'pause'; readonly turnId: number; readonly line: boolean }
  | { readonly kind: 'resume'; readonly turnId: number }
  /** Playout was paused by a voice that interrupts nothing. */
  | { readonly kind: 'resume-line' }
  | { readonly kind: 'hold'; readonly turnId: number }
  | { readonly kind: 'continue'; readonly turnId: number }
  | { readonly kind: 'allow-barge-in'; readonly allowed: boolean }
  | { readonly kind: 'transfer'; readonly target: TransferTarget }
  | { readonly kind: 'hangup'; readonly why: FarewellReason };

export interface TurnRules {
  readonly behaviour: ConversationBehaviour;
  readonly detector: TurnDetector;
  readonly announcement: string;
  readonly greeting: string;
}

export interface Step {
  readonly state: TurnState;
  readonly effects: readonly Effect[];
}

/** One decision's circumstances. */
export interface Moment {
  readonly nowMs: number;
  readonly rules: TurnRules;
}

export function step(state: TurnState, ...effects: Effect[]): Step {
  return { state, effects };
}

/** Goes on from a step; effects keep their order. */
export function andThen(first: Step, next: (state: TurnState) => Step): Step {
  const second = next(first.state);
  return { state: second.state, effects: [...first.effects, ...second.effects] };
}

/** Words of the open recognition that belong to the caller's turn. */
export function freshText(state: TurnState): string {
  return withoutPrefix(state.earText, state.stale);
}

/** What a voice over this turn comes over. */
export function agentTalk(state: TurnState, turn: AgentTurn): AgentTalk {
  const isUnheard = !turn.committed || turn.startedAtMs === undefined;
  return {
    unheard: isUnheard && turn.said !== undefined,
    lastSentence: state.lastAgentSentence,
    isWaiting: turn.isWaiting,
  };
}

/** All that the caller has said and that was not answered. */
export function openText(state: TurnState): string {
  return joinTexts(state.words.carried, freshText(state));
}
