import type { LlmRequest } from '../../providers/kinds/llm.ts';
import { speakOn } from './caller-speaks.ts';
import {
  type AfterTurn,
  type AgentTurn,
  andThen,
  type Effect,
  type FarewellReason,
  type Floor,
  type Moment,
  noWords,
  type Purpose,
  type SaidByCaller,
  type Step,
  step,
  type TurnState,
} from './state.ts';

/** Gives the floor to the agent with an answer from the brain. */
export function answer(
  state: TurnState,
  occasion: LlmRequest['occasion'],
  said: SaidByCaller | undefined,
  moment: Moment,
  purpose: Extract<Purpose, 'answer' | 'warning'> = 'answer',
): Step {
  return begin(state, purpose, said, moment, (turnId) => ({ kind: 'answer', turnId, occasion, said }));
}

/** Gives the floor to the agent with a fixed sentence. */
export function say(state: TurnState, purpose: Purpose, text: string, moment: Moment): Step {
  return begin(state, purpose, undefined, moment, (turnId) => ({ kind: 'say', turnId, purpose, text }));
}

function begin(
  state: TurnState,
  purpose: Purpose,
  said: SaidByCaller | undefined,
  moment: Moment,
  effect: (turnId: number) => Effect,
): Step {
  const interruptible = purpose !== 'announcement' && purpose !== 'farewell';
  const turn: AgentTurn = {
    id: state.nextTurnId,
    purpose,
    interruptible,
    said,
    startedAtMs: undefined,
    committed: false,
    isWaiting: false,
  };
  const keepsSpeculation = said !== undefined && state.speculated !== undefined;
  const drop: Effect[] =
    state.speculated === undefined || keepsSpeculation ? [] : [{ kind: 'discard-speculation' } as const];
  return step(
    {
      ...state,
      floor: { at: 'thinking', turn },
      words: noWords,
      speculated: undefined,
      nextTurnId: state.nextTurnId + 1,
      silentSinceMs: moment.nowMs,
    },
    { kind: 'cancel', timer: 'silence' },
    ...drop,
    effect(turn.id),
  );
}

export function sentenceStarted(state: TurnState, turnId: number, text: string, moment: Moment): Step {
  const { floor } = state;
  const lastAgentSentence = text;
  switch (floor.at) {
    case 'thinking':
      if (floor.turn.id !== turnId) return step(state);
      return step(
        {
          ...state,
          lastAgentSentence,
          floor: { at: 'agent-speaking', turn: { ...floor.turn, startedAtMs: moment.nowMs } },
        },
        { kind: 'schedule', timer: 'commit', atMs: moment.nowMs + moment.rules.behaviour.unheardMs },
      );
    case 'agent-speaking':
      return floor.turn.id === turnId ? step({ ...state, lastAgentSentence }) : step(state);
    case 'agent-paused':
      if (floor.turn.id !== turnId) return step(state);
      return step({
        ...state,
        lastAgentSentence,
        floor: { ...floor, turn: { ...floor.turn, startedAtMs: floor.turn.startedAtMs ?? moment.nowMs } },
      });
    case 'not-started':
    case 'idle':
    case 'caller-speaking':
    case 'waiting-end':
    case 'closing-turn':
    case 'transferring':
    case 'held':
    case 'ending':
    case 'over':
      break;
  }
  return step(state);
}

/** Enough of the turn was heard: what it answers is settled. */
export function commit(state: TurnState): Step {
  const { floor } = state;
  if (floor.at !== 'agent-speaking' && floor.at !== 'agent-paused') return step(state);
  if (floor.turn.committed) return step(state);
  return andThen(settle(state, floor.turn), (state) =>
    step({ ...state, floor: { ...floor, turn: { ...floor.turn, committed: true } } }),
  );
}

/** A tool did something for the turn: what it answers is settled, though nothing was heard yet. */
export function turnActed(state: TurnState, turnId: number): Step {
  return changeTurn(state, turnId, (turn, changed) =>
    andThen(settle(state, turn), (state) => step({ ...state, floor: changed({ committed: true }) })),
  );
}

