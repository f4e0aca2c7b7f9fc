import { frameMs } from '../tick.ts';
import { writeRtpHeader } from './rtp-packet.ts';

/** Where an outgoing stream stands: what the frame due at `dueMs` carries. */
export interface RtpStreamState {
  readonly ssrc: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly dueMs: number;
}

/** One frame on: what the state will be `nowMs`, if a packet was sent in every frame since. */
export function advanceStream(state: RtpStreamState, nowMs: number, frameUnits: number): RtpStreamState {
  const frames = Math.max(1, Math.ceil((nowMs - state.dueMs) / frameMs));
  return {
    ssrc: state.ssrc,
    sequence: (state.sequence + frames) & 0xffff,
    timestamp: (state.timestamp + frames * frameUnits) >>> 0,
    dueMs: state.dueMs + frames * frameMs,
  };
}

/**
 * Numbers of an outgoing RTP stream. Timestamps follow the time a frame was due, so that frames left out (a stall, a
 * hold) show as what they are; the first packet after them carries the marker.
 */
export class RtpStream {
  readonly ssrc: number;
  #sequence: number;
  #timestamp: number;
  #dueMs: number | undefined;
  #isMarkerDue = true;
  #eventTimestamp = 0;

  constructor(start: Omit<RtpStreamState, 'dueMs'> & { readonly dueMs: number | undefined }) {
    this.ssrc = start.ssrc;
    this.#sequence = start.sequence;
    this.#timestamp = start.timestamp;
    this.#dueMs = start.dueMs;
  }

  /** State for the next packet; undefined before the first. */
  get state(): RtpStreamState | undefined {
    if (this.#dueMs === undefined) return undefined;
    return { ssrc: this.ssrc, sequence: this.#sequence, timestamp: this.#timestamp, dueMs: this.#dueMs };
  }

  /** Writes the header of the audio packet for the frame due at `dueMs`. */
  writeAudio(packet: Buffer, payloadType: number, dueMs: number, frameUnits: number): void {
    this.#moveTo(dueMs, frameUnits);
    this.#write(packet, payloadType, this.#isMarkerDue, this.#timestamp);
    this.#isMarkerDue = false;
  }

  /** Writes the header of a telephone-event packet: all of one event have the timestamp of its first. */
  writeEvent(packet: Buffer, payloadType: number, dueMs: number, frameUnits: number, isFirst: boolean): void {
    this.#moveTo(dueMs, frameUnits);
    if (isFirst) this.#eventTimestamp = this.#timestamp;
    this.#write(packet, payloadType, isFirst, this.#eventTimestamp);
  }

  #moveTo(dueMs: number, frameUnits: number): void {
    const frames = this.#dueMs === undefined ? 0 : Math.max(0, Math.round((dueMs - this.#dueMs) / frameMs));
    if (frames > 1) this.#isMarkerDue = true;
    this.#timestamp = (this.#timestamp + frames * frameUnits) >>> 0;
    this.#dueMs = dueMs;
  }

  #write(packet: Buffer, payloadType: number, marker: boolean, timestamp: number): void {
    writeRtpHeader(packet, { marker, payloadType, sequence: this.#sequence, timestamp, ssrc: this.ssrc });
    this.#sequence = (this.#sequence + 1) & 0xffff;
  }
}
