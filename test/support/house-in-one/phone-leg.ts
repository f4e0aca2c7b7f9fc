import { sdpTarget } from '../phone-rtp.ts';
import { header, headers, methodOf, statusOf, tagOf, token, uriOf, type WireMessage } from '../sip-wire.ts';
import type { PhoneAudio } from './phone-audio.ts';
import { phoneSdp } from './phone-sdp.ts';

export type HeaderPair = readonly [string, string];

/** What a leg needs of the phone it belongs to. */
export interface LegPhone {
  readonly address: string;
  readonly uri: string;
  /** Sends a request and hears of each response to it. */
  request(request: OutgoingRequest, heard: (response: WireMessage) => void): void;
  /** Sends a request without response: an ACK. */
  ack(request: OutgoingRequest): void;
  respond(request: WireMessage, status: number, own: readonly HeaderPair[], body?: string): void;
}

export interface OutgoingRequest {
  readonly method: string;
  readonly uri: string;
  readonly headers: readonly HeaderPair[];
  readonly body: string;
  readonly branch: string;
}

export interface DialOptions {
  /** Undefined: the phone's own offer. `null`: none, the answer goes into the ACK. */
  readonly sdp?: string | null;
  /** Of the phone's own offer. */
  readonly direction?: string;
  /** Added to the INVITE; replaces the phone's own header of that name. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Where the leg is: an own INVITE is out; the phone rings; both sides have the call; it is over. */
type LegState = 'calling' | 'ringing' | 'up' | 'refused' | 'over';

/** What the phone answers to a REFER, and the sipfrag statuses that it reports afterwards (RFC 3515). */
export interface ReferPlan {
  readonly status: number;
  readonly news: readonly number[];
}

/** One call at a scripted phone. Everything happens at once; time passes elsewhere. */
export class PhoneLeg {
  readonly callId: string;
  readonly audio: PhoneAudio;
  state: LegState;
  /** Statuses of all responses to the phone's INVITE, in their order. */
  readonly statuses: number[] = [];
  /** Final response to the phone's INVITE. */
  final: WireMessage | undefined;
  /** Requests of the house inside this call. */
  readonly requests: WireMessage[] = [];
  /** The house's latest session description. */
  remoteSdp = '';
  referPlan: ReferPlan = { status: 603, news: [] };
  readonly #phone: LegPhone;
  #port: number;
  readonly #invite: WireMessage | undefined;
  readonly #inviteRequest: OutgoingRequest | undefined;
  readonly #offered: boolean;
  #local: string;
  #remote: string;
  #target: string;
  #sequence = 1;
  #version = 1;

  private constructor(
    phone: LegPhone,
    audio: PhoneAudio,
    port: number,
    side: { readonly dial: string; readonly options: DialOptions } | { readonly invite: WireMessage },
  ) {
    this.#phone = phone;
    this.audio = audio;
    this.#port = port;
    if ('invite' in side) {
      const { invite } = side;
      this.#invite = invite;
      this.#offered = invite.body !== '';
      this.state = 'ringing';
      this.callId = header(invite, 'Call-ID');
      this.#local = `${header(invite, 'To')};tag=${token()}`;
      this.#remote = header(invite, 'From');
      this.#target = uriOf(header(invite, 'Contact'));
      this.remoteSdp = invite.body;
      return;
    }
    const { dial, options } = side;
    this.state = 'calling';
    this.callId = token();
    this.#local = options.headers?.['From'] ?? `<${phone.uri}>;tag=${token()}`;
    this.#remote = `<${dial}>`;
    this.#target = dial;
    const offer = options.sdp === undefined ? this.#sdp(options.direction) : (options.sdp ?? '');
    this.#offered = offer !== '';
    this.#inviteRequest = {
      method: 'INVITE',
      uri: dial,
      body: offer,
      branch: branchToken(),
      headers: [...this.#headers('INVITE', 1, offer), ...Object.entries(options.headers ?? {})].filter(
        ([name], index, all) => all.findLastIndex(([other]) => other === name) === index,
      ),
    };
  }

