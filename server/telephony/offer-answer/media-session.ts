import { randomInt } from 'node:crypto';
import { messageOf } from '../../contract/errors.ts';
import type { CodecName, LocalMediaPoint, MediaDirection, NegotiatedMedia } from '../../contract/media-session.ts';
import { type AudioStream, audioStreams, mirrored, rtpClockHz, staticPayloadTypes } from './audio-stream.ts';
import {
  formatSdp,
  type MediaSection,
  parseSdp,
  type SdpAttribute,
  type SessionDescription,
} from './session-description.ts';

/** Why an offer or answer can't be used, as the SIP status that says so. */
export interface SdpRefusal {
  readonly status: 400 | 488;
  readonly why: string;
}

export type SdpVerdict<T> = ({ readonly ok: true } & T) | { readonly ok: false; readonly refusal: SdpRefusal };

/** A stream of the other side that we share a codec with. */
interface Match {
  readonly session: SessionDescription;
  readonly stream: AudioStream;
  readonly codec: CodecName;
  readonly payloadType: number;
}

/** What stays true of our `m=` lines for the whole call: they are never removed or reordered (RFC 3264, 8). */
interface Layout {
  readonly sections: readonly {
    readonly kind: string;
    readonly protocol: string;
    readonly formats: readonly string[];
  }[];
  readonly audioAt: number;
}

const telephoneEventDefault = 101;
const singleAudio: Layout = { sections: [{ kind: 'audio', protocol: 'RTP/AVP', formats: ['0'] }], audioAt: 0 };

/**
 * Offer and answer (RFC 3264) for the one audio stream of one call: our side of the session description, its version,
 * and what was agreed. Pure state, no input or output.
 */
export class MediaSession {
  readonly #codecs: readonly CodecName[];
  readonly #sessionId: number;
  #version = 0;
  #lastBody = '';
  #layout: Layout = singleAudio;
  #agreed: NegotiatedMedia | undefined;

  constructor(codecs: readonly CodecName[], sessionId: number = randomInt(1, 2 ** 47)) {
    this.#codecs = codecs;
    this.#sessionId = sessionId;
  }

  /** What offer and answer agreed on last. */
  get agreed(): NegotiatedMedia | undefined {
    return this.#agreed;
  }

  /** What answering this offer would agree on; changes nothing. */
  preview(offer: string): SdpVerdict<{ readonly media: NegotiatedMedia }> {
    const found = this.#match(offer, 'ours-first');
    return found.ok ? { ok: true, media: this.#mediaOf(found) } : found;
  }

  /** Answers an offer. A refused one leaves the session as it was. */
  answer(offer: string, local: LocalMediaPoint): SdpVerdict<{ readonly sdp: string; readonly media: NegotiatedMedia }> {
    const found = this.#match(offer, 'ours-first');
    if (!found.ok) return found;
    const { session, stream } = found;
    const media = this.#mediaOf(found);
    this.#agreed = media;
    this.#layout = {
      audioAt: stream.at,
      sections: session.media.map(({ kind, protocol, formats }) => ({ kind, protocol, formats: formats.slice(0, 1) })),
    };
    const audio = section(
      stream.protocol,
      stream.port === 0 ? 0 : local.port,
      mirrored(stream.direction),
      media.ptimeMs,
      [{ name: found.codec, payloadType: found.payloadType }, ...telephoneEvent(stream.telephoneEventPayloadType)],
    );
    return { ok: true, media, sdp: this.#write(local, audio, session.timing) };
  }

  /** Our offer: every codec we have, sending and receiving. */
  offer(local: LocalMediaPoint): string {
    const { audioAt, sections } = this.#layout;
    const events = this.#agreed?.telephoneEventPayloadType ?? telephoneEventDefault;
    const audio = section(sections[audioAt]?.protocol ?? 'RTP/AVP', local.port, 'sendrecv', 20, [
      ...this.#codecs.map((codec) => ({ name: codec, payloadType: staticPayloadTypes[codec] })),
      ...telephoneEvent(events),
    ]);
    return this.#write(local, audio, '0 0');
  }

  /** Takes the answer to our last offer. */
  accept(answer: string): SdpVerdict<{ readonly media: NegotiatedMedia }> {
    const found = this.#match(answer, 'theirs-first');
    if (!found.ok) return found;
    if (found.stream.port === 0) return refuse(488, 'The answer rejects the audio stream.');
    const media = this.#mediaOf(found);
    this.#agreed = media;
    return { ok: true, media };
  }

  #match(text: string, preference: 'ours-first' | 'theirs-first'): SdpVerdict<Match> {
    let session: SessionDescription;
    try {
      session = parseSdp(text);
    } catch (failure) {
      return refuse(400, messageOf(failure));
    }
    const streams = audioStreams(session);
    if (streams.length === 0) return refuse(488, 'No audio stream over plain RTP and IPv4 is offered.');
    const agreedBefore = this.#agreed !== undefined;
    const usable = streams.filter(({ port }) => port !== 0 || agreedBefore || preference === 'theirs-first');
    for (const stream of usable) {
      const chosen = this.#choose(stream, preference);
      if (chosen) return { ok: true, session, stream, ...chosen };
    }
    return refuse(488, `No codec in common: we have ${this.#codecs.join(', ')}.`);
  }

