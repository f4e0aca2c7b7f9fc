import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What a process has used so far (Linux). */
export interface ProcessCost {
  /** User and system time, in ms. */
  readonly cpuMs: number;
  readonly rssMiB: number;
}

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
const fieldsBeforeState = 2;

/** Reads `/proc/<pid>/stat` (proc(5): utime is field 14, stime 15) and `status`. */
export function costOf(pid: number): ProcessCost {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The name, field 2, is in parentheses and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => Number(fields[number - fieldsBeforeState - 1]);
  const rssKib = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
  return { cpuMs: ((field(14) + field(15)) * 1_000) / ticksPerSecond, rssMiB: Math.round(rssKib / 1_024) };
}
