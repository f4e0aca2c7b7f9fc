import type { AudioSink } from '../../media/frame.ts';
import type { Recognition, RecognitionListener, SpeechHost, SpeechStats } from '../kinds/speech-host.ts';
import type { SynthesisChunk, SynthesisRequest } from '../kinds/tts.ts';
import { loadSpeech, type SpeechEngines, type SpeechSettings } from '../registry.ts';

/** Speech inside this process, for tests and debugging: the same engines, no border, no restarts. */
export class InProcessSpeech implements SpeechHost {
  readonly #engines: SpeechEngines;

  constructor(engines: SpeechEngines) {
    this.#engines = engines;
  }

  static async load(settings: SpeechSettings): Promise<InProcessSpeech> {
    return new InProcessSpeech(await loadSpeech(settings));
  }

  get sttName(): string {
    return this.#engines.stt.name;
  }

  get ttsName(): string {
    return this.#engines.tts.name;
  }

  async openRecognition(_callId: string, listener: RecognitionListener): Promise<Recognition> {
    const { stt } = this.#engines;
    const stream = stt.open((partial) => listener.partial(partial));
    const sink: AudioSink = {
      kind: 'function',
      sampleRate: stt.sampleRate,
      push: (frame) => stream.push(frame),
    };
    return { sink, endTurn: () => stream.endTurn(), close: () => stream.close() };
  }

  synthesize(request: SynthesisRequest, signal: AbortSignal): AsyncIterable<SynthesisChunk> {
    return this.#engines.tts.synthesize(request, signal);
  }

  async stats(): Promise<SpeechStats> {
    return { ...this.#engines.stt.load(), pid: process.pid, rssBytes: process.memoryUsage.rss() };
  }

  async stop(): Promise<void> {
    await this.#engines.close();
  }
}
