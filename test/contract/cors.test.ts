import { expect, test } from 'vitest';
import { VaHouse } from './va/va-house.ts';

const page = 'https://crm.example.lan';

async function preflight(house: VaHouse, path: string, origin: string, method: string): Promise<Response> {
  return fetch(`${house.server.url}${path}`, {
    method: 'OPTIONS',
    headers: { Origin: origin, 'Access-Control-Request-Method': method, 'Access-Control-Request-Headers': 'x-api-key' },
  });
}

test('a listed page may ask and read, with keys or cookies; another page may not', async () => {
  const house = await VaHouse.open({ allowedOrigins: [page] });
  const asked = await preflight(house, '/api/v1/tasks', page, 'POST');
  expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([204, page]);
  expect(asked.headers.get('access-control-allow-methods')).toContain('POST');
  expect(asked.headers.get('access-control-allow-headers')).toBe('x-api-key');
  const read = await fetch(`${house.server.url}/api/v1/tasks`, {
    headers: { Origin: page, Authorization: `Bearer ${house.key}` },
  });
  expect([read.status, read.headers.get('access-control-allow-origin')]).toEqual([200, page]);
  expect(read.headers.get('access-control-expose-headers')).toContain('X-RateLimit-Remaining');
  const stranger = await preflight(house, '/api/v1/tasks', 'https://evil.example', 'POST');
  expect([stranger.status, stranger.headers.get('access-control-allow-origin')]).toEqual([204, null]);
});

test('an API without cookies may be read by any page', async () => {
  const house = await VaHouse.open();
  const asked = await preflight(house, '/auth/login', page, 'POST');
  expect(asked.headers.get('access-control-allow-origin')).toBe('*');
  expect(asked.headers.get('access-control-allow-credentials')).toBeNull();
});
