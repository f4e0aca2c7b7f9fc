import type { Server } from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { LandlineError, messageOf } from '../contract/errors.ts';
import { type Clock, delay } from '../lifetime/clock.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The setting that names the port, for the error. */
  readonly setting: string;
  /** How long to try again while the port is taken (a predecessor may still be going). */
  readonly waitMs?: number;
  readonly clock: Clock;
}

const retryMs = 200;

/** Binds the server; resolves with the port. Throws `http-port-taken` or `http-port-refused`. */
export async function listen(server: Server | NetServer, options: ListenOptions): Promise<number> {
  const { clock, host, port, setting } = options;
  const untilMs = clock.now() + (options.waitMs ?? 0);
  for (;;) {
    try {
      return await bind(server, host, port);
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      if (code !== 'EADDRINUSE') {
        throw new LandlineError(
          'http-port-refused',
          `Cannot listen on ${host} port ${port}: ${messageOf(thrown)}. Set ${setting} to another port.`,
          { host, port, setting },
          thrown,
        );
      }
      if (clock.now() >= untilMs) {
        throw new LandlineError(
          'http-port-taken',
          `Port ${port} on ${host} is taken by another program: stop it, or set ${setting} to another port.`,
          { host, port, setting },
          thrown,
        );
      }
      await delay(clock, retryMs);
    }
  }
}

function bind(server: Server | NetServer, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Stops listening, lets requests in hand finish for `graceMs`, then cuts what is left. */
export function stopListening(server: Server, clock: Clock, graceMs: number): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve) => {
    const cut = clock.after(graceMs, () => server.closeAllConnections());
    server.close(() => {
      cut.cancel();
      resolve();
    });
    server.closeIdleConnections();
  });
}
