import { expect, test } from 'vitest';
import { HttpReceiver } from '../../../test/support/http-receiver.ts';
import { OutsideHouse } from '../../../test/support/outside-house.ts';
import { isSignedBy, retryDelayMs, signatureOf } from './webhook.ts';

const page = { limit: 10, offset: 0 };

test('an agent has webhooks with everything off and a secret that stays until it is rotated', async () => {
  const { domain, principal, agentId } = await OutsideHouse.open();
  const { webhooks } = domain;
  const first = await webhooks.ofAgent(principal, agentId);
  expect(first).toMatchObject({
    triggerOnPhoneCall: true,
    triggerOnWebCall: true,
    incoming: { enabled: false, attachedVariables: [] },
    outgoing: { enabled: false, url: null, method: 'POST', retryCount: 0 },
  });
  expect((await webhooks.ofAgent(principal, agentId)).incoming.secret).toBe(first.incoming.secret);
  const rotated = await webhooks.rotateSecret(principal, agentId);
  expect(rotated.incoming.secret).not.toBe(first.incoming.secret);
  expect(rotated.incoming.secret.length).toBeGreaterThanOrEqual(32);
});

test('what came in is taken with the right signature of its raw bytes alone', async () => {
  const { domain, principal, agentId } = await OutsideHouse.open();
  const { webhooks } = domain;
  const { incoming } = await webhooks.changeOfAgent(principal, agentId, { incoming: { enabled: true } });
  const raw = Buffer.from('{"phoneNumber": "+15550142" }');
  const right = signatureOf(incoming.secret, raw);
  expect(webhooks.incoming(agentId, raw, right).agentId).toBe(agentId);
  const reserialised = Buffer.from(JSON.stringify(JSON.parse(raw.toString())));
  for (const [bytes, shown] of [
    [reserialised, right],
    [raw, undefined],
    [raw, ''],
    [raw, right.slice('sha256='.length)],
    [raw, signatureOf('another secret', raw)],
  ] as const) {
    const taking = () => webhooks.incoming(agentId, bytes, shown);
    expect(taking).toThrow(expect.objectContaining({ code: 'webhook-signature-invalid' }));
  }
  await webhooks.rotateSecret(principal, agentId);
  expect(() => webhooks.incoming(agentId, raw, right)).toThrow();
  await webhooks.changeOfAgent(principal, agentId, { incoming: { enabled: false } });
  expect(() => webhooks.incoming(agentId, raw, right)).toThrow(expect.objectContaining({ code: 'agent-not-found' }));
});

test('a test is sent at once, and says how it went', async () => {
  const { domain, principal, agentId } = await OutsideHouse.open();
  const receiver = await HttpReceiver.start();
  const { webhooks } = domain;
  const none = webhooks.testOutgoing(principal, agentId, {});
  await expect(none).rejects.toMatchObject({ code: 'webhook-not-configured' });
  await webhooks.changeOfAgent(principal, agentId, { outgoing: { url: receiver.url, method: 'PUT' } });
  expect(await webhooks.testOutgoing(principal, agentId, { test: true })).toMatchObject({
    statusCode: 200,
    errorMessage: null,
  });
  expect(receiver.received[0]).toMatchObject({ method: 'PUT', text: '{"test":true}' });
  receiver.answer = () => ({ status: 302 });
  const endpoint = await webhooks.createEndpoint(principal, { url: receiver.url, events: ['call.completed'] });
  expect(await webhooks.testEndpoint(principal, endpoint.id, {})).toMatchObject({
    statusCode: 302,
    errorMessage: 'The receiver answered 302.',
  });
  expect(webhooks.endpointLog(principal, endpoint.id, page).total).toBe(0);
});

