import { afterEach } from 'vitest';
import type { Peer } from '../../server/contract/peer.ts';
import { SipPhone } from '../support/sip-phone.ts';
import { Rig, type RigOptions } from './telephony-rig.ts';

/** What tests of outgoing calls dial with and whom they reach; closed after each test of the file. */
export interface Dialling {
  /** Once for each test. */
  readonly open: (options?: RigOptions) => Promise<Rig>;
  /** Somebody beside the rig's own phone. */
  readonly anotherPhone: () => Promise<SipPhone>;
}

export function openDialling(): Dialling {
  let rig: Rig | undefined;
  const extras: SipPhone[] = [];
  afterEach(async () => {
    await rig?.close();
    rig = undefined;
    for (const phone of extras.splice(0)) await phone.close();
  });
  return {
    open: async (options = {}) => {
      rig = await Rig.open(options);
      return rig;
    },
    anotherPhone: async () => {
      const phone = await SipPhone.open();
      extras.push(phone);
      return phone;
    },
  };
}

export function peerAt(port: number, more: Partial<Peer> = {}): Peer {
  return { name: `peer-${port}`, host: '127.0.0.1', port, transport: 'udp', allowedSources: [], ...more };
}

/** Why the call came to nothing. Rejects when it was answered. */
export async function failureOf(result: Promise<unknown>): Promise<{ code: string; details: { status?: number } }> {
  return await result.then(
    () => Promise.reject(new Error('The call was answered.')),
    (failure: unknown) => failure as { code: string; details: { status?: number } },
  );
}