  /** A leg that places a call: its INVITE goes out now. */
  static dial(phone: LegPhone, audio: PhoneAudio, port: number, uri: string, options: DialOptions): PhoneLeg {
    const leg = new PhoneLeg(phone, audio, port, { dial: uri, options });
    if (leg.#inviteRequest) phone.request(leg.#inviteRequest, (response) => leg.#answered(response));
    return leg;
  }

  /** A leg that rings at the phone. */
  static ringing(phone: LegPhone, audio: PhoneAudio, port: number, invite: WireMessage): PhoneLeg {
    return new PhoneLeg(phone, audio, port, { invite });
  }

  /** The house's INVITE, where the phone was called. */
  get invite(): WireMessage | undefined {
    return this.#invite;
  }

  /** Requests of the house inside this call, by method. */
  get methods(): readonly string[] {
    return this.requests.map(methodOf);
  }

  get bye(): WireMessage | undefined {
    return this.requests.find((request) => methodOf(request) === 'BYE');
  }

  /** Takes the INVITE back. */
  cancel(): void {
    const invite = this.#inviteRequest;
    if (invite === undefined) return;
    const kept = invite.headers.filter(([name]) => ['From', 'To', 'Call-ID', 'Max-Forwards'].includes(name));
    this.#phone.request({ ...invite, method: 'CANCEL', headers: [...kept, ['CSeq', '1 CANCEL']], body: '' }, () => {});
  }

  /** A provisional response to the house's INVITE; with a session description it is early media. */
  progress(status: number, withMedia = false): void {
    this.#respondToInvite(status, withMedia);
    if (withMedia) this.#connect();
  }

  /** Answers the house's INVITE. */
  answer(): void {
    this.#respondToInvite(200, true);
    this.#connect();
  }

  refuse(status: number): void {
    this.#respondToInvite(status, false);
    this.#refused();
  }

  hangUp(): void {
    this.#request('BYE', [], '');
    this.#over();
  }

  hold(): void {
    this.#reInvite('sendonly');
  }

  resume(): void {
    this.#reInvite('sendrecv');
  }

  /** Goes on at another port. */
  async move(): Promise<void> {
    this.#port += 1_000;
    await this.audio.moveTo({ address: this.#phone.address, port: this.#port });
    this.#reInvite('sendrecv');
  }

  /** A key press as an INFO request. */
  infoDigit(key: string): void {
    this.#request('INFO', [['Content-Type', 'application/dtmf-relay']], `Signal=${key}\r\nDuration=160\r\n`);
  }

  /** A request of the house inside this call. */
  receive(request: WireMessage): void {
    const method = methodOf(request);
    this.requests.push(request);
    if (method === 'ACK') this.#acknowledged(request);
    else if (method === 'REFER') this.#refer(request);
    else if (method === 'INVITE' || method === 'UPDATE') this.#change(request);
    else {
      this.#phone.respond(request, 200, []);
      if (method === 'BYE') this.#over();
    }
  }

  /** The house took its INVITE back. */
  cancelled(): void {
    this.refuse(487);
  }

  #answered(response: WireMessage): void {
    const status = statusOf(response);
    this.statuses.push(status);
    const isNew = this.final === undefined;
    if (status >= 200) this.final = response;
    if (tagOf(header(response, 'To')) !== '') this.#remote = header(response, 'To');
    if (status >= 300) {
      this.#refused();
      const { branch, uri } = this.#inviteRequest ?? { branch: '', uri: '' };
      this.#phone.ack({ method: 'ACK', uri, headers: this.#headers('ACK', 1, ''), body: '', branch });
    } else if (status >= 200) {
      this.#target = uriOf(header(response, 'Contact'));
      this.#acknowledge(this.#offered ? '' : this.#sdp());
      if (!isNew) return;
      this.state = 'up';
      this.remoteSdp = response.body;
      this.#connect();
    }
  }

  #acknowledge(body: string): void {
    const ack = this.#headers('ACK', this.#sequence, body);
    this.#phone.ack({ method: 'ACK', uri: this.#target, headers: ack, body, branch: branchToken() });
  }

  #acknowledged(ack: WireMessage): void {
    if (this.state === 'ringing') this.state = 'up';
    if (ack.body === '') return;
    this.remoteSdp = ack.body;
    this.#connect();
  }