test('what can never be sent is refused with everything that is wrong', async () => {
  const { domain, principal, agentId } = await OutsideHouse.open();
  const { webhooks } = domain;
  const outgoing = { enabled: true, url: 'ftp://x', retryCount: 11, headers: { 'X-A': 'a\r\nX-B: b', 'no way': 'x' } };
  const change = { incoming: { secret: 'short' }, outgoing };
  await expect(webhooks.changeOfAgent(principal, agentId, change)).rejects.toMatchObject({
    code: 'webhook-invalid',
    details: {
      problems: [
        { field: 'incoming.secret' },
        { field: 'outgoing.url' },
        { field: 'outgoing.retry_count' },
        { field: 'outgoing.headers.X-A' },
        { field: 'outgoing.headers.no way' },
      ],
    },
  });
  const bare = webhooks.createEndpoint(principal, { url: 'nowhere', events: [], secret: '' });
  await expect(bare).rejects.toMatchObject({
    details: { problems: [{ field: 'url' }, { field: 'events' }, { field: 'secret' }] },
  });
});

test('webhooks of another organization are unknown', async () => {
  const house = await OutsideHouse.open();
  const { webhooks } = house.domain;
  const stranger = await house.stranger();
  const { id } = await webhooks.createEndpoint(house.principal, { url: 'https://10.0.0.1/', events: ['call.failed'] });
  const unknown = { code: 'webhook-not-found' };
  expect(() => webhooks.endpoint(stranger, id)).toThrow(expect.objectContaining(unknown));
  await expect(webhooks.updateEndpoint(stranger, id, { isActive: false })).rejects.toMatchObject(unknown);
  await expect(webhooks.deleteEndpoint(stranger, id)).rejects.toMatchObject(unknown);
  await expect(webhooks.testEndpoint(stranger, id, {})).rejects.toMatchObject(unknown);
  expect(() => webhooks.endpointLog(stranger, id, page)).toThrow(expect.objectContaining(unknown));
  await expect(webhooks.ofAgent(stranger, house.agentId)).rejects.toMatchObject({ code: 'agent-not-found' });
  expect(webhooks.endpoints(stranger, page)).toEqual({ items: [], total: 0 });
});

test('no secret lies readable in the database', async () => {
  const house = await OutsideHouse.open();
  const { mcpServers, tools, webhooks } = house.domain;
  const { agentId, principal } = house;
  const secret = 'Tr0ub4dor-and-3-horses';
  const url = 'https://10.0.0.1/';
  await tools.create(principal, { name: 'Tool', url, headersSchema: { Authorization: secret } });
  const server = { name: 'Server', serverUrl: url, headers: { Authorization: secret }, isActive: false };
  const saved = await mcpServers.create(principal, server);
  await webhooks.createEndpoint(principal, { url, events: ['call.completed'], secret });
  await webhooks.setOrganizationSecret(principal, secret);
  await webhooks.changeOfAgent(principal, agentId, {
    incoming: { secret },
    outgoing: { url, headers: { 'X-Key': secret }, auth: { type: 'bearer', token: secret } },
  });
  const stored = house.everythingStored();
  expect(stored).toContain('https://10.0.0.1/');
  expect(stored).not.toContain(secret);
  expect(mcpServers.get(principal, saved.id).headers).toEqual({ Authorization: secret });
  expect(webhooks.organizationSecret(principal)).toBe(secret);
  const { incoming, outgoing } = await webhooks.ofAgent(principal, agentId);
  expect([incoming.secret, outgoing.auth?.token, outgoing.headers]).toEqual([secret, secret, { 'X-Key': secret }]);
});

test('signatures are those of RFC 2104 with SHA-256, and waits grow from a second to ten minutes', () => {
  const key = 'key';
  const text = 'The quick brown fox jumps over the lazy dog';
  const known = 'sha256=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8';
  expect(signatureOf(key, text)).toBe(known);
  expect(isSignedBy(key, text, known.toUpperCase())).toBe(true);
  expect([1, 2, 3, 4, 5, 6, 99].map(retryDelayMs)).toEqual([1_000, 5_000, 30_000, 120_000, 600_000, 600_000, 600_000]);
});
