import { LandlineError, messageOf } from '../../contract/errors.ts';
import { createSrf, type Srf } from './srf.ts';

/** Where a SIP core (ours or a drachtio-server) takes control connections. */
export interface CoreAddress {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
}

export interface CoreFacts {
  /** What the core listens on, e.g. `udp/192.0.2.1:5060`. */
  readonly endpoints: readonly string[];
  readonly version: string;
}

/**
 * One control connection, used once: it is opened, then lost or closed, and never reconnects. A restarted core has
 * another port and secret, and dialogs don't survive it anyway.
 */
export class CoreConnection {
  readonly srf: Srf = createSrf();
  readonly #address: CoreAddress;
  readonly #onLost: (why: string) => void;
  #state: 'new' | 'opening' | 'open' | 'over' = 'new';

  constructor(address: CoreAddress, onLost: (why: string) => void) {
    this.#address = address;
    this.#onLost = onLost;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** Resolves when the core has accepted the secret. Rejects with `no-sip-core`. */
  open(): Promise<CoreFacts> {
    this.#state = 'opening';
    const { host, port, secret } = this.#address;
    return new Promise((resolve, reject) => {
      const fail = (why: string) => {
        const wasOpen = this.#state === 'open';
        if (this.#state === 'over') return;
        this.#end();
        if (wasOpen) this.#onLost(why);
        else reject(new LandlineError('no-sip-core', `No SIP core at ${host}:${port}: ${why}.`, { host, port }));
      };
      this.srf.on('error', (error: unknown) => fail(messageOf(error)));
      this.srf.on('close', () => fail('the connection was closed'));
      this.srf.on('connect', (error: unknown, endpoints?: string, version?: string) => {
        if (error) return fail(messageOf(error));
        if (this.#state !== 'opening') return undefined;
        this.#state = 'open';
        resolve({ endpoints: (endpoints ?? '').split(',').filter((each) => each !== ''), version: version ?? '' });
      });
      this.srf.connect({ host, port, secret, reconnect: { maxAttempts: 1 } });
    });
  }

  /** Ends the connection on purpose: `onLost` is not called. */
  close(): void {
    if (this.#state !== 'over') this.#end();
  }

  #end(): void {
    this.#state = 'over';
    try {
      this.srf.disconnect();
    } catch {
      // The library asserts that it has a socket; without one there is nothing to disconnect.
    }
  }
}
