import { randomBytes } from 'node:crypto';
import type { PeerWire } from './peer-wire.ts';

type Pairs = readonly (readonly [string, string])[];

/** A SIP message as text, taken apart without any code of the house. */
export interface PeerMessage {
  readonly text: string;
  readonly start: string;
  /** 0 for a request. */
  readonly status: number;
  /** Of the request itself, or of the CSeq of a response. */
  readonly method: string;
  readonly body: string;
  get(name: string): string;
  all(name: string): readonly string[];
}

export function readMessage(text: string): PeerMessage {
  const [head = '', ...bodies] = text.split('\r\n\r\n');
  const [start = '', ...lines] = head.split('\r\n');
  const pairs = lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.replace(/^[^:]*:\s*/, '')]);
  const all = (name: string) => pairs.filter(([key]) => key === name.toLowerCase()).map(([, value]) => value ?? '');
  const get = (name: string) => all(name)[0] ?? '';
  const status = Number(/^SIP\/2\.0 (\d+)/.exec(start)?.[1] ?? 0);
  const method = status === 0 ? (start.split(' ')[0] ?? '') : (get('cseq').split(/\s+/)[1] ?? '');
  return { text, start, status, method, body: bodies.join('\r\n\r\n'), get, all };
}

export const newToken = (): string => randomBytes(6).toString('hex');
export const tagIn = (value: string): string => /;tag=([^;>\s]+)/.exec(value)?.[1] ?? '';
export const uriIn = (value: string): string => /<([^>]*)>/.exec(value)?.[1] ?? value.split(';')[0] ?? '';

export const SDP = (port = 40_000, direction = 'sendrecv'): string =>
  [
    'v=0',
    'o=peer 1 1 IN IP4 127.0.0.2',
    's=-',
    'c=IN IP4 127.0.0.2',
    't=0 0',
    `m=audio ${port} RTP/AVP 0`,
    `a=${direction}`,
    '',
  ].join('\r\n');

/** The other end of a test: it sends exactly the messages it is told to, and nothing by itself. */
export class SipPeer {
  readonly wire: PeerWire;
  /** Everything received and not yet taken. */
  readonly inbox: PeerMessage[] = [];

  constructor(wire: PeerWire) {
    this.wire = wire;
    wire.onText((text) => this.inbox.push(readMessage(text)));
  }

  get contact(): string {
    const { host, port, transport } = this.wire;
    return `<sip:peer@${host}:${port}${transport === 'tcp' ? ';transport=tcp' : ''}>`;
  }

  /** Takes the first message that fits out of the inbox. */
  take(fits: (message: PeerMessage) => boolean): PeerMessage | undefined {
    const at = this.inbox.findIndex(fits);
    return at === -1 ? undefined : this.inbox.splice(at, 1)[0];
  }

  via(branch = newToken()): string {
    const { transport, host, port } = this.wire;
    return `SIP/2.0/${transport.toUpperCase()} ${host}:${port};branch=z9hG4bK${branch};rport`;
  }

