import type { AudioSink } from '../../media/frame.ts';
import type { Recognition, RecognitionListener } from '../kinds/speech-host.ts';
import type { SttPartial } from '../kinds/stt.ts';
import { speechLost } from './refusal.ts';

interface Process {
  /** Where its audio goes now; undefined while no process runs. */
  readonly sink: () => AudioSink | undefined;
  readonly endTurn: () => Promise<string>;
  readonly close: () => void;
}

/** A recognition that lives in the speech process and moves to the next one when that ends. */
export class RemoteRecognition implements Recognition {
  readonly callId: string;
  readonly #listener: RecognitionListener;
  readonly #process: Process;
  #sink: AudioSink | undefined;
  #isClosed = false;

  constructor(callId: string, listener: RecognitionListener, process: Process) {
    this.callId = callId;
    this.#listener = listener;
    this.#process = process;
  }

  /** The last one known; audio sent to a process that is gone is lost. */
  get sink(): AudioSink {
    if (this.#sink === undefined) throw speechLost();
    return this.#sink;
  }

  /** A process has taken over: the first one silently, any later one is told. */
  moveTo(sink: AudioSink | undefined): void {
    const isMove = this.#sink !== undefined;
    this.#sink = sink ?? this.#sink;
    if (isMove && sink !== undefined && !this.#isClosed) this.#listener.restarted(sink);
  }

  partial(partial: SttPartial): void {
    if (!this.#isClosed) this.#listener.partial(partial);
  }

  async endTurn(): Promise<string> {
    return this.#isClosed ? '' : await this.#process.endTurn();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#process.close();
  }
}
