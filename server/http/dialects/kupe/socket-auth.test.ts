import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { LandlineError } from '../../../contract/errors.ts';
import type { Principal } from '../../../domain/credentials/principal.ts';
import { closeCodeOf, principalOfSocket } from './socket-auth.ts';

const url = '/api/call/web-media-stream?agent_id=1&api_key=k';

function open(pathPrefix: string): Promise<Principal> {
  const principal: Principal = {
    organizationId: 'o',
    userId: null,
    email: null,
    role: 'developer',
    via: 'api-key',
    credentialId: 'c',
    scopes: [{ method: 'GET', pathPrefix }],
  };
  const request = { url, headers: {} } as IncomingMessage;
  return principalOfSocket(request, new URL(url, 'http://house').searchParams, {
    principalOfKey: (key) => (key === 'k' ? principal : undefined),
    principalOfToken: () => Promise.reject(new LandlineError('token-invalid', 'No token.')),
  });
}

test('a key opens the sockets that its scopes cover, and no other', async () => {
  await expect(open('/api/call')).resolves.toMatchObject({ credentialId: 'c' });
  const refused = await open('/api/v1/billing').catch((thrown: unknown) => thrown);
  expect([refused, closeCodeOf(refused)]).toEqual([expect.objectContaining({ code: 'scope-missing' }), 4403]);
});
