import { answer, say } from './agent-floor.ts';
import { type Effect, type Moment, type Step, step, type TurnState } from './state.ts';

/** Plans the warning that the time is nearly up, where the agent gives one and hasn't yet. */
export function planWarning(state: TurnState, { nowMs, rules }: Moment): readonly Effect[] {
  const { beforeEndMs } = rules.behaviour.timeShort;
  if (beforeEndMs <= 0 || state.warning !== 'later') return [];
  return [{ kind: 'schedule', timer: 'time-short', atMs: Math.max(nowMs, state.deadlineMs - beforeEndMs) }];
}

export function timeShort(state: TurnState): Step {
  return step(state.warning === 'later' ? { ...state, warning: 'due' } : state);
}

/** Whether the warning can be given now: it never stops anybody who speaks or presses keys. */
export function isWarningFree({ digits, floor, voiceActive, warning }: TurnState): boolean {
  return warning === 'due' && floor.at === 'idle' && !voiceActive && digits === '';
}

export function warn(before: TurnState, moment: Moment): Step {
  const { text } = moment.rules.behaviour.timeShort;
  const state: TurnState = { ...before, warning: 'said' };
  if (text !== '') return say(state, 'warning', text, moment);
  const secondsLeft = Math.max(1, Math.round((state.deadlineMs - moment.nowMs) / 1000));
  return answer(state, { kind: 'time-short', secondsLeft }, undefined, moment, 'warning');
}
