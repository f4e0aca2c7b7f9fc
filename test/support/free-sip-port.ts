import { createSocket } from 'node:dgram';
import { freePort } from './baresip.ts';

/** A port that is free on loopback now, for TCP and for UDP. */
export async function freeSipPort(): Promise<number> {
  for (;;) {
    const port = await freePort();
    const socket = createSocket('udp4');
    const isFree = await new Promise<boolean>((resolve) => {
      socket.once('error', () => resolve(false));
      socket.bind(port, '127.0.0.1', () => resolve(true));
    });
    socket.close();
    if (isFree) return port;
  }
}
