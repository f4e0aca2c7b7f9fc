import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const modulesFolder = '/usr/lib/baresip/modules';
/** The appliance's RTP ports (40000-40399), and those of this phone. */
const firstAudioPort = 40_000;
const lastAudioPort = 42_999;
const mostStarts = 3;

/** Whether baresip is installed; tests that need it skip with a clear line where it is not. */
export function hasBaresip(): boolean {
  try {
    execFileSync('which', ['baresip'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export interface BaresipEvent {
  readonly type: string;
  readonly param?: string;
}

export interface BaresipOptions {
  readonly transport: 'udp' | 'tcp';
  /** WAV file that the phone speaks (8 kHz mono); it falls silent at the end. */
  readonly speak: string;
}

/** A baresip phone on loopback, driven by its TCP control port (netstrings of JSON). Its audio comes from a file. */
export class Baresip {
  readonly folder: string;
  readonly events: BaresipEvent[] = [];
  readonly sipPort: number;
  readonly #process: ChildProcess;
  readonly #control: Socket;
  #output = '';

  private constructor(folder: string, sipPort: number, process: ChildProcess, control: Socket) {
    this.folder = folder;
    this.sipPort = sipPort;
    this.#process = process;
    this.#control = control;
    process.stdout?.on('data', (chunk: Buffer) => {
      this.#output = (this.#output + chunk.toString('utf8')).slice(-20_000);
    });
    readNetstrings(control, (text) => {
      const message = JSON.parse(text) as { event?: boolean; type?: string; param?: string };
      if (message.event === true && message.type !== undefined) this.events.push(message as BaresipEvent);
    });
  }

  /** A port may be taken by somebody else between being found free and being bound: then others are tried. */
  static async start(options: BaresipOptions): Promise<Baresip> {
    for (let tries = 1; ; tries++) {
      try {
        return await Baresip.#startOnce(options);
      } catch (failure) {
        if (tries === mostStarts) throw failure;
      }
    }
  }

  static async #startOnce(options: BaresipOptions): Promise<Baresip> {
    const folder = mkdtempSync(join(tmpdir(), 'landline-baresip-'));
    const [sipPort, controlPort] = [await freePort(), await freePort()];
    writeFileSync(join(folder, 'config'), configText(folder, sipPort, controlPort, options.speak));
    writeFileSync(
      join(folder, 'accounts'),
      `<sip:baresip@127.0.0.1:${sipPort};transport=${options.transport}>;regint=0;answermode=auto\n`,
    );
    writeFileSync(join(folder, 'contacts'), '');
    const child = spawn('baresip', ['-f', folder, '-4'], { stdio: ['pipe', 'pipe', 'pipe'] });
    try {
      return new Baresip(folder, sipPort, child, await connectSoon(controlPort));
    } catch (failure) {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
      throw failure;
    }
  }

  /** Sends a long command of baresip's menu, e.g. `dial`, `hangup`, `hold`, `resume`, `sndcode`, `transfer`. */
  command(command: string, params = ''): void {
    const text = JSON.stringify({ command, params, token: 'test' });
    this.#control.write(`${Buffer.byteLength(text)}:${text},`);
  }

  async event(type: string, timeoutMs = 15_000, after = 0): Promise<BaresipEvent> {
    const deadlineMs = performance.now() + timeoutMs;
    while (performance.now() < deadlineMs) {
      const found = this.events.slice(after).find((event) => event.type === type);
      if (found) return found;
      await wait(20);
    }
    const seen = this.events.map((event) => `${event.type} ${event.param ?? ''}`).join(', ');
    throw new Error(`baresip did not report ${type}; it reported: ${seen}\n${this.#output.slice(-1_500)}`);
  }

  /** WAV files of what the phone heard (baresip's sndfile module). */
  heardFiles(): string[] {
    return readdirSync(this.folder)
      .filter((name) => name.includes('dec') && name.endsWith('.wav'))
      .map((name) => join(this.folder, name));
  }

  async stop(): Promise<void> {
    const exited = new Promise((resolve) => this.#process.once('exit', resolve));
    this.command('quit');
    const kill = setTimeout(() => this.#process.kill('SIGKILL'), 2_000);
    if (this.#process.exitCode === null) await exited;
    clearTimeout(kill);
    this.#control.destroy();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function configText(folder: string, sipPort: number, controlPort: number, speak: string): string {
  return [
    'poll_method epoll',
    `sip_listen 127.0.0.1:${sipPort}`,
    'audio_player aubridge,sink',
    `audio_source aufile,${speak}`,
    'audio_alert aubridge,alert',
    'ausrc_srate 8000',
    'auplay_srate 8000',
    'ausrc_channels 1',
    'auplay_channels 1',
    'audio_buffer 20-160',
    'rtp_ports 42000-42999',
    `module_path ${modulesFolder}`,
    'module stdio.so',
    'module g711.so',
    'module g722.so',
    'module aufile.so',
    'module aubridge.so',
    'module sndfile.so',
    'module_tmp account.so',
    'module_app contact.so',
    'module_app menu.so',
    'module_app ctrl_tcp.so',
    `ctrl_tcp_listen 127.0.0.1:${controlPort}`,
    `snd_path ${folder}`,
    '',
  ].join('\n');
}

function readNetstrings(socket: Socket, taken: (text: string) => void): void {
  let pending = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const colon = pending.indexOf(':');
      const length = Number(pending.subarray(0, Math.max(0, colon)).toString('latin1'));
      if (colon < 0 || pending.length < colon + 1 + length + 1) return;
      taken(pending.subarray(colon + 1, colon + 1 + length).toString('utf8'));
      pending = pending.subarray(colon + 1 + length + 1);
    }
  });
}

/** A TCP port that is free on loopback now, and not one that the appliance or a phone may take for audio. */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await new Promise<void>((resolve) => server.close(() => resolve()));
    if (port < firstAudioPort || port > lastAudioPort) return port;
  }
}

async function connectSoon(port: number): Promise<Socket> {
  for (let tries = 0; ; tries++) {
    try {
      return await new Promise<Socket>((resolve, reject) => {
        const socket = createConnection(port, '127.0.0.1', () => resolve(socket));
        socket.once('error', reject);
      });
    } catch (refused) {
      if (tries > 100) throw refused;
      await wait(50);
    }
  }
}
