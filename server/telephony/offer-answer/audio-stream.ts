import { isIPv4 } from 'node:net';
import { type CodecName, codecNames, type MediaDirection } from '../../contract/media-session.ts';
import type { MediaSection, SessionDescription } from './session-description.ts';

/** What one audio section of a session description says, put in order. Directions are the writer's. */
export interface AudioStream {
  /** Position of its `m=` line. */
  readonly at: number;
  readonly protocol: string;
  readonly address: string;
  /** 0: the stream is switched off. */
  readonly port: number;
  readonly direction: MediaDirection;
  /** In the writer's order of preference. */
  readonly codecs: readonly { readonly codec: CodecName; readonly payloadType: number }[];
  readonly telephoneEventPayloadType?: number;
  readonly ptimeMs: number;
}

/** RFC 3551, table 4. G.722 has an RTP clock of 8,000 Hz although it samples at 16,000. */
export const staticPayloadTypes: Readonly<Record<CodecName, number>> = { PCMU: 0, PCMA: 8, G722: 9 };
export const rtpClockHz = 8_000;
const defaultPtimeMs = 20;
const directions = ['sendrecv', 'sendonly', 'recvonly', 'inactive'] as const satisfies readonly MediaDirection[];

/**
 * The audio streams that we can carry: plain RTP to an IPv4 unicast address. `0.0.0.0` is the way of RFC 2543 to say
 * "send me nothing"; it is read as a direction here, so that nobody else needs to know.
 */
export function audioStreams(session: SessionDescription): AudioStream[] {
  return session.media.flatMap((section, at) => {
    const stream = section.kind === 'audio' ? readStream(session, section, at) : undefined;
    return stream === undefined ? [] : [stream];
  });
}

function readStream(session: SessionDescription, section: MediaSection, at: number): AudioStream | undefined {
  const connection = section.connection ?? session.connection;
  if (section.protocol !== 'RTP/AVP' && section.protocol !== 'RTP/AVPF') return undefined;
  if (connection === undefined || connection.family !== 'IP4' || !isUnicast(connection.address)) return undefined;
  const maps = payloadMap(section);
  const telephoneEvent = maps.find(({ name }) => name === 'TELEPHONE-EVENT');
  return {
    at,
    protocol: section.protocol,
    address: connection.address,
    port: section.port,
    direction: directionOf(session, section, connection.address),
    codecs: maps.flatMap(({ name, payloadType }) => {
      const codec = codecNames.find((known) => known === name);
      return codec === undefined ? [] : [{ codec, payloadType }];
    }),
    ...(telephoneEvent === undefined ? {} : { telephoneEventPayloadType: telephoneEvent.payloadType }),
    ptimeMs: ptimeOf(section),
  };
}

function isUnicast(address: string): boolean {
  if (!isIPv4(address)) return false;
  const first = Number(address.split('.')[0]);
  return address === '0.0.0.0' || (first > 0 && first < 224);
}

function payloadMap(section: MediaSection): { readonly name: string; readonly payloadType: number }[] {
  const mapped = new Map<number, string>();
  for (const codec of codecNames) mapped.set(staticPayloadTypes[codec], codec);
  for (const { name, value } of section.attributes) {
    const found = name === 'rtpmap' ? /^(\d{1,3}) +([\w.-]+)\/(\d+)(?:\/(\d+))?$/.exec(value ?? '') : null;
    if (!found) continue;
    const fits = Number(found[3]) === rtpClockHz && (found[4] ?? '1') === '1';
    mapped.set(Number(found[1]), fits ? (found[2] ?? '').toUpperCase() : 'unusable');
  }
  return section.formats.flatMap((format) => {
    const payloadType = /^\d{1,3}$/.test(format) ? Number(format) : 128;
    const name = mapped.get(payloadType);
    return name === undefined || payloadType > 127 ? [] : [{ name, payloadType }];
  });
}

/** RFC 8866, 6.7: the section's attribute, else the session's, else sendrecv. */
function directionOf(session: SessionDescription, section: MediaSection, address: string): MediaDirection {
  const named = [...section.attributes, ...session.attributes].map(({ name }) => name);
  const found = named.map((name) => directions.find((known) => known === name)).find((known) => known !== undefined);
  const direction = found ?? 'sendrecv';
  if (address !== '0.0.0.0') return direction;
  return direction === 'sendrecv' || direction === 'sendonly' ? 'sendonly' : 'inactive';
}

function ptimeOf(section: MediaSection): number {
  const wanted = Number(section.attributes.find(({ name }) => name === 'ptime')?.value ?? defaultPtimeMs);
  const longest = Number(section.attributes.find(({ name }) => name === 'maxptime')?.value ?? 60);
  const ptimeMs = Math.min(wanted, longest >= 10 ? longest : 10);
  return [10, 20, 30, 40, 60].includes(ptimeMs) ? ptimeMs : defaultPtimeMs;
}

/** The direction of the other side of a stream (RFC 3264, 6.1). */
export function mirrored(direction: MediaDirection): MediaDirection {
  if (direction === 'sendonly') return 'recvonly';
  return direction === 'recvonly' ? 'sendonly' : direction;
}
