import type { CallOnTheWire } from './run-call.ts';
import { type CallScript, holds } from './script.ts';
import type { ApplianceRecord } from './transcript.ts';

export interface ReportedLine {
  readonly said: string;
  /** What the appliance wrote down for it; undefined when its record could not be read. */
  readonly heard: string | undefined;
  readonly answer: string | undefined;
  /** End of the caller's last voiced frame → first voiced packet of the answer. */
  readonly turnGapMs: number | undefined;
  readonly agentStoppedAfterMs: number | undefined;
  readonly missing: readonly string[];
}

export interface CallReport {
  readonly ok: boolean;
  readonly problems: readonly string[];
  readonly greeting: { readonly text: string | undefined; readonly afterMs: number | undefined };
  readonly lines: readonly ReportedLine[];
  readonly endedBy: 'us' | 'them' | undefined;
  readonly durationMs: number;
  readonly callId: string | undefined;
}

/** Joins what was seen on the wire with what the appliance recorded, and holds both against the script. */
export function makeReport(script: CallScript, wire: CallOnTheWire, record: ApplianceRecord | undefined): CallReport {
  const turnsBetween = (role: 'agent' | 'user', fromMs: number, toMs: number) =>
    record?.turns
      .filter((turn) => turn.role === role && turn.atMs >= fromMs && turn.atMs < toMs)
      .map(({ text }) => text)
      .join(' ');
  const lines = wire.lines.map((line, index): ReportedLine => {
    const nextMs = wire.lines[index + 1]?.startMs ?? Number.POSITIVE_INFINITY;
    const answer = turnsBetween('agent', line.startMs, nextMs);
    const expected = script.lines[index]?.expect ?? [];
    return {
      said: line.said,
      heard: turnsBetween('user', line.startMs - 500, nextMs - 500),
      answer,
      turnGapMs: line.answerMs === undefined ? undefined : Math.round(line.answerMs - line.lastVoicedMs),
      agentStoppedAfterMs: line.agentStoppedAfterMs === undefined ? undefined : Math.round(line.agentStoppedAfterMs),
      missing: expected.filter((wanted) => !holds(answer ?? '', wanted)),
    };
  });
  const greeting = turnsBetween('agent', 0, wire.lines[0]?.startMs ?? Number.POSITIVE_INFINITY);
  const problems = findProblems(script, wire, record, lines, greeting);
  return {
    ok: problems.length === 0,
    problems,
    greeting: {
      text: greeting,
      afterMs: wire.greetingAtMs === undefined ? undefined : Math.round(wire.greetingAtMs - wire.answeredAtMs),
    },
    lines,
    endedBy: wire.endedBy,
    durationMs: Math.round(wire.endedAtMs - wire.answeredAtMs),
    callId: record?.callId,
  };
}

function findProblems(
  script: CallScript,
  wire: CallOnTheWire,
  record: ApplianceRecord | undefined,
  lines: readonly ReportedLine[],
  greeting: string | undefined,
): string[] {
  const problems: string[] = [];
  const unsaid = script.lines.length - lines.length;
  if (unsaid > 0) problems.push(`${unsaid} line(s) could not be said: the call had ended`);
  for (const line of lines) {
    if (line.turnGapMs === undefined) problems.push(`"${line.said}" got no answer`);
    for (const wanted of line.missing) problems.push(`the answer to "${line.said}" does not hold "${wanted}"`);
  }
  const missing = script.expectGreeting.filter((wanted) => !holds(greeting ?? '', wanted));
  for (const wanted of missing) problems.push(`the greeting does not hold "${wanted}"`);
  if (wire.greetingAtMs === undefined) problems.push('the agent never spoke');
  if (wire.endedBy === undefined) problems.push('the call did not end by BYE');
  const expectsText = script.expectGreeting.length > 0 || script.lines.some(({ expect }) => expect.length > 0);
  if (record === undefined && expectsText)
    problems.push('the record of the call could not be read, so no text could be checked');
  return problems;
}

/** The turn timeline, for people. */
export function printReport(report: CallReport, files: readonly string[]): string {
  const gap = (ms: number | undefined) => (ms === undefined ? 'no answer' : `${ms} ms`);
  const out = [
    `greeting   after ${gap(report.greeting.afterMs)}: ${report.greeting.text ?? '(text not available)'}`,
    ...report.lines.flatMap((line) => [
      '',
      `you said   ${line.said}`,
      `it heard   ${line.heard ?? '(record not available)'}`,
      `it said    ${line.answer ?? '(record not available)'}`,
      `turn gap   ${gap(line.turnGapMs)} on the wire`,
      ...(line.agentStoppedAfterMs === undefined
        ? []
        : [`barge-in   agent silent after ${line.agentStoppedAfterMs} ms`]),
    ]),
    '',
    `ended by ${report.endedBy === 'them' ? 'the agent' : 'the caller'} after ${(report.durationMs / 1000).toFixed(1)} s`,
    ...files.map((file) => `saved ${file}`),
    report.ok ? 'OK' : `NOT OK: ${report.problems.join('; ')}`,
  ];
  return out.join('\n');
}
