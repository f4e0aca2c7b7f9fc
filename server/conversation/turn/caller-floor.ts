import { hasUnclearWords, isRealSpeech, judgeInterruption, type WordsOverAgent } from '../interruption.ts';
import type { ConversationInput } from '../ports.ts';
import { joinTexts, normalised } from '../words.ts';
import { cutIn, resumeAgent } from './agent-floor.ts';
import { speakOn } from './caller-speaks.ts';
import {
  agentTalk,
  andThen,
  type Floor,
  freshText,
  type Moment,
  noWords,
  openText,
  type Step,
  step,
  type TurnState,
} from './state.ts';

type Input<Kind extends ConversationInput['kind']> = Extract<ConversationInput, { readonly kind: Kind }>;

/** How often a voice over the agent is looked at again while it lasts. */
const recheckMs = 200;

export function voiceOnset(before: TurnState, input: Input<'voice-onset'>, moment: Moment): Step {
  const state: TurnState = { ...before, voiceActive: true };
  const { floor } = state;
  const unpause = input.pausedPlayback ? step(state, { kind: 'resume-line' }) : step(state);
  switch (floor.at) {
    case 'idle':
      return andThen(unpause, (state) => callerStarts(state, input.positionMs, moment));
    case 'waiting-end':
      return andThen(unpause, (state) =>
        andThen(speakOn(state, moment), (state) => step(state, { kind: 'cancel', timer: 'speculate' })),
      );
    case 'closing-turn':
      return andThen(unpause, (state) => step({ ...state, floor: { ...floor, reopened: true } }));
    case 'thinking':
    case 'agent-speaking':
      if (!floor.turn.interruptible) return unpause;
      return step(
        {
          ...state,
          stale: state.earText,
          floor: {
            at: 'agent-paused',
            turn: floor.turn,
            pausedAtMs: moment.nowMs,
            onsetPositionMs: input.positionMs,
            voiceAtMs: moment.nowMs,
            voicePositionMs: input.positionMs,
            voicedMs: 0,
            confirmed: false,
            voiceEndedAtMs: undefined,
            verifying: false,
          },
        },
        { kind: 'pause', turnId: floor.turn.id, line: !input.pausedPlayback },
        { kind: 'cancel', timer: 'commit' },
        interruptionTimer(moment, moment.nowMs + recheckMs),
      );
    case 'agent-paused':
      return step(
        {
          ...state,
          floor: {
            ...floor,
            voiceAtMs: moment.nowMs,
            voicePositionMs: input.positionMs,
            voiceEndedAtMs: undefined,
          },
        },
        interruptionTimer(moment, moment.nowMs + recheckMs),
      );
    case 'not-started':
    case 'caller-speaking':
    case 'transferring':
    case 'held':
    case 'ending':
    case 'over':
      break;
  }
  return unpause;
}

function callerStarts(state: TurnState, positionMs: number, moment: Moment): Step {
  const words = { ...state.words, startPositionMs: state.words.startPositionMs ?? positionMs };
  return andThen(step({ ...state, words }, { kind: 'cancel', timer: 'silence' }), (state) => speakOn(state, moment));
}

export function voiceConfirmed(state: TurnState, moment: Moment): Step {
  if (state.floor.at !== 'agent-paused') return step(state);
  return judge({ ...state, floor: { ...state.floor, confirmed: true } }, moment);
}

export function voiceStopped(before: TurnState, input: Input<'voice-stopped'>, moment: Moment): Step {
  const state: TurnState = {
    ...before,
    voiceActive: false,
    words: {
      ...before.words,
      lastVoicedAtMs: input.lastVoicedAtMs,
      lastVoicedPositionMs: input.lastVoicedPositionMs,
    },
  };
  const { floor } = state;
  if (floor.at === 'caller-speaking') return waitForEnd(state, moment);
  if (floor.at !== 'agent-paused') return step(state);
  return step(
    {
      ...state,
      floor: {
        ...floor,
        voicedMs: floor.voicedMs + Math.max(0, input.lastVoicedPositionMs - floor.voicePositionMs),
        voiceEndedAtMs: input.lastVoicedAtMs,
      },
    },
    interruptionTimer(moment, input.lastVoicedAtMs + moment.rules.behaviour.interruption.settleMs),
  );
}

