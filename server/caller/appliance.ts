import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { LandlineError } from '../contract/errors.ts';
import { firstKeysFileName, type Running, runningFileName, runningSchema } from '../contract/running.ts';

/** An appliance to call: where it listens, and the key to ask it what it heard. */
export interface Appliance {
  readonly url: string;
  readonly sip: string;
  readonly key: string | undefined;
  readonly pid: number;
  readonly dataFolder: string;
  /** Stops it if it was started for this call. */
  release(): Promise<void>;
}

/** The appliance that runs on this data folder; undefined when none does. */
export async function findAppliance(dataFolder: string): Promise<Appliance | undefined> {
  const running = readRunning(dataFolder);
  if (!running || !(await isHealthy(running.url))) return undefined;
  const { url, sip, pid } = running;
  return { url, sip, pid, dataFolder, key: readKey(dataFolder), release: async () => {} };
}

export interface ThrowAwayOptions {
  /** Content of its `config.json`; the shipped defaults when absent. */
  readonly config?: unknown;
  readonly startTimeoutMs?: number;
}

/** Starts an appliance of its own on a throw-away data folder and free ports; it is gone after `release`. */
export async function startThrowAway(options: ThrowAwayOptions = {}): Promise<Appliance> {
  const { config, startTimeoutMs = 60_000 } = options;
  const dataFolder = mkdtempSync(join(tmpdir(), 'landline-call-'));
  if (config !== undefined) writeFileSync(join(dataFolder, 'config.json'), JSON.stringify(config));
  const cli = fileURLToPath(new URL('../cli.ts', import.meta.url));
  const child = spawn(process.execPath, [cli, 'serve', '--free-ports', '--with-parent', '--data', dataFolder], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('utf8')).slice(-4_000);
  });
  const release = () => stop(child, dataFolder);
  const deadlineMs = performance.now() + startTimeoutMs;
  while (performance.now() < deadlineMs && child.exitCode === null) {
    const found = await findAppliance(dataFolder);
    if (found) return { ...found, release };
    await wait(100);
  }
  await release();
  throw new LandlineError('no-appliance', `The appliance did not start. Its last words:\n${stderr.trim()}`);
}

async function stop(child: ChildProcess, dataFolder: string): Promise<void> {
  if (child.exitCode === null) {
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), 12_000);
    await exited;
    clearTimeout(kill);
  }
  rmSync(dataFolder, { recursive: true, force: true });
}

function readRunning(dataFolder: string): Running | undefined {
  try {
    return runningSchema.parse(JSON.parse(readFileSync(join(dataFolder, runningFileName), 'utf8')));
  } catch {
    return undefined;
  }
}

function readKey(dataFolder: string): string | undefined {
  try {
    return /^LANDLINE_VA_KEY=(\S+)/m.exec(readFileSync(join(dataFolder, firstKeysFileName), 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(new URL('/health', url), { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}
