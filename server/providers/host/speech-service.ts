import type { MessagePort } from '../../lifetime/message-port.ts';
import type { Frame } from '../../media/frame.ts';
import type { SttStream } from '../kinds/stt.ts';
import type { SpeechEngines } from '../registry.ts';
import { toRefusal } from './refusal.ts';
import type { FromSpeech, ToSpeech } from './speech-messages.ts';

/** The speech process's work: answers messages with the engines that it was given. */
export class SpeechService {
  readonly #engines: SpeechEngines;
  readonly #port: MessagePort<ToSpeech, FromSpeech>;
  readonly #streams = new Map<number, SttStream>();
  readonly #syntheses = new Map<number, AbortController>();
  #strayFrames = 0;

  constructor(engines: SpeechEngines, port: MessagePort<ToSpeech, FromSpeech>) {
    this.#engines = engines;
    this.#port = port;
  }

  start(): void {
    this.#port.onMessage((message) => this.#receive(message));
  }

  /** Audio of a stream; what belongs to no open stream is counted. */
  hear(streamId: number, frame: Frame): void {
    const stream = this.#streams.get(streamId);
    if (stream === undefined) this.#strayFrames++;
    else stream.push(frame);
  }

  #receive(message: ToSpeech): void {
    switch (message.kind) {
      case 'open':
        return this.#open(message.streamId);
      case 'close':
        this.#streams.get(message.streamId)?.close();
        this.#streams.delete(message.streamId);
        return;
      case 'end-turn':
        void this.#endTurn(message.streamId, message.requestId);
        return;
      case 'synthesize':
        void this.#synthesize(message);
        return;
      case 'abort':
        this.#syntheses.get(message.requestId)?.abort(new Error('aborted'));
        return;
      case 'stats':
        this.#port.send({ kind: 'stats', requestId: message.requestId, stats: this.#stats() });
    }
  }

  #open(streamId: number): void {
    if (this.#streams.has(streamId)) return;
    const stream = this.#engines.stt.open((partial) => this.#port.send({ kind: 'partial', streamId, partial }));
    this.#streams.set(streamId, stream);
  }

  async #endTurn(streamId: number, requestId: number): Promise<void> {
    try {
      const text = (await this.#streams.get(streamId)?.endTurn()) ?? '';
      this.#port.send({ kind: 'turn', requestId, text });
    } catch (failure) {
      this.#port.send({ kind: 'refused', requestId, failure: toRefusal(failure) });
    }
  }

  async #synthesize({ requestId, request }: Extract<ToSpeech, { kind: 'synthesize' }>): Promise<void> {
    const controller = new AbortController();
    this.#syntheses.set(requestId, controller);
    try {
      for await (const chunk of this.#engines.tts.synthesize(request, controller.signal)) {
        this.#port.send({ kind: 'chunk', requestId, ...chunk });
      }
      this.#port.send({ kind: 'spoken', requestId });
    } catch (failure) {
      if (!controller.signal.aborted) this.#port.send({ kind: 'refused', requestId, failure: toRefusal(failure) });
    } finally {
      this.#syntheses.delete(requestId);
    }
  }

  #stats() {
    const { droppedFrames, ...load } = this.#engines.stt.load();
    return {
      ...load,
      pid: process.pid,
      rssBytes: process.memoryUsage.rss(),
      droppedFrames: droppedFrames + this.#strayFrames,
    };
  }
}
