import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freeSipPort } from './free-sip-port.ts';

const scenarios = join(import.meta.dirname, '..', 'fixtures', 'sipp');

/** Whether SIPp is installed; tests that need it skip with a clear line where it is not. */
export function hasSipp(): boolean {
  try {
    execFileSync('which', ['sipp'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export interface SippOptions {
  /** Name of a scenario file in `test/fixtures/sipp`, without its ending. */
  readonly scenario: string;
  readonly transport?: 'udp' | 'tcp';
  /** Host and port that are called; absent for a scenario that waits to be called. */
  readonly target?: string;
  /** Values for `[name]` in the scenario. */
  readonly keys?: Readonly<Record<string, string | number>>;
  /** Files that the scenario names, by name. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
  /** How many calls, one when absent; and at how many per second. */
  readonly calls?: number;
  readonly callsPerSecond?: number;
  /** False: SIPp repeats nothing itself, and hands every repetition of the other side to the scenario. */
  readonly repeats?: boolean;
  readonly timeoutSeconds?: number;
}

/**
 * SIPp's own counts, as its statistics name them, e.g. `SuccessfulCall(C)`, `Retransmissions(C)`; `StartTime` and
 * `CurrentTime` in seconds.
 */
export type SippCounts = Readonly<Record<string, number>>;

export interface SippResult {
  /** 0 when every call went as the scenario says. */
  readonly exitCode: number | null;
  /** What did not go as the scenario says, in SIPp's words. */
  readonly complaints: string;
  readonly counts: SippCounts;
}

/** One run of SIPp on loopback. */
export class Sipp {
  readonly port: number;
  readonly finished: Promise<SippResult>;
  readonly #child: ChildProcess;

  private constructor(port: number, child: ChildProcess, finished: Promise<SippResult>) {
    this.port = port;
    this.#child = child;
    this.finished = finished;
  }

  static async start(options: SippOptions): Promise<Sipp> {
    const port = await freeSipPort();
    const folder = mkdtempSync(join(tmpdir(), 'landline-sipp-'));
    for (const [name, content] of Object.entries(options.files ?? {})) writeFileSync(join(folder, name), content);
    const child = spawn('sipp', argumentsOf(options, { port, folder }), {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const finished = resultOf(child, folder);
    return new Sipp(port, child, finished);
  }

  /** Ends it, whatever it is doing. */
  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.finished;
  }
}

interface Place {
  readonly port: number;
  readonly folder: string;
}

function argumentsOf(options: SippOptions, { port, folder }: Place): string[] {
  const { target, transport = 'udp', keys = {}, calls = 1, callsPerSecond = 10, timeoutSeconds = 30 } = options;
  const valued: Readonly<Record<string, string | number>> = {
    sf: join(scenarios, `${options.scenario}.xml`),
    t: transport === 'udp' ? 'u1' : 't1',
    i: '127.0.0.1',
    p: port,
    s: 'reception',
    m: calls,
    r: callsPerSecond,
    timeout: `${timeoutSeconds}s`,
    recv_timeout: timeoutSeconds * 1_000,
    error_file: join(folder, 'errors.log'),
    stf: join(folder, 'counts.csv'),
    fd: 1,
  };
  return [
    ...(target === undefined ? [] : [target]),
    ...Object.entries(valued).flatMap(([name, value]) => [`-${name}`, String(value)]),
    ...Object.entries(keys).flatMap(([name, value]) => ['-key', name, String(value)]),
    '-nostdin',
    '-timeout_error',
    '-trace_err',
    '-trace_stat',
    ...(options.repeats === false ? ['-nr'] : []),
  ];
}

function resultOf(child: ChildProcess, folder: string): Promise<SippResult> {
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('utf8')).slice(-4_000);
  });
  return new Promise((resolve) => {
    child.once('close', (exitCode) => {
      const read = (name: string) =>
        existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'latin1').slice(0, 1_000_000) : '';
      const complaints = `${stderr}${read('errors.log')}`.slice(-6_000);
      resolve({ exitCode, complaints, counts: countsOf(read('counts.csv')) });
      rmSync(folder, { recursive: true, force: true });
    });
  });
}

/** The last line of the statistics holds the sums of the whole run. */
function countsOf(csv: string): SippCounts {
  const lines = csv.trim().split('\n');
  const names = lines[0]?.split(';') ?? [];
  const values = lines.at(-1)?.split(';') ?? [];
  return Object.fromEntries(
    names.map((name, at) => [name, Number(values[at]?.split('\t').at(-1))] as const).filter(([name]) => name !== ''),
  );
}
