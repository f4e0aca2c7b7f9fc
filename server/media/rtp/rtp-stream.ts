import { frameMs } from '../tick.ts';
import { writeRtpHeader } from './rtp-packet.ts';

/** Where an outgoing stream stands, so that another process can go on with it. */
export interface RtpStreamState {
  readonly ssrc: number;
  /** Of the next packet. */
  readonly sequence: number;
  /** Of the last frame, which was due at `dueMs`; undefined before the first. */
  readonly timestamp: number;
  readonly dueMs: number | undefined;
  /** Packets went on being sent afterwards: their sequence numbers have been used. */
  readonly isRunning: boolean;
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
  #isCatchingUp: boolean;

  constructor(start: RtpStreamState) {
    this.ssrc = start.ssrc;
    this.#isCatchingUp = start.isRunning;
    this.#sequence = start.sequence;
    this.#timestamp = start.timestamp;
    this.#dueMs = start.dueMs;
  }

  state(isRunning: boolean): RtpStreamState {
    const [sequence, timestamp, dueMs] = [this.#sequence, this.#timestamp, this.#dueMs];
    return { ssrc: this.ssrc, sequence, timestamp, dueMs, isRunning };
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
    if (this.#isCatchingUp) this.#sequence = (this.#sequence + Math.max(0, frames - 1)) & 0xffff;
    this.#isCatchingUp = false;
    this.#timestamp = (this.#timestamp + frames * frameUnits) >>> 0;
    this.#dueMs = dueMs;
  }

  #write(packet: Buffer, payloadType: number, marker: boolean, timestamp: number): void {
    writeRtpHeader(packet, { marker, payloadType, sequence: this.#sequence, timestamp, ssrc: this.ssrc });
    this.#sequence = (this.#sequence + 1) & 0xffff;
  }
}
