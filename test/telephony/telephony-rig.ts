import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { LocalMediaPoint, NegotiatedMedia } from '../../server/contract/media-session.ts';
import type { Peer } from '../../server/contract/peer.ts';
import { silentLogger } from '../../server/log/logger.ts';
import { type SipCore, startSipCore } from '../../server/sip/core.ts';
import type { EdgeEnd, EdgeListener, InboundEdge } from '../../server/telephony/call-edge.ts';
import { TelephonyService } from '../../server/telephony/telephony-service.ts';
import { SipPhone } from '../support/sip-phone.ts';

const secret = 'rig';

/** What the signalling told about one call, and waits for what is still to come. */
export class CallDiary implements EdgeListener {
  readonly media: { readonly media: NegotiatedMedia; readonly held: boolean }[] = [];
  readonly digits: string[] = [];
  readonly ends: EdgeEnd[] = [];
  rings = 0;
  /** What an answer waits for before it is acknowledged. */
  beforeAck: (sipCallId: string) => Promise<unknown> = () => Promise.resolve();
  readonly #waiters: (() => void)[] = [];

  ringing(): void {
    this.rings++;
    this.#changed();
  }

  answered(sipCallId: string): Promise<unknown> {
    return this.beforeAck(sipCallId);
  }

  mediaChanged(media: NegotiatedMedia, held: boolean): void {
    this.media.push({ media, held });
    this.#changed();
  }

  infoDigit(digit: string): void {
    this.digits.push(digit);
    this.#changed();
  }

  ended(end: EdgeEnd): void {
    this.ends.push(end);
    this.#changed();
  }

  /** Resolves when the condition holds; it is looked at after every entry. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  async end(): Promise<EdgeEnd> {
    await this.until(() => this.ends.length > 0);
    const [end] = this.ends;
    if (end === undefined) throw new Error('The call has not ended.');
    return end;
  }

  #changed(): void {
    for (const waiter of this.#waiters.splice(0)) waiter();
  }
}

/** One inbound call as the acceptor got it. */
export interface Arrival {
  readonly edge: InboundEdge;
  readonly diary: CallDiary;
}

export interface RigOptions {
  readonly transport?: 'udp' | 'tcp';
  readonly peers?: (phone: SipPhone) => readonly Peer[];
  readonly t1Ms?: number;
  readonly silentPeerMs?: number;
  /** Decides at once, in the acceptor; without it every call waits for the test. */
  readonly onArrival?: (arrival: Arrival) => void;
  /** The acceptor gives no listener. */
  readonly ignoreCalls?: boolean;
}

/** A SIP core, telephony on it, and a phone. The control connection runs through a cable that can be cut. */
export class Rig {
  readonly service: TelephonyService;
  readonly phone: SipPhone;
  core: SipCore;
  #cable: Cable;
  readonly #options: RigOptions;
  readonly #arrivals: Arrival[] = [];
  readonly #waiters: ((arrival: Arrival) => void)[] = [];

  private constructor(options: RigOptions, core: SipCore, cable: Cable, phone: SipPhone) {
    this.#options = options;
    this.core = core;
    this.#cable = cable;
    this.phone = phone;
    this.service = new TelephonyService(
      {
        peers: options.peers?.(phone) ?? [],
        codecs: ['PCMU', 'PCMA', 'G722'],
        log: silentLogger,
        ...(options.silentPeerMs === undefined ? {} : { silentPeerMs: options.silentPeerMs }),
      },
      (edge) => {
        const arrival = { edge, diary: new CallDiary() };
        options.onArrival?.(arrival);
        const waiter = this.#waiters.shift();
        if (waiter) waiter(arrival);
        else this.#arrivals.push(arrival);
        return options.ignoreCalls === true ? undefined : arrival.diary;
      },
    );
  }

  static async open(options: RigOptions = {}): Promise<Rig> {
    const core = await newCore(options);
    const cable = await Cable.open(core.controlPort);
    const phone = await SipPhone.open({ transport: options.transport ?? 'udp' });
    const rig = new Rig(options, core, cable, phone);
    await rig.service.useCore({ host: '127.0.0.1', port: cable.port, secret });
    return rig;
  }

  /** What to dial: the number is looked at by nobody. */
  get target(): string {
    const [transport = 'udp'] = [this.#options.transport];
    const found = this.core.endpoints.find((each) => each.startsWith(`${transport}/`));
    const suffix = transport === 'tcp' ? ';transport=tcp' : '';
    return `sip:100@${found?.split('/')[1] ?? ''}${suffix}`;
  }

  arrival(): Promise<Arrival> {
    const waiting = this.#arrivals.shift();
    return waiting ? Promise.resolve(waiting) : new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Calls, answers, and waits until both sides have the call. */
  async connectedCall() {
    const calling = this.phone.call(this.target);
    const { edge, diary } = await this.arrival();
    const media = await edge.answer(mediaPoint);
    return { edge, diary, media, call: await calling };
  }

  /** Dials, and keeps what comes of it. */
  dial(to: string, options: { readonly ringTimeoutMs?: number; readonly from?: string } = {}) {
    const diary = new CallDiary();
    const abort = new AbortController();
    const asked: string[] = [];
    const { ringTimeoutMs = 45_000, from } = options;
    const result = this.service.dial(
      { to, ringTimeoutMs, ...(from === undefined ? {} : { from }) },
      (localAddress) => {
        asked.push(localAddress);
        return Promise.resolve(mediaPoint);
      },
      diary,
      abort.signal,
    );
    result.catch(() => {});
    return { diary, abort, asked, result };
  }

  /** The core vanishes without a word, as with SIGKILL. */
  cutCable(): void {
    this.#cable.cut();
  }

  /** The connection breaks; the same core can be reached again at once. */
  unplugCable(): void {
    this.#cable.unplug();
  }

  /** Another core takes over, on other ports. */
  async replaceCore(): Promise<void> {
    await this.core.stop(0);
    this.core = await newCore(this.#options);
    this.#cable = await Cable.open(this.core.controlPort);
    await this.service.useCore({ host: '127.0.0.1', port: this.#cable.port, secret });
  }

  async close(): Promise<void> {
    await this.service.stop();
    this.#cable.cut();
    await this.core.stop(0);
    await this.phone.close();
  }
}

export const mediaPoint: LocalMediaPoint = { address: '127.0.0.1', port: 40_000 };

async function newCore({ t1Ms }: RigOptions): Promise<SipCore> {
  const timers = t1Ms === undefined ? {} : { timers: { t1Ms, t2Ms: t1Ms * 8, t4Ms: t1Ms * 10 } };
  return await startSipCore({ config: { port: 0, ...timers }, secret, log: silentLogger });
}

/** A TCP relay to the core's control port. */
class Cable {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  private constructor(server: Server, port: number, sockets: Set<Socket>) {
    this.#server = server;
    this.port = port;
    this.#sockets = sockets;
  }

  static async open(targetPort: number): Promise<Cable> {
    const sockets = new Set<Socket>();
    const server = createServer((near) => {
      const far = connect(targetPort, '127.0.0.1');
      for (const socket of [near, far]) {
        sockets.add(socket);
        socket.setNoDelay(true);
        socket.on('error', () => {});
        socket.on('close', () => {
          near.destroy();
          far.destroy();
        });
      }
      near.pipe(far).pipe(near);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return new Cable(server, typeof address === 'object' && address ? address.port : 0, sockets);
  }

  cut(): void {
    this.#server.close();
    this.unplug();
  }

  unplug(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }
}
