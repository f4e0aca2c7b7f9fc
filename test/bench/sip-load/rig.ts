import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { silentLogger } from '../../../server/log/logger.ts';
import { type SipCoreAddress, SipCoreClient } from '../../../server/sip/client.ts';
import { freeSipPort } from '../../support/free-sip-port.ts';
import { costOf, type ProcessCost } from './process-cost.ts';

/** So high that it never plays a part. Loopback has no limit anyway; the bench doesn't want to lean on that. */
export const guard = { ratePerSecond: 1_000_000, burst: 1_000_000 } as const;

/** The appliance's SIP core, in its own process as ever, and an app on drachtio-srf in another one. */
export class SipRig {
  readonly port: number;
  readonly #core: SipCoreClient;
  readonly #app: ChildProcess;

  private constructor(port: number, core: SipCoreClient, app: ChildProcess) {
    this.port = port;
    this.#core = core;
    this.#app = app;
  }

  /** `blockedMs` of every second the app's event loop stands still. */
  static async start(blockedMs: number): Promise<SipRig> {
    const port = await freeSipPort();
    const lost = { up: () => {}, down: () => console.error('The SIP core ended in the middle of the bench.') };
    const core = new SipCoreClient({ config: { port, guard }, log: silentLogger, logLevel: 'warn' }, lost);
    const address = await core.start();
    try {
      return new SipRig(port, core, await startApp(address, blockedMs));
    } catch (failure) {
      await core.stop();
      throw failure;
    }
  }

  coreCost(): ProcessCost {
    return costOf(this.#core.pid as number);
  }

  appCost(): ProcessCost {
    return costOf(this.#app.pid as number);
  }

  /** Dialogs, transactions and their timers that the core holds now. */
  async held(): Promise<number> {
    const { transactions, userAgent } = await this.#core.ask({ kind: 'stats' });
    const { serverInvite, serverNonInvite, clientInvite, clientNonInvite, timers } = transactions;
    const { dialogs, incoming, outgoingInvites } = userAgent;
    const work = serverInvite + serverNonInvite + clientInvite + clientNonInvite + timers;
    return work + dialogs + incoming + outgoingInvites;
  }

  async stop(): Promise<void> {
    const exited = once(this.#app, 'exit');
    this.#app.disconnect();
    await exited;
    await this.#core.stop();
  }
}

async function startApp({ host, port, secret }: SipCoreAddress, blockedMs: number): Promise<ChildProcess> {
  const app = fork(join(import.meta.dirname, 'answering-app.ts'), { serialization: 'json' });
  app.send({ core: { host, port, secret }, blockedMs });
  const [message] = (await once(app, 'message')) as [{ readonly connected?: boolean }];
  if (message.connected !== true) throw new Error('The app could not connect to the SIP core.');
  return app;
}
