import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Appliance, findAppliance } from '../../server/caller/appliance.ts';
import { freePort } from './baresip.ts';

const cli = join(import.meta.dirname, '..', '..', 'server', 'cli.ts');

/** Several houses run beside each other in tests. */
const noExtraPorts = { vaSocketPort: null, voicePort: null, voiceraPort: null };

export type Part = 'server' | 'sip' | 'media' | 'providers';

export interface RunningOptions {
  readonly config?: unknown;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The appliance as `npm start` runs it, on ports and a data folder of its own that outlive its processes. */
export class RunningAppliance {
  readonly dataFolder: string;
  readonly httpPort: number;
  readonly sipPort: number;
  readonly #environment: Readonly<Record<string, string>>;
  #process: ChildProcess | undefined;
  #appliance: Appliance | undefined;
  #stderr = '';

  private constructor(dataFolder: string, httpPort: number, sipPort: number, environment: Record<string, string>) {
    this.dataFolder = dataFolder;
    this.httpPort = httpPort;
    this.sipPort = sipPort;
    this.#environment = environment;
  }

  static async start(options: RunningOptions = {}): Promise<RunningAppliance> {
    const dataFolder = mkdtempSync(join(tmpdir(), 'landline-run-'));
    const config = { http: noExtraPorts, ...(options.config as object | undefined) };
    writeFileSync(join(dataFolder, 'config.json'), JSON.stringify(config));
    const appliance = new RunningAppliance(dataFolder, await freePort(), await freePort(), { ...options.environment });
    await appliance.launch();
    return appliance;
  }

  /** Starts its processes (again) and waits until it is ready. */
  async launch(): Promise<void> {
    const child = spawn(process.execPath, [cli, 'serve', '--data', this.dataFolder], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        LANDLINE_HTTP_PORT: String(this.httpPort),
        LANDLINE_SIP_PORT: String(this.sipPort),
        ...this.#environment,
      },
    });
    this.#process = child;
    child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString('utf8')).slice(-20_000);
    });
    for (let tries = 0; tries < 600; tries++) {
      if (child.exitCode !== null) break;
      const found = await findAppliance(this.dataFolder);
      if (found?.pid === child.pid) {
        this.#appliance = found;
        return;
      }
      await wait(50);
    }
    throw new Error(`The appliance did not start:\n${this.#stderr}`);
  }

  /** URI of the default agent. */
  get uri(): string {
    return `sip:reception@127.0.0.1:${this.sipPort}`;
  }

  get log(): string {
    return this.#stderr;
  }

  get appliance(): Appliance {
    if (!this.#appliance) throw new Error('The appliance is not running.');
    return this.#appliance;
  }

  /** Process ids by the folder of what they run (Linux). */
  pids(): Readonly<Partial<Record<Part, number>>> {
    const server = this.#process?.pid as number;
    const found: Partial<Record<Part, number>> = { server };
    const children = readFileSync(`/proc/${server}/task/${server}/children`, 'utf8')
      .trim()
      .split(/\s+/)
      .filter(Boolean);
    for (const child of children) {
      const part = /server\/(sip|media|providers)\//.exec(readFileSync(`/proc/${child}/cmdline`, 'utf8'))?.[1];
      if (part !== undefined) found[part as Part] = Number(child);
    }
    return found;
  }

  kill(part: Part): void {
    const pid = this.pids()[part];
    if (pid === undefined) throw new Error(`There is no ${part} process.`);
    process.kill(pid, 'SIGKILL');
  }

  /** GET on the API with the first key. */
  async get(path: string): Promise<{ readonly data: unknown; readonly meta: Record<string, unknown> }> {
    const response = await fetch(`http://127.0.0.1:${this.httpPort}${path}`, {
      headers: { authorization: `Bearer ${this.appliance.key}` },
    });
    return (await response.json()) as { data: unknown; meta: Record<string, unknown> };
  }

  async request(
    method: string,
    path: string,
    body: unknown,
  ): Promise<{ readonly status: number; readonly body: unknown }> {
    const response = await fetch(`http://127.0.0.1:${this.httpPort}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.appliance.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  }

  /** SIGTERM; resolves with how long it took to end. */
  async terminate(): Promise<number> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return 0;
    const startMs = performance.now();
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await exited;
    clearTimeout(kill);
    return performance.now() - startMs;
  }

  async stop(): Promise<void> {
    await this.terminate();
    rmSync(this.dataFolder, { recursive: true, force: true });
  }
}

/** Whether a process is still there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits until `check` holds; throws with `what` when it does not in time. Asks the API at most 4 times a second. */
export async function until(what: string, check: () => boolean | Promise<boolean>, timeoutMs: number): Promise<number> {
  const startMs = performance.now();
  while (performance.now() - startMs < timeoutMs) {
    const verdict = check();
    if (await verdict) return performance.now() - startMs;
    await wait(typeof verdict === 'boolean' ? 20 : 250);
  }
  throw new Error(`It did not happen within ${timeoutMs} ms that ${what}.`);
}
