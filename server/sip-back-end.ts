import { randomBytes } from 'node:crypto';
import type { Settings } from './config/resolve.ts';
import type { Clock } from './lifetime/clock.ts';
import type { Logger } from './log/logger.ts';
import { startSipCore } from './sip/core.ts';
import type { TelephonyService } from './telephony/telephony-service.ts';

export interface SipBackEnd {
  readonly port: number;
  stop(): Promise<void>;
}

export async function startSipBackEnd(
  settings: Settings,
  telephony: TelephonyService,
  parts: { readonly log: Logger; readonly clock: Clock; readonly portWaitMs: number },
): Promise<SipBackEnd> {
  const secret = randomBytes(32).toString('hex');
  const core = await startSipCore({
    config: { port: settings.sip.port, lan: settings.sip.lan, timers: settings.sip.timers },
    secret,
    log: parts.log,
  });
  await telephony.useCore({ host: '127.0.0.1', port: core.controlPort, secret });
  const port = Number(/:(\d+)$/.exec(core.endpoints[0] ?? '')?.[1] ?? settings.sip.port);
  return { port, stop: () => core.stop() };
}