export function partial(before: TurnState, text: string, moment: Moment): Step {
  const state: TurnState = { ...before, earText: text };
  switch (state.floor.at) {
    case 'caller-speaking':
      return andThen(dropChangedSpeculation(state), (after) =>
        normalised(state.earText) === normalised(before.earText) ? step(after) : speakOn(after, moment),
      );
    case 'waiting-end': {
      const changed = normalised(openText(state)) !== normalised(openText(before));
      return changed ? andThen(dropChangedSpeculation(state), (state) => waitForEnd(state, moment)) : step(state);
    }
    case 'agent-paused':
      return judge(state, moment);
    case 'idle':
      // Words without a voice onset: too soft for the detector, yet words.
      if (freshText(state) === '') return step(state);
      return andThen(callerStartsUnvoiced(state, moment), (state) =>
        state.voiceActive ? speakOn(state, moment) : waitForEnd(state, moment),
      );
    case 'not-started':
    case 'closing-turn':
    case 'thinking':
    case 'agent-speaking':
    case 'transferring':
    case 'held':
    case 'ending':
    case 'over':
      break;
  }
  return step(state);
}

function callerStartsUnvoiced(state: TurnState, moment: Moment): Step {
  const words = { ...state.words, lastVoicedAtMs: moment.nowMs };
  return step({ ...state, words }, { kind: 'cancel', timer: 'silence' });
}

function dropChangedSpeculation(state: TurnState): Step {
  if (state.speculated === undefined || state.speculated === normalised(openText(state))) return step(state);
  return step({ ...state, speculated: undefined }, { kind: 'discard-speculation' });
}

/** The caller is silent: plans when to start preparing an answer and when to call the turn over. */
export function waitForEnd(state: TurnState, moment: Moment): Step {
  const { behaviour, detector } = moment.rules;
  const lastVoicedAtMs = state.words.lastVoicedAtMs ?? moment.nowMs;
  const text = openText(state);
  const { waitMs, completeness } = detector.predict(text, { lastAgentSentence: state.lastAgentSentence });
  const prepareMs = completeness === 'incomplete' ? waitMs / 2 : behaviour.speculation.afterSilenceMs;
  const waiting = step(
    { ...state, words: { ...state.words, lastVoicedAtMs }, floor: { at: 'waiting-end' } },
    { kind: 'schedule', timer: 'end-of-turn', atMs: Math.max(moment.nowMs, lastVoicedAtMs + waitMs) },
  );
  const wanted = behaviour.speculation.enabled && text !== '' && normalised(text) !== state.speculated;
  return andThen(waiting, (state) =>
    wanted
      ? step(state, { kind: 'schedule', timer: 'speculate', atMs: Math.max(moment.nowMs, lastVoicedAtMs + prepareMs) })
      : step(state, { kind: 'cancel', timer: 'speculate' }),
  );
}

export function speculateNow(state: TurnState): Step {
  const text = openText(state);
  if (state.floor.at !== 'waiting-end' || text === '' || state.digits !== '' || state.words.lost) return step(state);
  return step({ ...state, speculated: normalised(text) }, { kind: 'speculate', text });
}

/** Judges a voice over the agent by what is known of it now. */
export function judge(state: TurnState, moment: Moment): Step {
  const { floor } = state;
  if (floor.at !== 'agent-paused') return step(state);
  const { nowMs, rules } = moment;
  const endedAtMs = floor.voiceEndedAtMs;
  const verdict = judgeInterruption(
    {
      ...wordsOver(state, floor, freshText(state), moment),
      confirmed: floor.confirmed,
      silentMs: endedAtMs === undefined ? undefined : nowMs - endedAtMs,
    },
    rules.behaviour.interruption,
  );
  if (verdict === 'interrupt') return takeFloor(state, moment);
  if (verdict === 'verify' && !floor.verifying)
    return step({ ...state, floor: { ...floor, verifying: true } }, { kind: 'close-ear' });
  if (verdict === 'verify') return step(state);
  const againAtMs = endedAtMs === undefined ? nowMs + recheckMs : endedAtMs + rules.behaviour.interruption.settleMs;
  return step(state, interruptionTimer(moment, againAtMs));
}

