import { type Clock, realClock } from '../lifetime/clock.ts';
import { loadDspModules } from './dsp/wasm.ts';
import { Leg, type LegContinuation, type LegServices } from './leg.ts';
import type { LegListener, LegOptions, MediaEngine, MediaStats } from './media-engine.ts';
import { SinkChannels } from './sink/sink-channels.ts';
import { Tick } from './tick.ts';
import type { PacketTransport } from './transport/packet-transport.ts';
import { PortPool, type PortRange } from './transport/port-pool.ts';
import { udpTransport } from './transport/udp-transport.ts';

export interface MediaEngineOptions {
  readonly ports: PortRange;
  readonly clock?: Clock;
  readonly transport?: PacketTransport;
  /** `rtp-timeout` after so much silence; 20 s. */
  readonly rtpTimeoutMs?: number;
}

/** The media engine inside this process: what the media process runs, and what tests run over an in-memory network. */
export class LocalMediaEngine implements MediaEngine {
  readonly #services: LegServices;
  readonly #ports: PortPool;
  readonly #legs = new Set<Leg>();

  private constructor(services: LegServices, ports: PortPool) {
    this.#services = services;
    this.#ports = ports;
  }

  static async start(options: MediaEngineOptions): Promise<LocalMediaEngine> {
    const clock = options.clock ?? realClock;
    const services: LegServices = {
      clock,
      tick: new Tick(clock),
      modules: await loadDspModules(),
      channels: new SinkChannels(clock),
      rtpTimeoutMs: options.rtpTimeoutMs ?? 20_000,
    };
    return new LocalMediaEngine(services, new PortPool(options.transport ?? udpTransport, options.ports));
  }

  /** With `continuation`, opens the same port again and goes on where a lost process was. */
  async openLeg(options: LegOptions, listener: LegListener, continuation?: LegContinuation): Promise<Leg> {
    let leg: Leg | undefined;
    const receive = (datagram: Buffer, from: { readonly address: string; readonly port: number }) =>
      leg?.receive(datagram, from);
    const address = options.localAddress;
    const ports = continuation
      ? await this.#ports.reopen({ address, port: continuation.port }, receive, ignoreRtcp)
      : await this.#ports.open(address, receive, ignoreRtcp);
    const onClosed = () => void this.#legs.delete(opened);
    const opened = new Leg(this.#services, ports, listener, continuation, onClosed, options.detectBeeps);
    leg = opened;
    this.#legs.add(opened);
    return opened;
  }

  stats(): Promise<MediaStats> {
    const { lateness } = this.#services.tick;
    return Promise.resolve({
      legs: this.#legs.size,
      portsInUse: this.#ports.inUse,
      tickLatenessMs: { p50: lateness.percentile(0.5), p99: lateness.percentile(0.99), max: lateness.max },
      rssBytes: process.memoryUsage.rss(),
      pid: process.pid,
    });
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#legs].map((leg) => leg.close()));
    this.#services.channels.close();
  }
}

/** Reports are received so that the peer sees no unreachable port; nothing is made of them. */
function ignoreRtcp(): void {}
