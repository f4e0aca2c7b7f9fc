import type { TurnMarks } from '../contract/call.ts';

/** What one sees of a turn's latency, in milliseconds; absent where a mark is missing. */
export interface TurnLatency {
  /** Caller's last voiced frame to the first packet of the answer. */
  readonly gapMs?: number;
  /** Caller's last voiced frame to the decision that the turn is over. */
  readonly decisionMs?: number;
  /** First packet's distance from the decision; what speculation saves shows here. */
  readonly answerMs?: number;
}

export function turnLatency(marks: TurnMarks): TurnLatency {
  const between = (from: number | undefined, to: number | undefined) =>
    from === undefined || to === undefined ? undefined : Math.round(to - from);
  const gapMs = between(marks.callerStopped, marks.firstPacket);
  const decisionMs = between(marks.callerStopped, marks.endOfTurn);
  const answerMs = between(marks.endOfTurn, marks.firstPacket);
  return {
    ...(gapMs === undefined ? {} : { gapMs }),
    ...(decisionMs === undefined ? {} : { decisionMs }),
    ...(answerMs === undefined ? {} : { answerMs }),
  };
}