function wordsOver(
  state: TurnState,
  floor: Extract<Floor, { readonly at: 'agent-paused' }>,
  text: string,
  { nowMs, rules }: Moment,
): WordsOverAgent {
  const goingOnMs = floor.voiceEndedAtMs === undefined ? nowMs - floor.voiceAtMs : 0;
  const sinceMs = floor.pausedAtMs - (state.passedOverAtMs ?? Number.NEGATIVE_INFINITY);
  return {
    text,
    voiceMs: floor.voicedMs + goingOnMs,
    again: sinceMs < rules.behaviour.interruption.againMs,
    over: agentTalk(state, floor.turn),
  };
}

/** The recogniser has said all it heard of a voice over the agent. */
export function verified(before: TurnState, text: string, moment: Moment): Step {
  const state: TurnState = { ...before, earText: '', stale: '' };
  const { floor } = state;
  if (floor.at !== 'agent-paused') return step(state);
  if (isRealSpeech(wordsOver(state, floor, text, moment), moment.rules.behaviour.interruption)) {
    const words = { ...state.words, carried: text };
    return takeFloor({ ...state, words }, moment);
  }
  if (state.voiceActive) return step({ ...state, floor: { ...floor, verifying: false } });
  const passedOverAtMs = floor.confirmed && hasUnclearWords(text) ? moment.nowMs : state.passedOverAtMs;
  return resumeAgent({ ...state, passedOverAtMs }, moment);
}

/** The caller really speaks: the agent's turn is cut, the floor is theirs. */
export function takeFloor(state: TurnState, moment: Moment): Step {
  const { floor } = state;
  if (floor.at !== 'agent-paused') return step(state);
  const cut = andThen(cutIn({ ...state, passedOverAtMs: undefined }, floor.turn), (state) => {
    const startPositionMs = state.words.startPositionMs ?? floor.onsetPositionMs;
    return step({ ...state, words: { ...state.words, startPositionMs } });
  });
  return andThen(cut, (state) => (state.voiceActive ? speakOn(state, moment) : waitForEnd(state, moment)));
}

/** The recogniser died: what it had heard in this turn is gone, except what it had already told us in a pause. */
export function recogniserLost(before: TurnState): Step {
  const state: TurnState = { ...before, earText: '', stale: '' };
  switch (before.floor.at) {
    case 'waiting-end': {
      const carried = openText(before);
      return step({ ...state, words: { ...state.words, carried, lost: carried === '' } });
    }
    case 'caller-speaking':
      return step({ ...state, words: { ...noWords, ...state.words, lost: true } });
    case 'closing-turn':
      // The pending final text fails by itself and is settled there.
      return step(before);
    case 'agent-paused':
      return step({ ...state, words: { ...state.words, lost: before.floor.confirmed } });
    case 'not-started':
    case 'idle':
    case 'thinking':
    case 'agent-speaking':
    case 'transferring':
    case 'held':
    case 'ending':
    case 'over':
      break;
  }
  return step(state);
}

/** Final text that came after its question was settled otherwise: nothing of it may get lost. */
export function lateFinal(before: TurnState, text: string, moment: Moment): Step {
  const own = joinTexts(before.words.carried, text);
  const state: TurnState = { ...before, earText: '', stale: '' };
  const { at } = state.floor;
  if (at !== 'caller-speaking' && at !== 'waiting-end') return step(state);
  const carried: TurnState = { ...state, words: { ...state.words, carried: own } };
  return at === 'waiting-end' ? waitForEnd(carried, moment) : step(carried);
}

function interruptionTimer(moment: Moment, atMs: number) {
  return { kind: 'schedule', timer: 'interruption', atMs: Math.max(moment.nowMs, atMs) } as const;
}