  #choose(stream: AudioStream, preference: 'ours-first' | 'theirs-first') {
    if (preference === 'theirs-first') return stream.codecs.find(({ codec }) => this.#codecs.includes(codec));
    for (const ours of this.#codecs) {
      const found = stream.codecs.find(({ codec }) => codec === ours);
      if (found) return found;
    }
    return undefined;
  }

  #mediaOf({ stream, codec, payloadType }: Match): NegotiatedMedia {
    const nowhere = stream.address === '0.0.0.0' || stream.port === 0;
    const before = this.#agreed;
    const { telephoneEventPayloadType: events } = stream;
    return {
      remoteAddress: nowhere && before ? before.remoteAddress : stream.address,
      remotePort: nowhere && before ? before.remotePort : stream.port,
      codec,
      payloadType,
      ...(events === undefined ? {} : { telephoneEventPayloadType: events }),
      direction: nowhere ? 'inactive' : mirrored(stream.direction),
      ptimeMs: stream.ptimeMs,
    };
  }

  #write(local: LocalMediaPoint, audio: MediaSection, timing: string): string {
    const media = this.#layout.sections.map((kept, at) =>
      at === this.#layout.audioAt ? audio : { ...kept, port: 0, attributes: [] },
    );
    const session: SessionDescription = {
      origin: {
        username: 'landline',
        sessionId: String(this.#sessionId),
        sessionVersion: '0',
        family: 'IP4',
        address: local.address,
      },
      connection: { family: 'IP4', address: local.address },
      timing,
      attributes: [],
      media,
    };
    const body = formatSdp(session);
    if (body !== this.#lastBody) this.#version++;
    this.#lastBody = body;
    return formatSdp({ ...session, origin: { ...session.origin, sessionVersion: String(this.#version) } });
  }
}

function refuse(status: SdpRefusal['status'], why: string): { readonly ok: false; readonly refusal: SdpRefusal } {
  return { ok: false, refusal: { status, why } };
}

interface PayloadFormat {
  readonly name: string;
  readonly payloadType: number;
}

function telephoneEvent(payloadType: number | undefined): PayloadFormat[] {
  return payloadType === undefined ? [] : [{ name: 'telephone-event', payloadType }];
}

function section(
  protocol: string,
  port: number,
  direction: MediaDirection,
  ptimeMs: number,
  formats: readonly PayloadFormat[],
): MediaSection {
  const attributes: SdpAttribute[] = formats.flatMap(({ name, payloadType }) => [
    { name: 'rtpmap', value: `${payloadType} ${name}/${rtpClockHz}` },
    ...(name === 'telephone-event' ? [{ name: 'fmtp', value: `${payloadType} 0-15` }] : []),
  ]);
  attributes.push({ name: 'ptime', value: String(ptimeMs) }, { name: direction });
  return { kind: 'audio', port, protocol, formats: formats.map(({ payloadType }) => String(payloadType)), attributes };
}

/** Whether the other side keeps us on hold. */
export function isHeld(media: NegotiatedMedia): boolean {
  return media.direction === 'recvonly' || media.direction === 'inactive';
}

export function sameMedia(one: NegotiatedMedia, other: NegotiatedMedia): boolean {
  return (
    one.remoteAddress === other.remoteAddress &&
    one.remotePort === other.remotePort &&
    one.codec === other.codec &&
    one.payloadType === other.payloadType &&
    one.telephoneEventPayloadType === other.telephoneEventPayloadType &&
    one.direction === other.direction &&
    one.ptimeMs === other.ptimeMs
  );
}