  send(start: string, headers: Pairs, body = ''): string {
    const lines = [start, ...headers.map(([name, value]) => `${name}: ${value}`)];
    if (body !== '' && !headers.some(([name]) => name === 'Content-Type')) lines.push('Content-Type: application/sdp');
    const text = `${lines.join('\r\n')}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    this.wire.send(text);
    return text;
  }

  /** Answers a request. */
  reply(request: PeerMessage, status: number, options: { tag?: string; headers?: Pairs; body?: string } = {}): void {
    const to = request.get('To');
    const tag = options.tag !== undefined && tagIn(to) === '' ? `;tag=${options.tag}` : '';
    const copied = ['Via', 'Record-Route'].flatMap((name) => request.all(name).map((value) => [name, value] as const));
    this.send(
      `SIP/2.0 ${status} Whatever`,
      [
        ...copied,
        ['From', request.get('From')],
        ['To', to + tag],
        ['Call-ID', request.get('Call-ID')],
        ['CSeq', request.get('CSeq')],
        ...(status > 100 && status < 300 ? [['Contact', this.contact] as const] : []),
        ...(options.headers ?? []),
      ],
      options.body,
    );
  }

  /** A request outside any dialog. */
  ask(method: string, uri: string, headers: Pairs = [], body = ''): PeerLeg {
    const leg = new PeerLeg(this, { uri, callId: newToken(), localTag: newToken() });
    leg.request(method, headers, body);
    return leg;
  }
}

/** One dialog of a peer, or what may become one. */
export class PeerLeg {
  readonly peer: SipPeer;
  readonly callId: string;
  readonly localTag: string;
  remoteTag = '';
  target: string;
  routes: readonly string[] = [];
  cseq = 0;
  inviteCSeq = 0;
  inviteBranch = '';
  readonly #uri: string;

  constructor(peer: SipPeer, parts: { uri: string; callId: string; localTag: string }) {
    this.peer = peer;
    this.#uri = parts.uri;
    this.target = parts.uri;
    this.callId = parts.callId;
    this.localTag = parts.localTag;
  }

  /** The leg of a call that came in and was answered with this tag. */
  static ofInvite(peer: SipPeer, invite: PeerMessage, localTag: string): PeerLeg {
    const leg = new PeerLeg(peer, { uri: uriIn(invite.get('From')), callId: invite.get('Call-ID'), localTag });
    leg.remoteTag = tagIn(invite.get('From'));
    leg.target = uriIn(invite.get('Contact'));
    leg.cseq = 100;
    return leg;
  }

  /** Sends a request with the next CSeq, or with the one given. */
  request(method: string, headers: Pairs = [], body = '', cseq?: number): string {
    this.cseq = cseq ?? this.cseq + 1;
    const branch = newToken();
    if (method === 'INVITE') {
      this.inviteCSeq = this.cseq;
      this.inviteBranch = branch;
    }
    return this.#send(method, this.cseq, branch, headers, body);
  }

  /** What a 2xx (or a provisional) tells about the other side. */
  learn(response: PeerMessage): void {
    this.remoteTag = tagIn(response.get('To'));
    if (response.get('Contact') !== '') this.target = uriIn(response.get('Contact'));
    this.routes = response.all('Record-Route').toReversed();
  }

  ack(body = ''): string {
    return this.#send('ACK', this.inviteCSeq, newToken(), [], body);
  }

  /** The ACK of a refusal, in the INVITE's transaction. */
  ackRefusal(response: PeerMessage): void {
    const to = tagIn(response.get('To'));
    this.remoteTag = to;
    this.#send('ACK', this.inviteCSeq, this.inviteBranch, [], '', this.#uri);
    this.remoteTag = '';
  }

  cancel(): void {
    this.#send('CANCEL', this.inviteCSeq, this.inviteBranch, [], '', this.#uri);
  }

  #send(method: string, cseq: number, branch: string, headers: Pairs, body: string, uri = this.target): string {
    const { peer } = this;
    const own: (readonly [string, string])[] = [
      ['Via', peer.via(branch)],
      ...this.routes.map((route) => ['Route', route] as const),
      ['Max-Forwards', '70'],
      ['From', `<sip:peer@example.com>;tag=${this.localTag}`],
      ['To', `<${this.#uri}>${this.remoteTag === '' ? '' : `;tag=${this.remoteTag}`}`],
      ['Call-ID', this.callId],
      ['CSeq', `${cseq} ${method}`],
      ['Contact', peer.contact],
    ];
    const given = new Set(headers.map(([name]) => name));
    return peer.send(
      `${method} ${uri} SIP/2.0`,
      [...own.filter(([name]) => !given.has(name)), ...headers.filter(([, value]) => value !== '')],
      body,
    );
  }
}
