import type { Principal } from '../../server/domain/credentials/principal.ts';

/** An administrator of this organization, by a key of nobody in particular. */
export function administratorOf(organizationId: string): Principal {
  return {
    organizationId,
    userId: null,
    email: null,
    role: 'org_admin',
    via: 'api-key',
    credentialId: 'test',
    scopes: [],
  };
}
