/** A server reduced to its SIP side, as a process of its own: a supervised core and an application that answers. */
import { createRequire } from 'node:module';
import { silentLogger } from '../../server/log/logger.ts';
import { SipCoreClient } from '../../server/sip/client.ts';
import type { Srf } from './house.ts';
import { SDP } from './sip-peer.ts';

const SrfClass = createRequire(import.meta.url)('drachtio-srf') as new () => Srf;
const srf = new SrfClass();
srf.on('error', () => {});
srf.invite((request, reply) => void srf.createUAS(request, reply, { localSdp: SDP() }));
srf.on('connect', () => process.send?.('connected'));

const core = new SipCoreClient(
  { config: { port: Number(process.argv[2]) }, log: silentLogger, logLevel: 'silent' },
  { up: ({ host, port, secret }) => srf.connect({ host, port, secret }), down: () => {} },
);
await core.start();
