import { readTtsModel, type TtsManifest } from '../../../../models/manifest.ts';
import { LandlineError } from '../../../contract/errors.ts';
import type { SynthesisChunk, SynthesisRequest, TtsProvider } from '../../kinds/tts.ts';
import { clauses } from '../clauses.ts';
import { RateConverter } from '../rate-converter.ts';
import { trimSilence } from '../trim-silence.ts';
import { createOfflineTts, type OfflineTts } from './engine.ts';
import { voiceConfig } from './voice-config.ts';

/** Longer texts are made in several pieces, so that the first is heard before the last is made. */
const longestPiece = 120;
const slowest = 0.5;
const fastest = 2;
const leadMs = 10;
const tailMs = 60;
/** Pieces that may wait for the engine; one more is refused with `speech-busy`. */
const queueLimit = 64;

/** Any voice of sherpa-onnx (piper's among them), made piece by piece, one piece at a time. */
export class SherpaTts implements TtsProvider {
  readonly name: string;
  readonly #manifest: TtsManifest;
  readonly #engine: OfflineTts;
  readonly #converter: RateConverter;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #refused = 0;

  constructor(manifest: TtsManifest, engine: OfflineTts, converter: RateConverter) {
    this.name = manifest.id;
    this.#manifest = manifest;
    this.#engine = engine;
    this.#converter = converter;
  }

  get language(): string {
    return this.#manifest.language;
  }

  /** Pieces refused because too many were waiting. */
  get refused(): number {
    return this.#refused;
  }

  async *synthesize(request: SynthesisRequest, signal: AbortSignal): AsyncGenerator<SynthesisChunk, void, void> {
    const sid = this.#speaker(request.voice);
    const speed = Math.min(fastest, Math.max(slowest, request.speed ?? 1));
    const { sampleRate } = request;
    for (const text of clauses(request.text, longestPiece).filter(isSpeakable)) {
      const samples = await this.#speak({ text, sid, speed }, sampleRate, signal);
      signal.throwIfAborted();
      if (samples.length > 0) yield { samples, sampleRate };
    }
  }

  async close(): Promise<void> {
    await this.#last;
  }

  /** Waits its turn: the engine uses all threads it has for one piece. An abort takes effect before the next piece. */
  #speak(
    piece: { readonly text: string; readonly sid: number; readonly speed: number },
    sampleRate: number,
    signal: AbortSignal,
  ): Promise<Int16Array> {
    if (this.#waiting >= queueLimit) {
      this.#refused++;
      throw new LandlineError('speech-busy', `${queueLimit} sentences wait for the voice already; say less at once.`);
    }
    this.#waiting++;
    const turn = this.#last.then(async () => {
      this.#waiting--;
      signal.throwIfAborted();
      const made = await this.#engine.generateAsync({ ...piece, enableExternalBuffer: false });
      const trimmed = trimSilence(toInt16(made.samples), made.sampleRate, leadMs, tailMs);
      return this.#converter.convert(trimmed, made.sampleRate, sampleRate).slice();
    });
    this.#last = turn.catch(() => undefined);
    return abortable(turn, signal);
  }

  #speaker(voice: string | undefined): number {
    const { speakers, defaultSpeaker } = this.#manifest;
    const found = voice === undefined ? defaultSpeaker : speakerNumber(speakers, voice);
    if (found >= 0 && found < Math.max(1, this.#engine.numSpeakers)) return found;
    const known = speakers.map(({ name }) => name).join(', ') || `a number below ${this.#engine.numSpeakers}`;
    throw new LandlineError(
      'unknown-voice',
      `The voice ${this.name} has no speaker "${voice ?? found}"; choose ${known}.`,
      {
        voice: voice ?? found,
      },
    );
  }
}

/**
 * Loads the voice in `folder` into this process.
 *
 * @param threads how many one piece may use.
 * @param speaker used when a request names none; the manifest's own choice unless given.
 */
export async function loadSherpaTts(folder: string, threads: number, speaker?: number): Promise<SherpaTts> {
  const model = await readTtsModel(folder);
  const defaultSpeaker = speaker ?? model.manifest.defaultSpeaker;
  const [engine, converter] = await Promise.all([createOfflineTts(voiceConfig(model, threads)), RateConverter.load()]);
  return new SherpaTts({ ...model.manifest, defaultSpeaker }, engine, converter);
}

function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** By name, or by number as text; −1 if there is none. */
function speakerNumber(speakers: TtsManifest['speakers'], voice: string): number {
  return speakers.find(({ name }) => name === voice)?.id ?? (/^\d{1,4}$/.test(voice) ? Number(voice) : -1);
}

/** Engines disagree about what to do with punctuation alone: it is silence. */
function isSpeakable(text: string): boolean {
  return /[\p{Letter}\p{Number}]/u.test(text);
}

function toInt16(samples: Float32Array): Int16Array {
  return Int16Array.from(samples, (sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_767))));
}