export function turnWaiting(state: TurnState, turnId: number, isWaiting: boolean): Step {
  return changeTurn(state, turnId, (_turn, changed) => step({ ...state, floor: changed({ isWaiting }) }));
}

/** Only while the turn is on the floor, or will be again when the call is no longer held. */
function changeTurn(
  state: TurnState,
  turnId: number,
  change: (turn: AgentTurn, changed: (fields: Partial<AgentTurn>) => Floor) => Step,
): Step {
  const { floor } = state;
  const before = floor.at === 'held' ? floor.before : floor;
  if (before.at !== 'thinking' && before.at !== 'agent-speaking' && before.at !== 'agent-paused') return step(state);
  if (before.turn.id !== turnId) return step(state);
  return change(before.turn, (fields) => {
    const changed = { ...before, turn: { ...before.turn, ...fields } };
    return floor.at === 'held' ? { ...floor, before: changed } : changed;
  });
}

/**
 * Cuts the agent's turn for the caller. An answer that wasn't heard leaves no trace: what it answered goes back to
 * the caller's words, and the turn continues.
 */
export function cutIn(state: TurnState, turn: AgentTurn): Step {
  const reopened = turn.committed ? undefined : turn.said;
  const words =
    reopened === undefined
      ? state.words
      : {
          ...state.words,
          carried: [reopened.text, state.words.carried].filter((text) => text !== '').join(' '),
          startPositionMs: reopened.words.startPositionMs,
        };
  const isUnheardWarning = turn.purpose === 'warning' && turn.startedAtMs === undefined;
  return step(
    { ...state, words, warning: isUnheardWarning ? 'due' : state.warning },
    { kind: 'cancel', timer: 'interruption' },
    { kind: 'cancel', timer: 'commit' },
    { kind: 'cut', turnId: turn.id, record: reopened === undefined },
  );
}

/** It was a cough or a sign of listening: the agent goes on at the same word. */
export function resumeAgent(state: TurnState, moment: Moment): Step {
  const { floor } = state;
  if (floor.at !== 'agent-paused') return step(state);
  const { turn } = floor;
  const started = turn.startedAtMs !== undefined;
  const recommit: Effect[] =
    started && !turn.committed
      ? [{ kind: 'schedule', timer: 'commit', atMs: moment.nowMs + moment.rules.behaviour.unheardMs }]
      : [];
  return step(
    { ...state, words: noWords, floor: { at: started ? 'agent-speaking' : 'thinking', turn } },
    { kind: 'cancel', timer: 'interruption' },
    { kind: 'resume', turnId: turn.id },
    ...recommit,
  );
}

export function turnPlayed(state: TurnState, turnId: number, next: AfterTurn, moment: Moment): Step {
  const { floor } = state;
  if (floor.at === 'ending' && floor.turn.id === turnId)
    return andThen(step(state, { kind: 'finish', turnId }), (state) => hangUp(state, floor.why));
  if (floor.at !== 'thinking' && floor.at !== 'agent-speaking' && floor.at !== 'agent-paused') return step(state);
  if (floor.turn.id !== turnId) return step(state);
  const wasPaused = floor.at === 'agent-paused';
  const settled = andThen(settle(state, floor.turn), (state) =>
    step(state, { kind: 'cancel', timer: 'commit' }, { kind: 'cancel', timer: 'interruption' }),
  );
  const finished = andThen(settled, (state) =>
    step({ ...state, failures: floor.turn.purpose === 'answer' ? 0 : state.failures }, ...finishEffects(floor.turn)),
  );
  if (next.kind === 'hangup') return andThen(finished, (state) => hangUp(state, 'agent-hangup'));
  if (next.kind === 'transfer')
    return andThen(finished, (state) =>
      step({ ...state, floor: { at: 'transferring', refused: undefined } }, { kind: 'transfer', target: next.target }),
    );
  return andThen(finished, (state) => listen(state, floor.turn, wasPaused, moment));
}

