import { type Moment, type Step, step, type TurnState } from './state.ts';

/** The caller speaks. Voice that goes on without new words (a radio, a crowd) ends the turn at the hard stop. */
export function speakOn(state: TurnState, moment: Moment): Step {
  const atMs = moment.nowMs + moment.rules.behaviour.endOfTurn.hardStopMs;
  return step({ ...state, floor: { at: 'caller-speaking' } }, { kind: 'schedule', timer: 'end-of-turn', atMs });
}
