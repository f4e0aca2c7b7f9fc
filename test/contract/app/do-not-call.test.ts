import { expect, test } from 'vitest';
import { AppHouse, setUpAdmin } from './app-house.ts';

test('numbers are put on the do-not-call list in any writing, listed, and taken off again', async () => {
  const house = await AppHouse.open();
  const root = await setUpAdmin(house);
  const numbers = ['+49 (30) 123-4567', 'SIP:Anna@127.0.0.1;user=phone'];
  const added = await root.request('POST', '/do-not-call', { numbers, reason: 'asked on the phone' });
  const entry = { reason: 'asked on the phone', created_at: expect.any(String) as string };
  const items = [
    { number: '+49301234567', ...entry },
    { number: 'sip:anna@127.0.0.1', ...entry },
  ];
  expect([added.status, added.body]).toEqual([200, { items, total: 2, limit: 50, offset: 0 }]);
  const { organizationId } = house.first;
  expect(() => house.domain.outboundRules.requireAllowed(organizationId, '0049301234567')).toThrow(
    expect.objectContaining({ code: 'do-not-call' }) as Error,
  );
  const query = `/do-not-call?number=${encodeURIComponent('0049 30 1234567')}`;
  expect((await root.request('DELETE', query)).status).toBe(200);
  expect((await root.request('DELETE', query)).status).toBe(404);
  expect((await root.request('GET', '/do-not-call')).body['total']).toBe(1);
  const empty = await root.request('POST', '/do-not-call', { numbers: [] });
  expect([empty.status, empty.body['code']]).toEqual([400, 'invalid-request']);
});
