import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';

const rate = 16_000;
const frameSamples = rate / 50;

export interface Heard {
  readonly atMs: number;
  readonly samples: Int16Array;
}

/** How audio is put into messages and taken out of them. */
export interface WebCallerForm {
  encode(samples: Int16Array): string | Buffer;
  /** Undefined for a message that holds no audio. */
  decode(data: Buffer, isBinary: boolean): Int16Array | undefined;
}

/** Somebody who talks with an agent by WebSocket: sends a frame every 20 ms, speech or silence, and keeps what comes. */
export class WebCaller {
  readonly socket: WebSocket;
  readonly heard: Heard[] = [];
  readonly messages: (Readonly<Record<string, unknown>> & { readonly atMs: number })[] = [];
  readonly closed: Promise<number>;
  readonly #form: WebCallerForm;
  #saying: Int16Array[] = [];
  #talking = true;

  constructor(url: string, form: WebCallerForm, headers: Readonly<Record<string, string>> = {}) {
    this.socket = new WebSocket(url, { headers });
    this.#form = form;
    this.socket.on('message', (data: Buffer, isBinary) => this.#onMessage(data, isBinary));
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => this.socket.once('close', resolve));
  }

  async opened(): Promise<void> {
    await new Promise((resolve, reject) => {
      this.socket.once('open', resolve);
      this.socket.once('error', reject);
    });
  }

  sendJson(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  /** Begins to send frames; ends with the socket. */
  talk(): void {
    void this.#sendFrames();
  }

  /** Queues speech given at 8 kHz. */
  say(samplesAt8k: Int16Array): void {
    const samples = new Int16Array(2 * samplesAt8k.length);
    for (const [index, sample] of samplesAt8k.entries()) {
      samples[2 * index] = sample;
      samples[2 * index + 1] = (sample + (samplesAt8k[index + 1] ?? sample)) >> 1;
    }
    for (let at = 0; at < samples.length; at += frameSamples) {
      const frame = new Int16Array(frameSamples);
      frame.set(samples.subarray(at, at + frameSamples));
      this.#saying.push(frame);
    }
  }

  get isSaying(): boolean {
    return this.#saying.length > 0;
  }

  /** Whether the agent has been audible within this time. */
  hasHeardVoice(lastMs: number): boolean {
    const sinceMs = performance.now() - lastMs;
    return this.heard.some(({ atMs, samples }) => atMs >= sinceMs && levelOf(samples) > 500);
  }

  hangUp(): void {
    this.#talking = false;
    this.socket.close();
  }

  async #sendFrames(): Promise<void> {
    let dueMs = performance.now();
    while (this.#talking && this.socket.readyState === WebSocket.OPEN) {
      this.socket.send(this.#form.encode(this.#saying.shift() ?? new Int16Array(frameSamples)));
      dueMs += 20;
      await wait(Math.max(0, dueMs - performance.now()));
    }
  }

  #onMessage(data: Buffer, isBinary: boolean): void {
    const atMs = performance.now();
    const samples = this.#form.decode(data, isBinary);
    if (samples) this.heard.push({ atMs, samples });
    else this.messages.push({ ...(JSON.parse(data.toString('utf8')) as object), atMs });
  }
}

function levelOf(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += Math.abs(sample);
  return sum / samples.length;
}

/** 16-bit little-endian samples of a message. */
export function littleEndian(bytes: Buffer): Int16Array {
  const samples = new Int16Array(bytes.length >> 1);
  for (let index = 0; index < samples.length; index++) samples[index] = bytes.readInt16LE(2 * index);
  return samples;
}

export function bytesOf(samples: Int16Array): Buffer {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
}
