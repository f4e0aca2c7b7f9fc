import { joinTexts } from '../words.ts';
import { answer, cutIn, goIdle, hangUp, say, sayFarewell, settle } from './agent-floor.ts';
import { waitForEnd } from './caller-floor.ts';
import {
  type AgentTurn,
  andThen,
  type Effect,
  type Floor,
  freshText,
  type Moment,
  type Step,
  step,
  type TurnState,
  timerNames,
} from './state.ts';
import { planWarning } from './time-short.ts';

export function start(state: TurnState, moment: Moment): Step {
  const { announcement, greeting, behaviour } = moment.rules;
  const deadlineMs = moment.nowMs + behaviour.maxDurationMs;
  const begun = withDeadline(state, deadlineMs, moment);
  return andThen(begun, (state) => {
    if (announcement !== '')
      return andThen(step(state, { kind: 'allow-barge-in', allowed: false }), (state) =>
        say(state, 'announcement', announcement, moment),
      );
    return greeting === '' ? goIdle(state, moment.nowMs, moment) : say(state, 'greeting', greeting, moment);
  });
}

function withDeadline(before: TurnState, deadlineMs: number, moment: Moment): Step {
  const state: TurnState = { ...before, deadlineMs };
  const schedule: Effect = { kind: 'schedule', timer: 'max-duration', atMs: deadlineMs };
  return step(state, schedule, ...planWarning(state, moment));
}

/** The agent's turn that has the floor, if one has. */
export function turnOnFloor(floor: Floor): AgentTurn | undefined {
  switch (floor.at) {
    case 'thinking':
    case 'agent-speaking':
    case 'agent-paused':
    case 'ending':
      return floor.turn;
    case 'not-started':
    case 'idle':
    case 'caller-speaking':
    case 'waiting-end':
    case 'closing-turn':
    case 'transferring':
    case 'held':
    case 'over':
      break;
  }
  return undefined;
}

/** Nobody hears us: everything stops where it is. */
export function held(state: TurnState, moment: Moment): Step {
  const { floor } = state;
  if (floor.at === 'held' || floor.at === 'over' || floor.at === 'not-started') return step(state);
  const speaking = turnOnFloor(floor);
  // The final text of a turn that is being closed still comes, and replaces what was known of it.
  const known = floor.at === 'closing-turn' ? '' : freshText(state);
  const keepsWords = floor.at === 'caller-speaking' || floor.at === 'waiting-end';
  const words = keepsWords ? { ...state.words, carried: joinTexts(state.words.carried, known) } : state.words;
  const stops: Effect[] = timerNames.map((timer) => ({ kind: 'cancel', timer }));
  const hold: Effect[] = speaking === undefined ? [] : [{ kind: 'hold', turnId: speaking.id }];
  return step(
    {
      ...state,
      words,
      stale: floor.at === 'closing-turn' ? state.stale : state.earText,
      voiceActive: false,
      speculated: undefined,
      floor: { at: 'held', before: floor, sinceMs: moment.nowMs },
    },
    ...stops,
    { kind: 'discard-speculation' },
    ...hold,
  );
}

export function resumed(state: TurnState, moment: Moment): Step {
  const { floor } = state;
  if (floor.at !== 'held') return step(state);
  const deadlineMs = state.deadlineMs + (moment.nowMs - floor.sinceMs);
  const going = withDeadline(state, deadlineMs, moment);
  return andThen(going, (state) => goOn(state, floor.before, moment));
}

function goOn(state: TurnState, before: Floor, moment: Moment): Step {
  switch (before.at) {
    case 'thinking':
    case 'agent-speaking':
    case 'agent-paused': {
      // The cut sentence is said again from its start.
      const turn: AgentTurn = { ...before.turn, startedAtMs: undefined };
      return step({ ...state, floor: { at: 'thinking', turn } }, { kind: 'continue', turnId: turn.id });
    }
    case 'ending':
      return step(
        { ...state, floor: before },
        { kind: 'continue', turnId: before.turn.id },
        { kind: 'schedule', timer: 'ending', atMs: moment.nowMs + moment.rules.behaviour.farewellLimitMs },
      );
    case 'transferring':
      if (before.refused === undefined) return step({ ...state, floor: before });
      return answer(state, { kind: 'transfer-refused', target: before.refused }, undefined, moment);
    case 'closing-turn':
      if (state.words.carried === '') return step({ ...state, floor: { ...before, reopened: true } });
      return goOnWaiting(state, moment);
    case 'caller-speaking':
    case 'waiting-end':
      return goOnWaiting(state, moment);
    case 'not-started':
    case 'idle':
    case 'held':
    case 'over':
      break;
  }
  return goIdle(state, moment.nowMs, moment);
}

function goOnWaiting(state: TurnState, moment: Moment): Step {
  if (state.words.carried === '') return goIdle(state, moment.nowMs, moment);
  return waitForEnd({ ...state, words: { ...state.words, lastVoicedAtMs: moment.nowMs } }, moment);
}

export function silence(state: TurnState, moment: Moment): Step {
  if (state.floor.at !== 'idle') return step(state);
  const { behaviour } = moment.rules;
  const prompts = state.silencePrompts + 1;
  if (prompts > behaviour.silence.maxPrompts)
    return sayFarewell(state, 'silence', behaviour.phrases.silenceFarewell, moment);
  return answer({ ...state, silencePrompts: prompts }, { kind: 'silence', prompts }, undefined, moment);
}

export function maxDuration(state: TurnState, moment: Moment): Step {
  return interruptForFarewell(state, 'max-duration', moment.rules.behaviour.phrases.maxDurationFarewell, moment);
}

export function shutdown(state: TurnState, moment: Moment): Step {
  const { at } = state.floor;
  if (at === 'held' || at === 'not-started') return hangUp(state, 'shutdown');
  return interruptForFarewell(state, 'shutdown', moment.rules.behaviour.phrases.shutdownFarewell, moment);
}

function interruptForFarewell(state: TurnState, why: 'max-duration' | 'shutdown', text: string, moment: Moment): Step {
  const { floor } = state;
  if (floor.at === 'over') return step(state);
  if (floor.at === 'ending') {
    const atMs = moment.nowMs + moment.rules.behaviour.shutdownLimitMs;
    return why === 'shutdown' ? step(state, { kind: 'schedule', timer: 'ending', atMs }) : step(state);
  }
  const turn = turnOnFloor(floor);
  // What the caller had asked stays said, though nobody answers it any more.
  const quiet =
    turn === undefined
      ? step(state)
      : andThen(settle(state, turn), (state) => cutIn(state, { ...turn, committed: true }));
  const stops = step(
    quiet.state,
    { kind: 'cancel', timer: 'end-of-turn' },
    { kind: 'cancel', timer: 'speculate' },
    { kind: 'cancel', timer: 'digits' },
  );
  return andThen({ state, effects: [...quiet.effects, ...stops.effects] }, (state) =>
    sayFarewell(state, why, text, moment),
  );
}

export function transferRefused(state: TurnState, target: string, moment: Moment): Step {
  const { floor } = state;
  if (floor.at === 'held' && floor.before.at === 'transferring')
    return step({ ...state, floor: { ...floor, before: { at: 'transferring', refused: target } } });
  if (floor.at !== 'transferring') return step(state);
  return answer({ ...state, stale: state.earText }, { kind: 'transfer-refused', target }, undefined, moment);
}
