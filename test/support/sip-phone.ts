import { PhoneCall } from './phone-call.ts';
import { PhoneRtp, phoneSdp } from './phone-rtp.ts';
import {
  addressOf,
  formatMessage,
  header,
  headers,
  methodOf,
  openWire,
  statusOf,
  tagOf,
  token,
  uriOf,
  type Wire,
  type WireAddress,
  type WireMessage,
} from './sip-wire.ts';

type HeaderPair = readonly [string, string];

export interface PhoneOptions {
  readonly transport?: 'udp' | 'tcp';
  readonly host?: string;
  /** User part of the phone's own URI. */
  readonly user?: string;
}

export interface CallOptions {
  /** Undefined: the phone's own offer. `null`: no offer, the answer goes into the ACK. */
  readonly sdp?: string | null;
  /** Added to the INVITE; an empty value removes the phone's own header of that name. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly ack?: boolean;
}

export interface RequestParts {
  readonly method: string;
  readonly uri: string;
  readonly headers: readonly HeaderPair[];
  readonly body?: string;
  readonly to: WireAddress;
  /** Hears of each provisional response. */
  readonly provisional?: (response: WireMessage) => void;
  readonly branch?: string;
}

interface Waiting {
  readonly provisional: ((response: WireMessage) => void) | undefined;
  readonly resolve: (response: WireMessage) => void;
  stopRepeating(): void;
}

const t1Ms = 500;
const longestWaitMs = 32_000;

/** A refusal of something that a test expected to work. */
export class PhoneRefused extends Error {
  readonly status: number;
  readonly response: WireMessage;

  constructor(response: WireMessage) {
    super(response.start);
    this.status = statusOf(response);
    this.response = response;
  }
}

/** A call that the phone is placing: INVITE sent, no final response yet. */
export interface Dialling {
  readonly callId: string;
  readonly provisionals: readonly number[];
  /** The final response; an ACK to a refusal has been sent. */
  readonly final: Promise<WireMessage>;
  /** Resolves with the answered call, rejects with `PhoneRefused`. */
  readonly answered: Promise<PhoneCall>;
  cancel(): Promise<WireMessage>;
}

/** A call that rings at the phone. */
export interface Incoming {
  readonly invite: WireMessage;
  readonly cancelled: Promise<void>;
  respond(status: number, reason: string, extra?: Readonly<Record<string, string>>, body?: string): void;
  /** Sends 200 and resolves at the ACK. */
  answer(options?: { readonly sdp?: string; readonly headers?: Readonly<Record<string, string>> }): Promise<PhoneCall>;
}

