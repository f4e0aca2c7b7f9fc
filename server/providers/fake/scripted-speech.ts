import { LandlineError } from '../../contract/errors.ts';
import { type Clock, delay } from '../../lifetime/clock.ts';
import type { AudioSink } from '../../media/frame.ts';
import type { Recognition, RecognitionListener, SpeechHost, SpeechStats } from '../kinds/speech-host.ts';
import type { SttStream } from '../kinds/stt.ts';
import type { SynthesisChunk, SynthesisRequest } from '../kinds/tts.ts';
import { ScriptedStt } from './scripted-stt.ts';
import { ScriptedVoice } from './scripted-voice.ts';

export interface ScriptedSpeechOptions {
  readonly clock: Clock;
  /** What callers will say, line by line; a call takes its lines when its recognition opens. */
  readonly lines?: (callId: string) => readonly string[];
  readonly voice?: ScriptedVoice;
  readonly sampleRate?: number;
  /** Time for decoding what is left at the end of a turn. */
  readonly finalMs?: number;
  /** How long speech is away after `crash`. */
  readonly restartMs?: number;
}

interface OpenRecognition {
  readonly stt: ScriptedStt;
  readonly listener: RecognitionListener;
  stream: SttStream;
}

/** Ear and voice for all calls, scripted: recognises what it was told, speaks at the pace of the text, can crash. */
export class ScriptedSpeech implements SpeechHost {
  readonly sttName = 'scripted stt';
  readonly ttsName = 'scripted voice';
  readonly voice: ScriptedVoice;
  readonly #options: ScriptedSpeechOptions;
  readonly #open = new Set<OpenRecognition>();
  #down: AbortController = new AbortController();
  #isUp = true;

  constructor(options: ScriptedSpeechOptions) {
    this.#options = options;
    this.voice = options.voice ?? new ScriptedVoice({ clock: options.clock });
  }

  async openRecognition(callId: string, listener: RecognitionListener): Promise<Recognition> {
    const { lines, sampleRate } = this.#options;
    const stt = new ScriptedStt(lines?.(callId) ?? [], sampleRate === undefined ? {} : { sampleRate });
    const open: OpenRecognition = { stt, listener, stream: stt.open((partial) => listener.partial(partial)) };
    this.#open.add(open);
    return {
      sink: this.#sinkOf(open, open.stream),
      endTurn: () => this.#endTurn(open),
      close: () => {
        open.stream.close();
        this.#open.delete(open);
      },
    };
  }

  async *synthesize(request: SynthesisRequest, signal: AbortSignal): AsyncGenerator<SynthesisChunk, void, void> {
    const down = this.#down.signal;
    if (!this.#isUp) throw lost();
    for await (const chunk of this.voice.synthesize(request, signal)) {
      if (down.aborted) throw lost();
      yield chunk;
    }
  }

  /** The process dies: what was heard in open turns is lost, and after a while it is back by itself. */
  crash(): void {
    const { clock, restartMs = 200 } = this.#options;
    this.#down.abort();
    this.#down = new AbortController();
    this.#isUp = false;
    for (const { stream } of this.#open) stream.close();
    clock.after(restartMs, () => this.#restarted());
  }

  async stats(): Promise<SpeechStats> {
    return {
      pid: process.pid,
      rssBytes: process.memoryUsage.rss(),
      openStreams: this.#open.size,
      droppedFrames: 0,
      tickLatenessMs: { p50: 0, p99: 0, max: 0 },
    };
  }

  async stop(): Promise<void> {
    for (const { stream } of this.#open) stream.close();
    this.#open.clear();
  }

  #restarted(): void {
    this.#isUp = true;
    for (const open of this.#open) {
      open.stream = open.stt.open((partial) => open.listener.partial(partial));
      open.listener.restarted(this.#sinkOf(open, open.stream));
    }
  }

  #sinkOf(open: OpenRecognition, stream: SttStream): AudioSink {
    return { kind: 'function', sampleRate: open.stt.sampleRate, push: (frame) => stream.push(frame) };
  }

  async #endTurn(open: OpenRecognition): Promise<string> {
    const down = this.#down.signal;
    if (!this.#isUp) throw lost();
    await delay(this.#options.clock, this.#options.finalMs ?? 20);
    if (down.aborted) throw lost();
    return open.stream.endTurn();
  }
}

function lost(): LandlineError {
  return new LandlineError('speech-lost', 'The scripted speech was told to crash.');
}
