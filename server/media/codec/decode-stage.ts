import type { LineCodec } from '../../contract/media-session.ts';
import { AudioTime } from '../audio-time.ts';
import type { LegTally } from '../leg-tally.ts';
import type { Stage } from '../stage.ts';
import { type CodecTraits, codecTraits, type Decoder } from './codec.ts';
import { Concealer } from './concealment.ts';
import { createDecoder } from './create-codec.ts';

/** A gap longer than this is left as a jump in position. */
const longestFillMs = 2_000;
/** Without packets for this long, silence goes on in their place, so that a pause is noticed and words are finished. */
const starvedAfterMs = 200;
const largestPacketSamples = 3_000;

/** From payloads in order to frames without holes: decodes, conceals what was lost, fills pauses with silence. */
export class DecodeStage {
  readonly traits: CodecTraits;
  readonly #tally: LegTally;
  readonly #next: Stage;
  readonly #decoder: Decoder;
  readonly #concealer: Concealer;
  readonly #time: AudioTime;
  readonly #decoded = new Int16Array(largestPacketSamples);
  readonly #filler: Int16Array;
  /** Position behind the last sample handed on; undefined before the first. */
  #end: number | undefined;

  constructor(codec: LineCodec, beganAtMs: number, tally: LegTally, next: Stage) {
    this.traits = codecTraits[codec];
    this.#tally = tally;
    this.#next = next;
    this.#decoder = createDecoder(codec);
    this.#concealer = new Concealer(this.traits.sampleRate);
    this.#time = new AudioTime(beganAtMs, this.traits.sampleRate, this.traits.clockRate);
    this.#filler = new Int16Array(this.#samplesOf(20));
  }

  audio(payload: Uint8Array, timestamp: number, lost: number, nowMs: number): void {
    const decoded = this.#decoded.subarray(0, this.#decoder.decode(payload, this.#decoded));
    if (decoded.length === 0) return;
    const position = this.#time.place(timestamp, decoded.length, nowMs);
    const gap = position - (this.#end ?? position);
    if (gap > 0) this.#fill(gap, lost > 0);
    const from = Math.max(0, (this.#end ?? position) - position);
    if (from >= decoded.length) {
      this.#tally.late++;
      return;
    }
    this.#concealer.heard(decoded);
    this.#handOn(decoded.subarray(from), position + from);
  }

  /** To be called every 20 ms: lets silence take the place of packets that stay away. */
  tick(nowMs: number): void {
    if (this.#end === undefined) return;
    const missing = this.#time.positionAt(nowMs) - this.#samplesOf(starvedAfterMs) - this.#end;
    if (missing >= this.#filler.length) this.#fill(missing - (missing % this.#filler.length), false);
  }

  /** The next packet has no relation to the earlier ones. */
  restart(): void {
    this.#time.restart();
  }

  #fill(gap: number, isLoss: boolean): void {
    const end = this.#end ?? 0;
    if (gap > this.#samplesOf(longestFillMs)) {
      this.#end = end + gap;
      return;
    }
    for (let filled = 0; filled < gap; filled += this.#filler.length) {
      const piece = this.#filler.subarray(0, Math.min(this.#filler.length, gap - filled));
      if (isLoss) {
        this.#concealer.conceal(piece);
        this.#tally.concealed++;
      } else {
        piece.fill(0);
      }
      this.#handOn(piece, end + filled);
    }
  }

  #handOn(samples: Int16Array, position: number): void {
    this.#end = position + samples.length;
    this.#next.push({ samples, sampleRate: this.traits.sampleRate, position });
  }

  #samplesOf(ms: number): number {
    return (ms * this.traits.sampleRate) / 1_000;
  }
}
