import { LandlineError } from '../../../server/contract/errors.ts';
import { type Clock, delay } from '../../../server/lifetime/clock.ts';
import type { AudioSink, Frame } from '../../../server/media/frame.ts';
import type {
  Recognition,
  RecognitionListener,
  SpeechHost,
  SpeechStats,
} from '../../../server/providers/kinds/speech-host.ts';
import type { SttPartial } from '../../../server/providers/kinds/stt.ts';
import type { SynthesisChunk, SynthesisRequest } from '../../../server/providers/kinds/tts.ts';
import { WordListener, type WordTones } from './word-tones.ts';

const earRate = 8_000;
/** Decoding what is left at the end of a turn. */
const finalMs = 20;
/** From a sentence to its audio. */
const synthesisMs = 60;
/** How long speech is away after a crash. */
const restartMs = 200;

interface OpenEar {
  readonly listener: RecognitionListener;
  ear: Ear;
}

/** Hears the words of one call in the samples, and nothing else. */
class Ear {
  readonly #listener: WordListener;
  #turn: string[] = [];
  #isClosed = false;
  /** Milliseconds of audio that came in. */
  heardMs = 0;

  constructor(tones: WordTones, partial: (partial: SttPartial) => void) {
    this.#listener = new WordListener(tones, ({ text, endMs, isWhole }) => {
      if (!isWhole) return;
      this.#turn.push(text);
      partial({ text: this.#turn.join(' '), heardUntilMs: endMs });
    });
  }

  push({ samples, sampleRate, position }: Frame): void {
    if (this.#isClosed) return;
    const length = sampleRate / 50;
    for (let at = 0; at + length <= samples.length; at += length) {
      this.heardMs += 20;
      const endMs = ((position + at + length) * 1_000) / sampleRate;
      this.#listener.push(samples.subarray(at, at + length), sampleRate, endMs);
    }
  }

  endTurn(): string {
    this.#listener.flush();
    return this.#turn.splice(0).join(' ');
  }

  close(): void {
    this.#isClosed = true;
  }
}

/** Ears and a voice for all calls that understand word tones: what they know of a call went over its line. */
export class ToneSpeech implements SpeechHost {
  readonly sttName = 'tone ear';
  readonly ttsName = 'tone voice';
  readonly #clock: Clock;
  readonly #tones: WordTones;
  readonly #open = new Set<OpenEar>();
  readonly #asked: string[] = [];
  #down = new AbortController();
  #isUp = true;
  #failures = 0;
  #earMs = 0;

  constructor(clock: Clock, tones: WordTones) {
    this.#clock = clock;
    this.#tones = tones;
  }

  /** Sentences that were synthesised, also those never heard. */
  get asked(): readonly string[] {
    return this.#asked;
  }

  /** Milliseconds of caller audio that all ears of the house were given. */
  get earMs(): number {
    return [...this.#open].reduce((sum, { ear }) => sum + ear.heardMs, this.#earMs);
  }

  get openEars(): number {
    return this.#open.size;
  }

  /** The next sentences cannot be spoken. */
  failNext(count: number): void {
    this.#failures = count;
  }

  openRecognition(_callId: string, listener: RecognitionListener): Promise<Recognition> {
    const open: OpenEar = { listener, ear: this.#newEar(listener) };
    this.#open.add(open);
    return Promise.resolve({
      sink: sinkOf(open.ear),
      endTurn: () => this.#endTurn(open),
      close: () => this.#close(open),
    });
  }

  async *synthesize(request: SynthesisRequest, signal: AbortSignal): AsyncGenerator<SynthesisChunk, void, void> {
    const down = this.#down.signal;
    if (!this.#isUp) throw lost();
    this.#asked.push(request.text);
    const fails = this.#failures > 0;
    if (fails) this.#failures--;
    await delay(this.#clock, synthesisMs, signal);
    if (down.aborted) throw lost();
    if (fails) throw new LandlineError('speech-failed', 'The tone voice was told to fail.');
    yield { samples: this.#tones.speak(request.text, request.sampleRate), sampleRate: request.sampleRate };
  }

  /** The process dies: what was heard in open turns is gone; after a while it is back by itself. */
  crash(): void {
    this.#down.abort();
    this.#down = new AbortController();
    this.#isUp = false;
    for (const { ear } of this.#open) ear.close();
    this.#clock.after(restartMs, () => this.#restarted());
  }

  stats(): Promise<SpeechStats> {
    const { pid } = process;
    const tickLatenessMs = { p50: 0, p99: 0, max: 0 };
    return Promise.resolve({ pid, rssBytes: 0, openStreams: this.#open.size, droppedFrames: 0, tickLatenessMs });
  }

  stop(): Promise<void> {
    for (const open of this.#open) this.#close(open);
    return Promise.resolve();
  }

  #newEar(listener: RecognitionListener): Ear {
    return new Ear(this.#tones, (partial) => listener.partial(partial));
  }

  #close(open: OpenEar): void {
    if (this.#open.delete(open)) this.#earMs += open.ear.heardMs;
    open.ear.close();
  }

  #restarted(): void {
    this.#isUp = true;
    for (const open of this.#open) {
      open.ear = this.#newEar(open.listener);
      open.listener.restarted(sinkOf(open.ear));
    }
  }

  async #endTurn(open: OpenEar): Promise<string> {
    const down = this.#down.signal;
    if (!this.#isUp) throw lost();
    await delay(this.#clock, finalMs);
    if (down.aborted) throw lost();
    return open.ear.endTurn();
  }
}

function sinkOf(ear: Ear): AudioSink {
  return { kind: 'function', sampleRate: earRate, push: (frame) => ear.push(frame) };
}

function lost(): LandlineError {
  return new LandlineError('speech-lost', 'The tone speech was told to crash.');
}
