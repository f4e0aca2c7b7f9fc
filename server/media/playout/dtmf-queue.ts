import { dtmfTone } from '../dsp/dtmf-tones.ts';
import { OutgoingTelephoneEvent } from '../rtp/telephone-event.ts';

const toneFrames = 5;
const pauseFrames = 4;
/** More digits waiting than anybody dials at once. */
export const mostDigits = 64;

interface Sending {
  readonly digit: string;
  readonly event: OutgoingTelephoneEvent;
  frame: number;
  readonly done: (() => void) | undefined;
}

/** What the present frame of a digit is: an event packet, a tone written into the samples, or the pause behind it. */
export type DtmfFrame =
  | { readonly kind: 'event'; readonly event: OutgoingTelephoneEvent }
  | { readonly kind: 'tone' }
  | { readonly kind: 'pause' };

/** Digits being sent, frame by frame: 100 ms on, 80 ms off. Takes the place of speech meanwhile. */
export class DtmfQueue {
  readonly #frameUnits: number;
  #waiting: Sending[] = [];

  /** `frameUnits`: RTP clock units per frame. */
  constructor(frameUnits: number) {
    this.#frameUnits = frameUnits;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** Resolves when the last digit and its pause are through. */
  add(digits: string): Promise<void> {
    return new Promise((resolve) => {
      digits.split('').forEach((digit, index) => {
        const event = new OutgoingTelephoneEvent(digit, this.#frameUnits);
        this.#waiting.push({ digit, event, frame: 0, done: index === digits.length - 1 ? resolve : undefined });
      });
    });
  }

  /** The next frame; as tone in `samples` when events were not agreed. Undefined without digits. */
  next(asEvent: boolean, samples: Int16Array, sampleRate: number): DtmfFrame | undefined {
    const sending = this.#waiting[0];
    if (!sending) return undefined;
    if (asEvent && !sending.event.isDone) return { kind: 'event', event: sending.event };
    const frame = sending.frame++;
    const audible = asEvent ? 0 : toneFrames;
    if (frame < audible && dtmfTone(sending.digit, sampleRate, frame * samples.length, samples))
      return { kind: 'tone' };
    if (frame + 1 >= audible + pauseFrames) {
      this.#waiting.shift();
      sending.done?.();
    }
    return { kind: 'pause' };
  }

  /** Gives up what is left. */
  clear(): void {
    for (const { done } of this.#waiting) done?.();
    this.#waiting = [];
  }
}
