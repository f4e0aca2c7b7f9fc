import { commit, hangUp, sentenceStarted, turnActed, turnFailed, turnPlayed, turnWaiting } from './turn/agent-floor.ts';
import {
  judge,
  partial,
  recogniserLost,
  speculateNow,
  takeFloor,
  voiceConfirmed,
  voiceOnset,
  voiceStopped,
} from './turn/caller-floor.ts';
import { decideEnd, finalFailed, finalText } from './turn/closing.ts';
import { digit, digitsDone } from './turn/digits.ts';
import { held, maxDuration, resumed, shutdown, silence, start, transferRefused } from './turn/lifecycle.ts';
import {
  andThen,
  type Moment,
  type Step,
  step,
  type TimerName,
  type TurnInput,
  type TurnRules,
  type TurnState,
} from './turn/state.ts';
import { isWarningFree, timeShort, warn } from './turn/time-short.ts';

/**
 * Who has the floor, and what follows from what happens. Pure: time comes with the input, waiting is a `schedule`
 * effect whose end comes back as a `timer` input.
 */
export function reduce(state: TurnState, input: TurnInput, nowMs: number, rules: TurnRules): Step {
  if (state.floor.at === 'over') return step(state);
  const moment: Moment = { nowMs, rules };
  const taken = take(state, input, moment);
  return isWarningFree(taken.state) ? andThen(taken, (state) => warn(state, moment)) : taken;
}

function take(state: TurnState, input: TurnInput, moment: Moment): Step {
  switch (input.kind) {
    case 'start':
      return state.floor.at === 'not-started' ? start(state, moment) : step(state);
    case 'voice-onset':
      return voiceOnset(state, input, moment);
    case 'voice-confirmed':
      return voiceConfirmed(state, moment);
    case 'voice-stopped':
      return voiceStopped(state, input, moment);
    case 'partial':
      return partial(state, input.text, moment);
    case 'final':
      return finalText(state, input.text, moment);
    case 'final-failed':
      return finalFailed(state, moment);
    case 'speech-lost':
      return recogniserLost(state);
    case 'sentence-started':
      return sentenceStarted(state, input.turnId, input.text, moment);
    case 'turn-played':
      return turnPlayed(state, input.turnId, input.next, moment);
    case 'turn-failed':
      // Nothing to apologise for while the caller speaks: what they say is answered next.
      return state.floor.at === 'agent-paused' && state.floor.turn.id === input.turnId
        ? takeFloor(state, moment)
        : turnFailed(state, input.turnId, moment);
    case 'turn-acted':
      return turnActed(state, input.turnId);
    case 'turn-waiting':
      return turnWaiting(state, input.turnId, input.isWaiting);
    case 'dtmf':
      return digit(state, input.digit, moment);
    case 'held':
      return held(state, moment);
    case 'resumed':
      return resumed(state, moment);
    case 'transfer-refused':
      return transferRefused(state, input.target, moment);
    case 'shutdown':
      return shutdown(state, moment);
    case 'timer':
      break;
  }
  return timerRang(state, input.timer, moment);
}

function timerRang(state: TurnState, timer: TimerName, moment: Moment): Step {
  switch (timer) {
    case 'speculate':
      return speculateNow(state);
    case 'end-of-turn':
      return decideEnd(state, moment);
    case 'interruption':
      return judge(state, moment);
    case 'commit':
      return commit(state);
    case 'silence':
      return silence(state, moment);
    case 'max-duration':
      return maxDuration(state, moment);
    case 'time-short':
      return timeShort(state);
    case 'digits':
      return digitsDone(state, moment);
    case 'ending':
      break;
  }
  return state.floor.at === 'ending' ? hangUp(state, state.floor.why) : step(state);
}
