import { isOnlyFiller } from '../interruption.ts';
import { joinTexts, withoutPrefix } from '../words.ts';
import { answer, goIdle, say } from './agent-floor.ts';
import { lateFinal, verified, waitForEnd } from './caller-floor.ts';
import { speakOn } from './caller-speaks.ts';
import {
  andThen,
  freshText,
  type Moment,
  noWords,
  type SaidByCaller,
  type Step,
  step,
  type TurnState,
} from './state.ts';

/** The caller has been silent long enough: the turn is over. */
export function decideEnd(state: TurnState, moment: Moment): Step {
  if (state.floor.at !== 'waiting-end' && state.floor.at !== 'caller-speaking') return step(state);
  const words = { ...state.words, lastVoicedAtMs: state.words.lastVoicedAtMs ?? moment.nowMs };
  return step(
    { ...state, words, floor: { at: 'closing-turn', decidedAtMs: moment.nowMs, reopened: false } },
    { kind: 'cancel', timer: 'speculate' },
    { kind: 'close-ear' },
  );
}

export function finalText(state: TurnState, heard: string, moment: Moment): Step {
  const text = withoutPrefix(heard, state.stale);
  const { floor } = state;
  if (floor.at === 'closing-turn') return closeWith(state, text, moment);
  if (floor.at === 'agent-paused') return verified(state, text, moment);
  if (floor.at === 'held' && floor.before.at === 'closing-turn') {
    const carried = joinTexts(state.words.carried, text);
    return step({ ...state, earText: '', stale: '', words: { ...state.words, carried } });
  }
  return lateFinal(state, text, moment);
}

/** The recogniser died over the final text. In a pause the last partial text is nearly always all of it. */
export function finalFailed(state: TurnState, moment: Moment): Step {
  if (state.floor.at === 'closing-turn') {
    const text = freshText(state);
    const lost = joinTexts(state.words.carried, text) === '';
    return closeWith({ ...state, words: { ...state.words, lost: state.words.lost || lost } }, text, moment);
  }
  if (state.floor.at === 'agent-paused') return verified(state, '', moment);
  return step({ ...state, earText: '', stale: '' });
}

function closeWith(before: TurnState, heard: string, moment: Moment): Step {
  const { floor } = before;
  if (floor.at !== 'closing-turn') return step(before);
  const text = joinTexts(before.words.carried, heard);
  const state: TurnState = { ...before, earText: '', stale: '' };
  const carried: TurnState = { ...state, words: { ...state.words, carried: text } };
  if (floor.reopened) return state.voiceActive ? speakOn(carried, moment) : waitForEnd(carried, moment);
  if (state.words.lost) return apologise(state, moment);
  if (state.digits !== '') {
    const waiting: TurnState = { ...carried, floor: { at: 'idle' } };
    return state.digitsComplete ? answerDigits(waiting, moment) : step(waiting);
  }
  // Noise is no turn, and doesn't count as an end of the silence.
  if (isOnlyFiller(text)) return dropNoise(state, moment);
  const said: SaidByCaller = { text, words: state.words, endOfTurnAtMs: floor.decidedAtMs };
  return answer(state, { kind: 'caller-turn', text }, said, moment);
}

function dropNoise(state: TurnState, moment: Moment): Step {
  const dropped = step({ ...state, words: noWords, speculated: undefined }, { kind: 'discard-speculation' });
  return andThen(dropped, (state) => goIdle(state, state.silentSinceMs, moment));
}

function apologise(state: TurnState, moment: Moment): Step {
  const { behaviour } = moment.rules;
  const sinceMs = state.apologisedAtMs === undefined ? Infinity : moment.nowMs - state.apologisedAtMs;
  if (sinceMs < behaviour.apologyEpisodeMs) return dropNoise(state, moment);
  return say({ ...state, apologisedAtMs: moment.nowMs }, 'apology', behaviour.phrases.speechLost, moment);
}

/** All digits are in and the caller is silent: they are the turn, with what was said before them. */
export function answerDigits(state: TurnState, moment: Moment): Step {
  const { digits, words } = state;
  const text = joinTexts(words.carried, `(keypad: ${digits})`);
  const said: SaidByCaller = { text, words, endOfTurnAtMs: moment.nowMs };
  return answer({ ...state, digits: '', digitsComplete: false }, { kind: 'digits', digits }, said, moment);
}