/** A small real SIP phone for tests: user agent client and server over UDP or TCP, with PCMU over RTP. */
export class SipPhone {
  /** Every message that came in, oldest first. */
  readonly received: WireMessage[] = [];
  /** Calls with their Call-ID, while they live. */
  readonly calls = new Map<string, PhoneCall>();
  readonly host: string;
  readonly #user: string;
  #wire: Wire | undefined;
  readonly #waiting = new Map<string, Waiting>();
  /** Last response to each request, for its retransmissions. */
  readonly #answers = new Map<string, string>();
  readonly #invites: Incoming[] = [];
  readonly #inviteWaiters: ((incoming: Incoming) => void)[] = [];
  readonly #cancels = new Map<string, () => void>();
  readonly #rtps = new Set<PhoneRtp>();
  readonly #messageWaiters = new Set<{
    readonly looksRight: (message: WireMessage) => boolean;
    readonly resolve: (message: WireMessage) => void;
  }>();
  /** Answers requests outside of calls, other than INVITE. */
  onRequest: (request: WireMessage) => { readonly status: number; readonly reason: string } = () => ({
    status: 200,
    reason: 'OK',
  });

  private constructor(host: string, user: string) {
    this.host = host;
    this.#user = user;
  }

  static async open({ transport = 'udp', host = '127.0.0.1', user = 'phone' }: PhoneOptions = {}): Promise<SipPhone> {
    const phone = new SipPhone(host, user);
    phone.#wire = await openWire(transport, host, (message, from, text) => phone.#receive(message, from, text));
    return phone;
  }

  get port(): number {
    return this.wire.local.port;
  }

  get uri(): string {
    const suffix = this.wire.transport === 'tcp' ? ';transport=tcp' : '';
    return `sip:${this.#user}@${this.host}:${this.port}${suffix}`;
  }

  get wire(): Wire {
    if (this.#wire === undefined) throw new Error('The phone is not open.');
    return this.#wire;
  }

  async close(): Promise<void> {
    for (const waiting of this.#waiting.values()) waiting.stopRepeating();
    await Promise.all([...this.#rtps].map((rtp) => rtp.close()));
    await this.wire.close();
  }

  async openRtp(): Promise<PhoneRtp> {
    const rtp = await PhoneRtp.open(this.host);
    this.#rtps.add(rtp);
    return rtp;
  }

  /** Calls and waits for the answer. */
  async call(uri: string, options: CallOptions = {}): Promise<PhoneCall> {
    return await (await this.dial(uri, options)).answered;
  }

  /** Sends INVITE. */
  async dial(uri: string, options: CallOptions = {}): Promise<Dialling> {
    const rtp = await this.openRtp();
    const callId = token();
    const provisionals: number[] = [];
    const branch = `z9hG4bK${token()}`;
    const offer = options.sdp === undefined ? phoneSdp(this.host, rtp.port, 1) : (options.sdp ?? '');
    const own: HeaderPair[] = [
      ['From', `<${this.uri}>;tag=${token()}`],
      ['To', `<${uri}>`],
      ['Call-ID', callId],
      ['CSeq', '1 INVITE'],
      ['Contact', `<${this.uri}>`],
      ['Max-Forwards', '70'],
      ...(offer === '' ? [] : [['Content-Type', 'application/sdp'] as const]),
    ];
    const sent = mergeHeaders(own, options.headers ?? {});
    const to = addressOf(uri);
    const provisional = (response: WireMessage) => provisionals.push(statusOf(response));
    const final = this.request({ method: 'INVITE', uri, headers: sent, body: offer, to, provisional, branch });
    const answered = final.then((response) => {
      if (statusOf(response) >= 300) throw new PhoneRefused(response);
      const call = PhoneCall.asCaller(this, { uri, sent, response, rtp, offered: offer !== '' });
      this.calls.set(callId, call);
      call.acknowledges = options.ack !== false;
      if (call.acknowledges) call.acknowledge();
      return call;
    });
    answered.catch(() => {});
    const cancel = () => {
      const kept = sent.filter(([name]) => ['from', 'to', 'call-id', 'max-forwards'].includes(name.toLowerCase()));
      return this.request({ method: 'CANCEL', uri, headers: [...kept, ['CSeq', '1 CANCEL']], to, branch });
    };
    return { callId, provisionals, final, answered, cancel };
  }

  /** The next call that rings here. */
  incoming(): Promise<Incoming> {
    const waiting = this.#invites.shift();
    return waiting ? Promise.resolve(waiting) : new Promise((resolve) => this.#inviteWaiters.push(resolve));
  }

  /** A request outside of calls, with everything that it needs. */
  send(method: string, uri: string, extra: Readonly<Record<string, string>> = {}, body = ''): Promise<WireMessage> {
    const own: HeaderPair[] = [
      ['From', `<${this.uri}>;tag=${token()}`],
      ['To', `<${uri}>`],
      ['Call-ID', token()],
      ['CSeq', `1 ${method}`],
      ['Contact', `<${this.uri}>`],
      ['Max-Forwards', '70'],
    ];
    return this.request({ method, uri, headers: mergeHeaders(own, extra), body, to: addressOf(uri) });
  }

  /** Sends a request and resolves with its final response; 408 when none came. */
  request(parts: RequestParts): Promise<WireMessage> {
    const { method, uri, body = '', to, provisional, branch = `z9hG4bK${token()}` } = parts;
    const text = this.#write(`${method} ${uri} SIP/2.0`, parts.headers, body, branch);
    return new Promise((resolve) => {
      const key = `${branch} ${method}`;
      const repeat = this.#repeat(text, to, () => {
        this.#waiting.delete(key);
        resolve({ start: 'SIP/2.0 408 Request Timeout', headers: [], body: '' });
      });
      this.#waiting.set(key, { provisional, resolve, stopRepeating: repeat });
    });
  }

  /** Sends a request that gets no response. */
  sendAck(uri: string, own: readonly HeaderPair[], body: string, to: WireAddress): void {
    this.wire.send(this.#write(`ACK ${uri} SIP/2.0`, own, body, `z9hG4bK${token()}`), to);
  }

  /** The first message, past or to come, that looks like this. */
  message(looksRight: (message: WireMessage) => boolean): Promise<WireMessage> {
    const past = this.received.find(looksRight);
    if (past !== undefined) return Promise.resolve(past);
    return new Promise((resolve) => this.#messageWaiters.add({ looksRight, resolve }));
  }

  /** Text as it is, for what no proper phone would send. */
  sendRaw(text: string, to: WireAddress): void {
    this.wire.send(text, to);
  }

  respond(
    request: WireMessage,
    from: WireAddress,
    status: number,
    reason: string,
    extra: readonly HeaderPair[] = [],
    body = '',
  ): void {
    const copied = ['Via', 'From', 'Call-ID', 'CSeq', 'Record-Route'].flatMap((name) =>
      headers(request, name).map((value): HeaderPair => [name, value]),
    );
    const to: HeaderPair = ['To', extra.find(([name]) => name === 'To')?.[1] ?? header(request, 'To')];
    const rest = extra.filter(([name]) => name !== 'To');
    const text = formatMessage({ start: `SIP/2.0 ${status} ${reason}`, headers: [...copied, to, ...rest], body });
    this.#answers.set(answerKey(request), text);
    this.wire.send(text, from);
  }

  #write(start: string, own: readonly HeaderPair[], body: string, branch: string): string {
    const { transport, local } = this.wire;
    const via = `SIP/2.0/${transport.toUpperCase()} ${local.host}:${local.port};branch=${branch};rport`;
    return formatMessage({ start, headers: [['Via', via], ...own], body });
  }

  #repeat(text: string, to: WireAddress, onTimeout: () => void): () => void {
    const { wire } = this;
    let intervalMs = t1Ms;
    let timer: NodeJS.Timeout;
    const again = () => {
      wire.send(text, to);
      intervalMs *= 2;
      timer = setTimeout(again, intervalMs);
    };
    wire.send(text, to);
    timer = setTimeout(wire.transport === 'udp' ? again : () => {}, t1Ms);
    const end = setTimeout(() => {
      clearTimeout(timer);
      onTimeout();
    }, longestWaitMs);
    return () => {
      clearTimeout(timer);
      clearTimeout(end);
    };
  }

  #receive(message: WireMessage, from: WireAddress, text: string): void {
    this.received.push(message);
    for (const waiter of this.#messageWaiters) {
      if (!waiter.looksRight(message)) continue;
      this.#messageWaiters.delete(waiter);
      waiter.resolve(message);
    }
    if (text.startsWith('SIP/2.0')) this.#response(message, from);
    else this.#request(message, from);
  }

  #response(response: WireMessage, from: WireAddress): void {
    const branch = /branch=([^;,\s]+)/.exec(header(response, 'Via'))?.[1] ?? '';
    const method = header(response, 'CSeq').split(/\s+/)[1] ?? '';
    const waiting = this.#waiting.get(`${branch} ${method}`);
    const status = statusOf(response);
    if (method === 'INVITE' && status >= 300) this.#ackRefusal(response, branch, from);
    if (waiting === undefined) {
      if (method === 'INVITE' && status >= 200 && status < 300) {
        this.calls.get(header(response, 'Call-ID'))?.answeredAgain(response);
      }
      return;
    }
    waiting.stopRepeating();
    if (status < 200) {
      waiting.provisional?.(response);
      return;
    }
    this.#waiting.delete(`${branch} ${method}`);
    waiting.resolve(response);
  }

  #ackRefusal(response: WireMessage, branch: string, to: WireAddress): void {
    const own = ['From', 'To', 'Call-ID'].map((name): HeaderPair => [name, header(response, name)]);
    const sequence = header(response, 'CSeq').split(/\s+/)[0] ?? '1';
    const uri = uriOf(header(response, 'To'));
    this.wire.send(this.#write(`ACK ${uri} SIP/2.0`, [...own, ['CSeq', `${sequence} ACK`]], '', branch), to);
  }

  #request(request: WireMessage, from: WireAddress): void {
    const method = methodOf(request);
    const repeated = this.#answers.get(answerKey(request));
    if (repeated !== undefined && method !== 'ACK') {
      this.wire.send(repeated, from);
      return;
    }
    const call = this.calls.get(header(request, 'Call-ID'));
    if (call !== undefined && tagOf(header(request, 'To')) !== '') {
      call.receive(request, from);
    } else if (method === 'INVITE') {
      this.#ring(request, from);
    } else if (method === 'CANCEL') {
      this.respond(request, from, 200, 'OK');
      this.#cancels.get(header(request, 'Call-ID'))?.();
    } else if (method !== 'ACK') {
      const { status, reason } = this.onRequest(request);
      this.respond(request, from, status, reason);
    }
  }

  #ring(invite: WireMessage, from: WireAddress): void {
    const tag = token();
    const to: HeaderPair = ['To', `${header(invite, 'To')};tag=${tag}`];
    const callId = header(invite, 'Call-ID');
    const respond: Incoming['respond'] = (status, reason, extra = {}, body = '') => {
      const own = mergeHeaders([to, ['Contact', `<${this.uri}>`]], extra);
      this.respond(invite, from, status, reason, own, body);
      if (status >= 200) this.#cancels.delete(callId);
    };
    const cancelled = new Promise<void>((resolve) => {
      this.#cancels.set(callId, () => {
        respond(487, 'Request Terminated');
        resolve();
      });
    });
    const answer: Incoming['answer'] = async (options = {}) => {
      const rtp = await this.openRtp();
      const call = PhoneCall.asCallee(this, { invite, tag, rtp, from });
      this.calls.set(callId, call);
      const sdp = options.sdp ?? phoneSdp(this.host, rtp.port, 1);
      respond(200, 'OK', { 'Content-Type': 'application/sdp', ...options.headers }, sdp);
      await call.acknowledged;
      return call;
    };
    const incoming: Incoming = { invite, cancelled, respond, answer };
    const waiter = this.#inviteWaiters.shift();
    if (waiter) waiter(incoming);
    else this.#invites.push(incoming);
  }
}

function answerKey(request: WireMessage): string {
  const branch = /branch=([^;,\s]+)/.exec(header(request, 'Via'))?.[1] ?? '';
  return `${branch} ${methodOf(request)}`;
}

function mergeHeaders(own: readonly HeaderPair[], extra: Readonly<Record<string, string>>): HeaderPair[] {
  const replaced = new Set(Object.keys(extra).map((name) => name.toLowerCase()));
  const kept = own.filter(([name]) => !replaced.has(name.toLowerCase()));
  return [...kept, ...Object.entries(extra).filter(([, value]) => value !== '')];
}
