import { cutIn, goIdle } from './agent-floor.ts';
import { speakOn } from './caller-speaks.ts';
import { answerDigits } from './closing.ts';
import { turnOnFloor } from './lifecycle.ts';
import { andThen, type Moment, type Step, step, type TurnState } from './state.ts';

/** Ends the digits at once; it isn't one of them, unless it is all there is and the agent has a use for it. */
const terminator = '#';

/** A key was pressed: it silences the agent, and joins the digits before it. */
export function digit(state: TurnState, key: string, moment: Moment): Step {
  const { floor } = state;
  if (!/^[0-9*#A-D]$/.test(key)) return step(state);
  const ignores = ['not-started', 'transferring', 'held', 'ending', 'over'].includes(floor.at);
  const turn = turnOnFloor(floor);
  if (ignores || (turn !== undefined && !turn.interruptible)) return step(state);
  const free = turn === undefined ? step(state, { kind: 'cancel', timer: 'silence' }) : silenceAgent(state, moment);
  return andThen(free, (state) => collect(state, key, moment));
}

function silenceAgent(state: TurnState, moment: Moment): Step {
  const turn = turnOnFloor(state.floor);
  if (turn === undefined) return step(state);
  return andThen(cutIn(state, turn), (state) =>
    state.voiceActive
      ? speakOn(state, moment)
      : andThen(goIdle(state, moment.nowMs, moment), (state) => step(state, { kind: 'cancel', timer: 'silence' })),
  );
}

function collect(state: TurnState, key: string, moment: Moment): Step {
  const { gapMs, limit, takesHash } = moment.rules.behaviour.digits;
  if (key === terminator)
    return digitsDone(takesHash && state.digits === '' ? { ...state, digits: key } : state, moment);
  const digits = (state.digits + key).slice(0, limit);
  return step(
    { ...state, digits, digitsComplete: false },
    { kind: 'schedule', timer: 'digits', atMs: moment.nowMs + gapMs },
  );
}

export function digitsDone(state: TurnState, moment: Moment): Step {
  const { at } = state.floor;
  if (state.digits === '')
    return at === 'idle'
      ? goIdle(state, state.silentSinceMs, moment)
      : step(state, { kind: 'cancel', timer: 'digits' });
  const done = step({ ...state, digitsComplete: true }, { kind: 'cancel', timer: 'digits' });
  // While the caller still speaks, the end of that turn takes the digits along.
  return at === 'idle' ? andThen(done, (state) => answerDigits(state, moment)) : done;
}
