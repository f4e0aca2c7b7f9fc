import { type FileHandle, mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf } from '../../contract/errors.ts';
import type { LegSummary } from '../media-engine.ts';
import { type Side, StereoWindow } from './stereo-window.ts';
import { wavHeader, wavHeaderBytes } from './wav.ts';

const bytesPerPosition = 4;
/** How far behind the present the file is kept: later packets of the caller still find their place. */
const settleMs = 200;
/** Blocks of half a second: with the settling time, a crash loses less than the last second. */
const blockMs = 500;
const windowMs = 3_000;
/** Blocks that a slow disk may owe before the recording is given up: 10 s. */
const mostBlocksWaiting = 20;

/** What a new process needs to go on with a recording that another one began. Positions in samples. */
export interface RecordingPlace {
  readonly path: string;
  readonly sampleRate: number;
  /** Position of the file's first sample on the leg's audio time. */
  readonly startPosition: number;
}

export interface RecorderListener {
  /** The disk refused; nothing more is written. Called once at most. */
  failed(message: string): void;
}

/**
 * Writes one call as stereo WAV to `<path>.part`: blocks of half a second at their place, with the header brought up to
 * date each time, so that a crash leaves a playable file. `close` makes it durable under its real name.
 */
export class Recorder {
  readonly place: RecordingPlace;
  readonly #listener: RecorderListener;
  readonly #file: FileHandle;
  readonly #window: StereoWindow;
  #writing: Promise<void> = Promise.resolve();
  #blocksWaiting = 0;
  #hasFailed = false;
  #writtenUntil: number;

  private constructor(place: RecordingPlace, from: number, file: FileHandle, listener: RecorderListener) {
    this.place = place;
    this.#file = file;
    this.#listener = listener;
    this.#window = new StereoWindow(from, this.#samplesOf(windowMs));
    this.#writtenUntil = from;
  }

  /** Begins a new file. Rejects with the system's error. */
  static async begin(place: RecordingPlace, listener: RecorderListener): Promise<Recorder> {
    await mkdir(dirname(place.path), { recursive: true });
    const file = await open(partOf(place.path), 'w');
    await orClosed(file, writeAll(file, wavHeader(place.sampleRate, 2, 0), 0));
    return new Recorder(place, place.startPosition, file, listener);
  }

  /** Goes on with a file that a lost process began; what lies between is silence. */
  static async goOn(place: RecordingPlace, listener: RecorderListener): Promise<Recorder> {
    const file = await open(partOf(place.path), 'r+');
    const { size } = await orClosed(file, file.stat());
    const samples = Math.max(0, Math.floor((size - wavHeaderBytes) / bytesPerPosition));
    return new Recorder(place, place.startPosition + samples, file, listener);
  }

  /** Takes samples at the recording's rate; they are copied. */
  write(side: Side, samples: Int16Array, position: number): void {
    if (this.#hasFailed) return;
    if (!this.#window.fits(position, samples.length)) {
      this.#writeUntil(this.#window.furthest);
      if (!this.#window.fits(position, samples.length)) this.#window.jumpTo(position);
    }
    this.#window.place(side, samples, position);
  }

  /** To be called now and then with the present position: writes what has settled. */
  tick(position: number): void {
    const settled = position - this.#samplesOf(settleMs);
    if (settled - this.#window.start >= this.#samplesOf(blockMs)) this.#writeUntil(settled);
  }

  /** Completes the file and gives it its real name; undefined when the disk refused somewhere on the way. */
  async close(): Promise<LegSummary['recording']> {
    this.#writeUntil(this.#window.furthest);
    await this.#writing;
    try {
      if (!this.#hasFailed) await this.#file.sync();
      await this.#file.close();
      if (this.#hasFailed) return undefined;
      await rename(partOf(this.place.path), this.place.path);
      await syncDirectory(dirname(this.place.path));
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
    const samples = this.#writtenUntil - this.place.startPosition;
    return {
      path: this.place.path,
      durationMs: (samples * 1_000) / this.place.sampleRate,
      sizeBytes: wavHeaderBytes + samples * bytesPerPosition,
    };
  }

  #writeUntil(position: number): void {
    if (this.#hasFailed || position <= this.#window.start) return;
    if (this.#blocksWaiting >= mostBlocksWaiting) {
      this.#fail(new Error('the disk is too slow'));
      return;
    }
    const from = this.#window.start;
    const block = this.#window.take(position);
    this.#blocksWaiting++;
    this.#writing = this.#writing
      .then(() => this.#writeBlock(block, from))
      .catch((error: unknown) => this.#fail(error))
      .finally(() => void this.#blocksWaiting--);
  }

  async #writeBlock(block: Buffer, from: number): Promise<void> {
    if (this.#hasFailed) return;
    const offset = wavHeaderBytes + (from - this.place.startPosition) * bytesPerPosition;
    await writeAll(this.#file, block, offset);
    this.#writtenUntil = from + block.length / bytesPerPosition;
    const dataBytes = (this.#writtenUntil - this.place.startPosition) * bytesPerPosition;
    await writeAll(this.#file, wavHeader(this.place.sampleRate, 2, dataBytes), 0);
  }

  #fail(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#listener.failed(`The recording ${this.place.path} stopped: ${messageOf(error)}.`);
  }

  #samplesOf(ms: number): number {
    return (ms * this.place.sampleRate) / 1_000;
  }
}

function partOf(path: string): string {
  return `${path}.part`;
}

/** A file on which this fails is closed: nobody else holds it yet. */
async function orClosed<T>(file: FileHandle, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function writeAll(file: FileHandle, bytes: Buffer, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, offset + done);
    done += bytesWritten;
  }
}

/** Makes a rename durable. Windows cannot open directories; there the file system's journal has to do. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
