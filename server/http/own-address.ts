import { networkInterfaces } from 'node:os';

/** Where others can reach a server that is bound to `host`: for every address, the machine's own on the network. */
export function ownAddress(host: string): string {
  if (host !== '0.0.0.0' && host !== '::') return host;
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  const onNetwork = addresses.find(({ family, internal }) => family === 'IPv4' && !internal);
  return onNetwork?.address ?? '127.0.0.1';
}

export function originAt(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