  #reInvite(direction: string): void {
    this.#version++;
    this.#request('INVITE', [['Content-Type', 'application/sdp']], this.#sdp(direction), (response) => {
      if (statusOf(response) < 200) return;
      this.remoteSdp = response.body === '' ? this.remoteSdp : response.body;
      this.#acknowledge('');
    });
  }

  #change(request: WireMessage): void {
    if (request.body !== '') this.remoteSdp = request.body;
    this.#version++;
    this.#phone.respond(request, 200, this.#sdpHeaders(), this.#sdp());
    this.#connect();
  }

  #refer(request: WireMessage): void {
    const { status, news } = this.referPlan;
    this.#phone.respond(request, status, [['Contact', `<${this.#phone.uri}>`]]);
    for (const each of news) {
      const state = each >= 200 ? 'terminated;reason=noresource' : 'active;expires=60';
      const own: HeaderPair[] = [
        ['Event', 'refer'],
        ['Subscription-State', state],
        ['Content-Type', 'message/sipfrag;version=2.0'],
      ];
      this.#request('NOTIFY', own, `SIP/2.0 ${each} Whatever\r\n`);
    }
  }

  #request(
    method: string,
    own: readonly HeaderPair[],
    body: string,
    heard: (response: WireMessage) => void = () => {},
  ): void {
    this.#sequence++;
    const all = [...this.#headers(method, this.#sequence, ''), ...own];
    this.#phone.request({ method, uri: this.#target, headers: all, body, branch: branchToken() }, heard);
  }

  #respondToInvite(status: number, withSdp: boolean): void {
    if (this.#invite === undefined) return;
    const own: HeaderPair[] = status === 100 ? [] : [['To', this.#local]];
    const contact: HeaderPair = ['Contact', `<${this.#phone.uri}>`];
    const more = withSdp ? this.#sdpHeaders() : status < 300 ? [contact] : [];
    this.#phone.respond(this.#invite, status, [...own, ...more], withSdp ? this.#sdp() : '');
  }

  #connect(): void {
    const target = sdpTarget(this.remoteSdp);
    if (target !== undefined) this.audio.sendTo({ address: target.host, port: target.port });
  }

  #refused(): void {
    this.state = 'refused';
    void this.audio.stop();
  }

  #over(): void {
    this.state = 'over';
    void this.audio.stop();
  }

  #sdp(direction = 'sendrecv'): string {
    const place = { address: this.#phone.address, port: this.#port };
    return phoneSdp(place, this.audio.codec, this.#version, direction);
  }

  #sdpHeaders(): HeaderPair[] {
    return [
      ['Contact', `<${this.#phone.uri}>`],
      ['Content-Type', 'application/sdp'],
    ];
  }

  #headers(method: string, sequence: number, body: string): HeaderPair[] {
    return [
      ['From', this.#local],
      ['To', this.#remote],
      ['Call-ID', this.callId],
      ['CSeq', `${sequence} ${method}`],
      ['Contact', `<${this.#phone.uri}>`],
      ['Max-Forwards', '70'],
      ...(body === '' ? [] : [['Content-Type', 'application/sdp'] as const]),
    ];
  }

  /** Values of a header in the INVITE that rang here. */
  invitedWith(name: string): readonly string[] {
    return this.#invite === undefined ? [] : headers(this.#invite, name);
  }
}

function branchToken(): string {
  return `z9hG4bK${token()}`;
}
