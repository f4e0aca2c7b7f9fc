import type { Principal } from '../../domain/credentials/principal.ts';

/** Who is let in, and by which key or session. */
export type Holder = Pick<Principal, 'organizationId' | 'userId' | 'via' | 'credentialId'>;

/** The holder as a word of a signed token, which ends with the key or session that it was made for. */
export function holderText({ credentialId, organizationId, userId, via }: Holder): string {
  return [organizationId, userId ?? '', via, credentialId].join('/');
}

/** Of a text that `holderText` made. */
export function readHolder(text: string): Holder {
  const [organizationId = '', userId = '', via = '', credentialId = ''] = text.split('/');
  return {
    organizationId,
    userId: userId === '' ? null : userId,
    via: via === 'api-key' || via === 'session' ? via : 'token',
    credentialId,
  };
}
