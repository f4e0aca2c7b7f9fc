import { LandlineError } from '../contract/errors.ts';

/** One thing the test caller says, and what the answer to it must hold. */
export interface ScriptLine {
  readonly say?: string;
  readonly wav?: string;
  /** Begin this many milliseconds after the agent began to speak, instead of waiting for it to finish. */
  readonly bargeInAtMs?: number;
  readonly expect: readonly string[];
}

export interface CallScript {
  readonly to: string | undefined;
  /** Must be in the greeting. */
  readonly expectGreeting: readonly string[];
  readonly lines: readonly ScriptLine[];
  readonly json: boolean;
  readonly out: string | undefined;
}

export const callUsage = `Usage: npm run call -- [options]
  --say "text"          say this line (in order; repeat for more lines)
  --wav file.wav        say the audio of a file (8 or 16 kHz, 16-bit mono PCM)
  --expect "text"       the answer to the line before must hold this text (repeatable; before any line: the greeting)
  --barge-in-at ms      say the next line this long after the agent began to speak
  --to sip:user@host    whom to call (default: the appliance on this machine, or a throw-away one)
  --out folder          where the WAV files go (default: a new folder in the system's temporary folder)
  --json                print the result as JSON`;

/** Whether the options are asked for, and no call. */
export function asksForHelp(args: readonly string[]): boolean {
  return args.length === 1 && (args[0] === '--help' || args[0] === '-h');
}

/** Reads the command line in order, because lines and expectations belong together by their order. */
export function parseScript(args: readonly string[]): CallScript {
  const problems: string[] = [];
  const lines: ScriptLine[] = [];
  const expectGreeting: string[] = [];
  let to: string | undefined;
  let out: string | undefined;
  let json = false;
  let bargeInAtMs: number | undefined;
  const addLine = (line: { say: string } | { wav: string }) => {
    lines.push({ ...line, ...(bargeInAtMs === undefined ? {} : { bargeInAtMs }), expect: [] });
    bargeInAtMs = undefined;
  };
  for (let at = 0; at < args.length; at++) {
    const option = args[at] as string;
    if (option === '--json') {
      json = true;
      continue;
    }
    const value = args[++at];
    if (value === undefined) problems.push(`${option} needs a value`);
    else if (option === '--say') addLine({ say: value });
    else if (option === '--wav') addLine({ wav: value });
    else if (option === '--to') to = value;
    else if (option === '--out') out = value;
    else if (option === '--barge-in-at') {
      bargeInAtMs = Number(value);
      if (!(bargeInAtMs >= 0)) problems.push(`--barge-in-at "${value}" is not a number of milliseconds`);
    } else if (option === '--expect') {
      const line = lines.at(-1);
      if (line) lines[lines.length - 1] = { ...line, expect: [...line.expect, value] };
      else expectGreeting.push(value);
    } else problems.push(`unknown option ${option}`);
  }
  if (lines.length === 0) problems.push('nothing to say: give at least one --say or --wav');
  if (problems.length > 0) throw new LandlineError('bad-arguments', `${problems.join('; ')}.\n${callUsage}`);
  return { to, expectGreeting, lines, json, out };
}

/** Whether `text` holds `wanted`, letter case and spacing aside. */
export function holds(text: string, wanted: string): boolean {
  const plain = (value: string) => value.toLowerCase().replaceAll(/\s+/g, ' ').trim();
  return plain(text).includes(plain(wanted));
}
