import type { Settings } from './config/settings.ts';
import { messageOf } from './contract/errors.ts';
import type { Clock } from './lifetime/clock.ts';
import type { Logger } from './log/logger.ts';
import { SipCoreClient } from './sip/client.ts';
import type { SipCoreStats } from './sip/core.ts';
import type { TelephonyService } from './telephony/telephony-service.ts';

/** What carries SIP: our own core in a process of its own, or a drachtio-server that the settings name. */
export interface SipBackEnd {
  /** Port that phones dial. */
  readonly port: number;
  /** Process id of the embedded core. */
  readonly pid: number | undefined;
  /** Counters of the embedded core; undefined with an external server, or while the core restarts. */
  stats(): Promise<SipCoreStats | undefined>;
  stop(): Promise<void>;
}

interface Parts {
  readonly log: Logger;
  readonly clock: Clock;
  /** How long to wait for a SIP port that a predecessor may still hold. */
  readonly portWaitMs: number;
}

export function startSipBackEnd(settings: Settings, telephony: TelephonyService, parts: Parts): Promise<SipBackEnd> {
  const { drachtio } = settings.sip;
  return drachtio ? useDrachtioServer(drachtio, telephony) : startEmbeddedCore(settings, telephony, parts);
}

async function startEmbeddedCore(settings: Settings, telephony: TelephonyService, parts: Parts): Promise<SipBackEnd> {
  const { log, clock, portWaitMs } = parts;
  const { port, lan, timers } = settings.sip;
  const core = new SipCoreClient(
    {
      log,
      clock,
      logLevel: settings.logLevel,
      waitForPortMs: portWaitMs,
      config: { port, lan, timers, peerSources: settings.peers.flatMap(({ allowedSources }) => allowedSources) },
    },
    {
      // The first core is connected below, where a failure ends the start; later ones are connected here.
      up: (address) => {
        if (started) telephony.useCore(address).catch((failure: unknown) => log.error({ why: messageOf(failure) }));
      },
      down: (exit) => log.error({ exit }, 'The SIP core ended; another one is started'),
    },
  );
  let started = false;
  const address = await core.start();
  await telephony.useCore(address);
  started = true;
  return {
    port: Number(/:(\d+)$/.exec(address.endpoints[0] ?? '')?.[1] ?? port),
    get pid() {
      return core.pid;
    },
    stats: () => core.ask({ kind: 'stats' }).catch(() => undefined),
    stop: () => core.stop(),
  };
}

async function useDrachtioServer(
  server: NonNullable<Settings['sip']['drachtio']>,
  telephony: TelephonyService,
): Promise<SipBackEnd> {
  const { endpoints } = await telephony.useCore(server);
  return {
    port: Number(/:(\d+)$/.exec(endpoints[0] ?? '')?.[1] ?? 5060),
    pid: undefined,
    stats: () => Promise.resolve(undefined),
    stop: () => Promise.resolve(),
  };
}
