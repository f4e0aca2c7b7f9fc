import { networkInterfaces } from 'node:os';

/** Where others can reach a server that is bound to `host`: for every address, the machine's own on the network. */
export function ownAddress(host: string): string {
  if (host !== '0.0.0.0' && host !== '::') return host;
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  const onNetwork = addresses.find(({ family, internal }) => family === 'IPv4' && !internal);
  return onNetwork?.address ?? '127.0.0.1';
}

export function originAt(host: string, port: number, scheme: 'http' | 'https' = 'http'): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

export interface OwnOriginSettings {
  /** Address that the server is bound to. */
  readonly host: string;
  /** What others reach us by, where that has been settled. */
  readonly publicUrl?: string;
  /** Present when the port takes HTTPS, too. */
  readonly tls?: object;
}

/** What links begin with that go to others without a request of theirs: as settled, else by HTTPS where we have it. */
export function ownOrigin({ host, publicUrl, tls }: OwnOriginSettings, port: number): string {
  return publicUrl ?? originAt(ownAddress(host), port, tls === undefined ? 'http' : 'https');
}
