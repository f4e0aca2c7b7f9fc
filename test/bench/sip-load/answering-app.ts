import { createRequire } from 'node:module';

/**
 * A trivial app on unmodified drachtio-srf, as a child process: answers every INVITE with 200 and a fixed session
 * description; the library answers the BYE by itself. Told so, it blocks its event loop for a part of every second.
 */
interface AppOrders {
  readonly core: { readonly host: string; readonly port: number; readonly secret: string };
  /** Milliseconds of every second in which the event loop stands still; 0 for none. */
  readonly blockedMs: number;
}

interface Srf {
  connect(where: AppOrders['core']): void;
  on(event: 'connect', connected: (error: Error | undefined) => void): void;
  invite(answer: (request: unknown, response: unknown) => void): void;
  createUAS(
    request: unknown,
    response: unknown,
    options: { readonly localSdp: string },
    done: (error: Error | null, dialog?: unknown) => void,
  ): void;
}

const SrfClass = createRequire(import.meta.url)('drachtio-srf') as new () => Srf;

const localSdp = [
  'v=0',
  'o=app 1 1 IN IP4 127.0.0.1',
  's=-',
  'c=IN IP4 127.0.0.1',
  't=0 0',
  'm=audio 9 RTP/AVP 0',
  'a=rtpmap:0 PCMU/8000',
  '',
].join('\r\n');

function block(forMs: number): void {
  const endMs = performance.now() + forMs;
  while (performance.now() < endMs);
}

process.once('message', (message) => {
  const { core, blockedMs } = message as AppOrders;
  const srf = new SrfClass();
  srf.invite((request, response) => {
    srf.createUAS(request, response, { localSdp }, (error) => {
      if (error) console.error(`The app could not answer: ${error.message}`);
    });
  });
  srf.on('connect', (error) => process.send?.({ connected: !error }));
  srf.connect(core);
  if (blockedMs > 0) setInterval(() => block(blockedMs), 1_000);
});
process.once('disconnect', () => process.exit(0));
