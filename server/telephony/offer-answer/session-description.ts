import { isIP } from 'node:net';
import { LandlineError } from '../../contract/errors.ts';

/** `c=`: where media goes (RFC 8866, 5.7). A multicast suffix (`/ttl`) stays in `address`. */
export interface Connection {
  readonly family: 'IP4' | 'IP6';
  readonly address: string;
}

export interface SdpAttribute {
  readonly name: string;
  readonly value?: string;
}

/** One `m=` line and what belongs to it. */
export interface MediaSection {
  readonly kind: string;
  /** 0: the stream is rejected or removed. */
  readonly port: number;
  readonly protocol: string;
  readonly formats: readonly string[];
  readonly connection?: Connection;
  readonly attributes: readonly SdpAttribute[];
}

export interface Origin {
  readonly username: string;
  readonly sessionId: string;
  readonly sessionVersion: string;
  readonly family: 'IP4' | 'IP6';
  readonly address: string;
}

export interface SessionDescription {
  readonly origin: Origin;
  readonly connection?: Connection;
  /** First `t=` value; an answer repeats the offer's (RFC 3264, 6). */
  readonly timing: string;
  readonly attributes: readonly SdpAttribute[];
  readonly media: readonly MediaSection[];
}

const longestText = 65_536;
const mostSections = 32;
const mostLines = 2_000;
const longestHostName = 255;

/**
 * Reads a session description (RFC 4566, RFC 8866). Lines may end in LF alone, as some phones write them.
 * Throws `bad-sdp` that names the line.
 */
export function parseSdp(text: string): SessionDescription {
  const lines = splitLines(text);
  if (lines.shift()?.join('=') !== 'v=0') throw badSdp('does not begin with v=0');
  const origin = parseOrigin(lines.shift());
  const firstSection = lines.findIndex(([type]) => type === 'm');
  const head = firstSection === -1 ? lines : lines.slice(0, firstSection);
  const timing = head.find(([type]) => type === 't')?.[1];
  if (timing === undefined || !/^\d+ \d+$/.test(timing)) throw badSdp('has no proper t= line');
  return {
    origin,
    timing,
    ...connectionOf(head),
    attributes: attributesOf(head),
    media: firstSection === -1 ? [] : parseSections(lines.slice(firstSection)),
  };
}

type Line = readonly [type: string, value: string];

function badSdp(why: string): LandlineError {
  return new LandlineError('bad-sdp', `The session description ${why}.`);
}

function splitLines(text: string): Line[] {
  if (text.length > longestText) throw badSdp(`is longer than ${longestText} characters`);
  const lines = text.split(/\r?\n/, mostLines + 1);
  if (lines.length > mostLines) throw badSdp(`has more than ${mostLines} lines`);
  while (lines.at(-1) === '') lines.pop();
  return lines.map((line, at) => {
    const found = /^([a-z])=([^\0\r]*)$/.exec(line);
    if (!found) throw badSdp(`has a line that is not type=value (line ${at + 1})`);
    return [found[1] ?? '', (found[2] ?? '').trimEnd()];
  });
}

function parseOrigin(line: Line | undefined): Origin {
  if (line?.[0] !== 'o') throw badSdp('has no o= line after v=');
  const [username, sessionId, sessionVersion, network, family, address] = line[1].split(/ +/);
  const numeric = /^\d{1,20}$/;
  if (
    username === undefined ||
    !numeric.test(sessionId ?? '') ||
    !numeric.test(sessionVersion ?? '') ||
    network !== 'IN' ||
    (family !== 'IP4' && family !== 'IP6') ||
    address === undefined
  ) {
    throw badSdp('has a malformed o= line');
  }
  return { username, sessionId: sessionId ?? '', sessionVersion: sessionVersion ?? '', family, address };
}

function connectionOf(lines: readonly Line[]): { connection?: Connection } {
  const value = lines.find(([type]) => type === 'c')?.[1];
  if (value === undefined) return {};
  const [network, family, address] = value.split(/ +/);
  if (network !== 'IN' || (family !== 'IP4' && family !== 'IP6') || address === undefined || address === '') {
    throw badSdp('has a malformed c= line');
  }
  const bare = (address.split('/')[0] ?? '').slice(0, longestHostName + 1);
  const isAddress = isIP(bare) === (family === 'IP4' ? 4 : 6);
  const isName = bare.length <= longestHostName && /[a-z]/i.test(bare) && /^[a-z\d.-]+$/i.test(bare);
  if (!isAddress && !isName) throw badSdp('has a c= line without an address');
  return { connection: { family, address } };
}

function attributesOf(lines: readonly Line[]): SdpAttribute[] {
  return lines
    .filter(([type]) => type === 'a')
    .map(([, text]) => {
      const colon = text.indexOf(':');
      return colon === -1 ? { name: text } : { name: text.slice(0, colon), value: text.slice(colon + 1) };
    });
}

function parseSections(lines: readonly Line[]): MediaSection[] {
  const starts = lines.flatMap(([type], at) => (type === 'm' ? [at] : []));
  if (starts.length > mostSections) throw badSdp(`has more than ${mostSections} media lines`);
  return starts.map((start, at) => parseSection(lines.slice(start, starts[at + 1])));
}

function parseSection(lines: readonly Line[]): MediaSection {
  const [kind = '', portText = '', protocol = '', ...formats] = (lines[0]?.[1] ?? '').split(/ +/);
  const port = /^(\d{1,5})(\/\d{1,5})?$/.exec(portText);
  if (kind === '' || !port || Number(port[1]) > 65_535 || protocol === '' || formats.length === 0) {
    throw badSdp('has a malformed m= line');
  }
  const body = lines.slice(1);
  return { kind, port: Number(port[1]), protocol, formats, ...connectionOf(body), attributes: attributesOf(body) };
}

/** Writes a session description; lines end in CRLF. */
export function formatSdp(session: SessionDescription): string {
  const { origin, connection, timing, attributes, media } = session;
  const { username, sessionId, sessionVersion, family, address } = origin;
  const lines = [
    'v=0',
    `o=${username} ${sessionId} ${sessionVersion} IN ${family} ${address}`,
    's=-',
    ...connectionLine(connection),
    `t=${timing}`,
    ...attributes.map(attributeLine),
    ...media.flatMap((section) => [
      `m=${section.kind} ${section.port} ${section.protocol} ${section.formats.join(' ')}`,
      ...connectionLine(section.connection),
      ...section.attributes.map(attributeLine),
    ]),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

function connectionLine(connection: Connection | undefined): string[] {
  return connection === undefined ? [] : [`c=IN ${connection.family} ${connection.address}`];
}

function attributeLine({ name, value }: SdpAttribute): string {
  return value === undefined ? `a=${name}` : `a=${name}:${value}`;
}