/** The turn counts from now on. */
export function settle(state: TurnState, turn: AgentTurn): Step {
  if (turn.committed) return step(state);
  const silencePrompts = turn.said === undefined ? state.silencePrompts : 0;
  return step({ ...state, silencePrompts }, { kind: 'commit', turnId: turn.id });
}

function finishEffects(turn: AgentTurn): readonly [Effect, ...Effect[]] {
  return [{ kind: 'finish', turnId: turn.id }];
}

/** The agent has ended its turn. */
function listen(state: TurnState, turn: AgentTurn, wasPaused: boolean, moment: Moment): Step {
  if (turn.purpose === 'announcement' && moment.rules.greeting !== '')
    return andThen(step(state, { kind: 'allow-barge-in', allowed: true }), (state) =>
      say(state, 'greeting', moment.rules.greeting, moment),
    );
  const free: Effect[] = turn.purpose === 'announcement' ? [{ kind: 'allow-barge-in', allowed: true }] : [];
  const unpause: Effect[] = wasPaused ? [{ kind: 'resume-line' }] : [];
  if (state.voiceActive) return andThen(step(state, ...free, ...unpause), (state) => speakOn(state, moment));
  // What was heard under the agent's own voice is no turn of the caller.
  const stale = wasPaused ? state.stale : state.earText;
  return andThen(step({ ...state, stale }, ...free, ...unpause), (state) => goIdle(state, moment.nowMs, moment));
}

/** Nobody speaks; silence counts from `sinceMs`. */
export function goIdle(state: TurnState, sinceMs: number, moment: Moment): Step {
  const atMs = Math.max(moment.nowMs, sinceMs + moment.rules.behaviour.silence.promptAfterMs);
  return step(
    { ...state, floor: { at: 'idle' }, silentSinceMs: sinceMs },
    { kind: 'schedule', timer: 'silence', atMs },
  );
}

export function turnFailed(state: TurnState, turnId: number, moment: Moment): Step {
  const { floor } = state;
  if (floor.at === 'ending' && floor.turn.id === turnId) return hangUp(state, floor.why);
  if (floor.at !== 'thinking' && floor.at !== 'agent-speaking' && floor.at !== 'agent-paused') return step(state);
  if (floor.turn.id !== turnId) return step(state);
  const settled = andThen(settle(state, floor.turn), (state) =>
    andThen(step(state, { kind: 'cut', turnId, record: true }), (state) =>
      step(state, { kind: 'cancel', timer: 'commit' }, { kind: 'cancel', timer: 'interruption' }),
    ),
  );
  if (floor.turn.purpose === 'announcement')
    return andThen(settled, (state) => listen(state, floor.turn, false, moment));
  if (floor.turn.purpose === 'apology' || floor.turn.purpose === 'warning')
    return andThen(settled, (state) => goIdle(state, moment.nowMs, moment));
  const failures = state.failures + 1;
  const { phrases } = moment.rules.behaviour;
  return andThen(settled, (before) => {
    const state: TurnState = { ...before, failures };
    if (failures >= 3) return sayFarewell(state, 'agent-hangup', phrases.brainGone, moment);
    return say(state, 'apology', failures === 2 ? phrases.brainFailedAgain : phrases.brainFailed, moment);
  });
}

/** A last sentence, then the end; a limit sees to it that the end comes. */
export function sayFarewell(state: TurnState, why: FarewellReason, text: string, moment: Moment): Step {
  const { farewellLimitMs, shutdownLimitMs } = moment.rules.behaviour;
  const limitMs = why === 'shutdown' ? shutdownLimitMs : farewellLimitMs;
  return andThen(say(state, 'farewell', text, moment), (state) => {
    const { floor } = state;
    if (floor.at !== 'thinking') return step(state);
    return step(
      { ...state, floor: { at: 'ending', turn: floor.turn, why } },
      { kind: 'allow-barge-in', allowed: false },
      { kind: 'schedule', timer: 'ending', atMs: moment.nowMs + limitMs },
    );
  });
}

export function hangUp(state: TurnState, why: FarewellReason): Step {
  return step({ ...state, floor: { at: 'over' } }, { kind: 'hangup', why });
}
