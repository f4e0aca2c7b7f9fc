import type { Frame } from '../../media/frame.ts';

/** What a recogniser says about the current turn so far. */
export interface SttPartial {
  readonly text: string;
  /** Audio time up to which the recogniser has listened, in milliseconds since the leg's audio began. */
  readonly heardUntilMs: number;
}

/** A streaming recogniser. One stream per call; a turn ends when the conversation says so, never by the engine alone. */
export interface SttProvider {
  readonly name: string;
  readonly sampleRate: number;
  open(listener: (partial: SttPartial) => void): SttStream;
  close(): void;
}

export interface SttStream {
  push(frame: Frame): void;
  /** Decodes what is left, returns the turn's final text, and starts listening for the next turn. */
  endTurn(): Promise<string>;
  close(): void;
}
