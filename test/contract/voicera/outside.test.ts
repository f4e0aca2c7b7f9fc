import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { VoiceraHouse } from './voicera-house.ts';

const unknown = '00000000-0000-4000-8000-000000000000';

interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Another service on loopback, which the administrator has listed. Ends with the test. */
async function service(status = 200): Promise<{ readonly url: string; readonly received: readonly Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received };
}

const listed = { egress: { allow: ['127.0.0.1'] } };

test('a webhook is made, shown without its secret, changed and deleted', async () => {
  const house = await VoiceraHouse.open();
  const draft = {
    url: 'https://crm.example/hook',
    events: ['call.completed'],
    secret: 'whisper it to me',
    is_active: true,
  };
  const made = await house.request('POST', '/webhooks', draft);
  expect([made.status, made.at('events'), made.at('is_active')]).toEqual([201, ['call.completed'], true]);
  const list = await house.request('GET', '/webhooks');
  expect(list.body).toMatchObject({ total: 1, skip: 0, limit: 10, items: [{ id: made.id, has_secret: true }] });
  expect(list.text).not.toContain('whisper');
  const changed = await house.request('PUT', `/webhooks/${made.id}`, { is_active: false, events: ['call.failed'] });
  expect(changed.at('updated_at')).toMatch(/Z$/);
  const { body } = await house.request('GET', `/webhooks/${made.id}`);
  expect(body).toMatchObject({ url: draft.url, is_active: false, events: ['call.failed'], has_secret: true });
  expect((await house.request('DELETE', `/webhooks/${made.id}`)).status).toBe(204);
  for (const path of ['', '/logs']) {
    expect((await house.request('GET', `/webhooks/${made.id}${path}`)).failure).toEqual([404, 'WEBHOOK_001']);
  }
});

test('a webhook needs a URL and events that exist, and all problems are named', async () => {
  const house = await VoiceraHouse.open();
  const reply = await house.request('POST', '/webhooks', {
    url: 'ftp://x',
    events: ['call.sneezed'],
    is_active: 'yes',
  });
  expect(reply.failure).toEqual([422, 'VALIDATION_001']);
  const fields = (reply.at('error', 'details') as { field: string }[]).map(({ field }) => field);
  expect(fields).toEqual(['url', 'events.0', 'is_active']);
});

test('a test event is sent at once, signed with the secret', async () => {
  const house = await VoiceraHouse.open(listed);
  const { url, received } = await service();
  const { id } = await house.request('POST', '/webhooks', { url, events: ['call.started'], secret: 'a shared secret' });
  const tested = await house.request('POST', `/webhooks/${id}/test`);
  expect(tested.body).toMatchObject({ success: true, status_code: 200 });
  const [first] = received;
  const signature = createHmac('sha256', 'a shared secret')
    .update(first?.body ?? '')
    .digest('hex');
  expect(first?.headers['x-webhook-signature']).toBe(`sha256=${signature}`);
  expect(JSON.parse(first?.body ?? '')).toMatchObject({ event: 'test', data: { webhook_id: id } });
  expect((await house.request('GET', `/webhooks/${id}/logs`)).at('total')).toBe(0);
});

test('a test tells when the receiver refuses, or may not be reached', async () => {
  const house = await VoiceraHouse.open(listed);
  const { url } = await service(500);
  const events = ['call.started'];
  const refusing = await house.request('POST', '/webhooks', { url, events });
  const failed = await house.request('POST', `/webhooks/${refusing.id}/test`);
  expect(failed.body).toMatchObject({ success: false, status_code: 500 });
  const metadata = await house.request('POST', '/webhooks', { url: 'http://169.254.169.254/latest', events });
  const refused = await house.request('POST', `/webhooks/${metadata.id}/test`);
  expect(refused.body).toMatchObject({ success: false, status_code: null });
});

test('secrets of an integration are sealed at rest, shown masked, and kept when they are sent back masked', async () => {
  const house = await VoiceraHouse.open();
  const config = {
    url: 'http://crm.lan',
    api_key: 'sk-1234567890',
    model: { name: 'x', max_tokens: 100, auth_token: 'abc' },
  };
  const made = await house.request('POST', '/integrations', { type: 'crm', name: 'Our CRM', config, note: 'mine' });
  expect(made.body).toMatchObject({ type: 'crm', name: 'Our CRM', status: 'unchecked' });
  const shown = await house.request('GET', `/integrations/${made.id}`);
  const masked = {
    url: 'http://crm.lan',
    api_key: '****7890',
    model: { name: 'x', max_tokens: 100, auth_token: '****' },
  };
  expect(shown.body).toMatchObject({ config: masked, note: 'mine', last_checked_at: null });
  const rows = house.db.prepare('SELECT * FROM integrations').all();
  expect(JSON.stringify(rows)).not.toMatch(/sk-1234567890|"abc"/);
  await house.request('PUT', `/integrations/${made.id}`, {
    config: { ...masked, url: 'http://other.lan' },
    name: 'New',
  });
  await house.request('PUT', `/integrations/${made.id}`, { further: true });
  const changed = await house.request('GET', `/integrations/${made.id}`);
  expect(changed.body).toMatchObject({
    note: 'mine',
    further: true,
    name: 'New',
    config: { ...masked, url: 'http://other.lan' },
  });
  const list = await house.request('GET', '/integrations');
  expect(list.items).toMatchObject([{ id: made.id, config: { api_key: '****7890' } }]);
  expect((await house.request('DELETE', `/integrations/${made.id}`)).status).toBe(204);
  for (const path of ['', '/status']) {
    expect((await house.request('GET', `/integrations/${made.id}${path}`)).failure).toEqual([404, 'INTEGRATION_001']);
  }
  expect((await house.request('POST', '/integrations', { name: 7 })).at('error', 'details', 'length')).toBe(2);
});

test('the test of an integration asks its service, shows it no secret, and is remembered', async () => {
  const house = await VoiceraHouse.open(listed);
  const { url, received } = await service(401);
  const create = async (config: object) => {
    return (await house.request('POST', '/integrations', { type: 'crm', name: 'CRM', config })).id;
  };
  const reachable = await create({ url, api_key: 'sk-1234567890' });
  const tested = await house.request('POST', `/integrations/${reachable}/test`);
  expect([tested.at('success'), tested.at('message')]).toEqual([true, 'The service answered 401.']);
  expect(JSON.stringify(received)).not.toContain('sk-1234567890');
  const status = await house.request('GET', `/integrations/${reachable}/status`);
  expect([status.at('status'), typeof status.at('last_checked_at')]).toEqual(['connected', 'string']);
  const forbidden = await create({ url: 'http://169.254.169.254/' });
  expect((await house.request('POST', `/integrations/${forbidden}/test`)).at('success')).toBe(false);
  expect((await house.request('GET', `/integrations/${forbidden}/status`)).at('status')).toBe('failed');
  const nowhere = await create({});
  expect((await house.request('POST', `/integrations/${nowhere}/test`)).at('message')).toContain('no url');
  expect((await house.request('POST', `/integrations/${unknown}/test`)).failure).toEqual([404, 'INTEGRATION_001']);
});
