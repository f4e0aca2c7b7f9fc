import { describe, expect, test } from 'vitest';
import { LandlineError } from '../../../server/contract/errors.ts';
import { CallQueue } from '../../../server/jobs/call-queue/call-queue.ts';
import { realClock } from '../../../server/lifetime/clock.ts';
import { silentLogger } from '../../../server/log/logger.ts';
import { KupeHouse } from './kupe-house.ts';

const createCall = '/api/call/create_call';
const number = '%2B15550142';
const unknownId = '00000000-0000-4000-8000-000000000000';
const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;

describe('create_call', () => {
  test('dials with the agent and answers with the ids of the call', async () => {
    const house = await KupeHouse.open();
    const agentId = await house.agent();
    const line = await house.domain.numbers.add({ organizationId: house.organizationId, dialled: '+4930555' });
    const reply = await house.request('POST', `${createCall}?phoneNumber=${number}&agent_id=${agentId}`, {
      variable_values: { name: 'Ada' },
    });
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual({
      status: 'success',
      request_id: uuid,
      call_session_id: uuid,
      user_id: house.userId,
      telephony_provider: 'pstn',
      target_number: '+15550142',
      from_phone_number: '+4930555',
    });
    expect(house.domain.calls.find(reply.id('call_session_id'))).toMatchObject({
      requestId: reply.id('request_id'),
      agentId,
      userId: house.userId,
      callerNumberId: line.id,
      variables: { name: 'Ada' },
    });
  });

  test('takes the plus sign however it comes, a session instead of a key, and a trailing slash', async () => {
    const house = await KupeHouse.open();
    const agentId = await house.agent();
    const person = await house.person('developer');
    for (const written of ['+15550142', '15550142', '%2015550142']) {
      const reply = await house.request(
        'POST',
        `${createCall}/?phoneNumber=${written}&agent_id=${agentId}`,
        undefined,
        person.session,
      );
      expect([reply.status, reply.at('target_number'), reply.at('user_id')]).toEqual([200, '+15550142', person.userId]);
    }
  });

  test('takes the agent of a line that is named, and the line of the agent', async () => {
    const house = await KupeHouse.open();
    const { organizationId } = house;
    const agentId = await house.agent();
    await house.domain.numbers.add({ organizationId, dialled: '+4930111' });
    const own = await house.domain.numbers.add({ organizationId, dialled: '+4930222', agentId });
    const byAgent = await house.request('POST', `${createCall}?phoneNumber=${number}&agent_id=${agentId}`);
    expect(byAgent.at('from_phone_number')).toBe('+4930222');
    const byLine = await house.request('POST', `${createCall}?phoneNumber=${number}&phone_number_id=${own.id}`);
    expect(house.domain.calls.find(byLine.id('call_session_id'))?.agentId).toBe(agentId);
  });

  test('says what is wrong with a request, and begins nothing', async () => {
    const house = await KupeHouse.open();
    const agentId = await house.agent();
    const idle = await house.agent({ name: 'Idle', enabled: false });
    const ask = async (query: string) => house.request('POST', `${createCall}?${query}`);
    const missing = await ask(`agent_id=${agentId}`);
    expect([missing.status, missing.list('detail')[0]]).toEqual([
      422,
      { loc: ['query', 'phoneNumber'], msg: 'Field required', type: 'missing' },
    ]);
    expect((await ask(`phoneNumber=hello&agent_id=${agentId}`)).status).toBe(422);
    expect((await ask(`phoneNumber=${number}&agent_id=${unknownId}`)).status).toBe(404);
    expect((await ask(`phoneNumber=${number}`)).status).toBe(400);
    expect((await ask(`phoneNumber=${number}&agent_id=${idle}`)).status).toBe(400);
    expect((await ask(`phoneNumber=${number}&workflow_id=${unknownId}`)).body).toEqual({
      detail: 'Workflows are not available on this appliance',
    });
    expect(
      (await house.request('POST', `${createCall}?phoneNumber=${number}&agent_id=${agentId}`, undefined, 'none'))
        .status,
    ).toBe(401);
    const stranger = await house.stranger();
    expect(
      (await house.request('POST', `${createCall}?phoneNumber=${number}&agent_id=${agentId}`, undefined, stranger.key))
        .status,
    ).toBe(404);
    expect(house.domain.calls.list({ organizationId: house.organizationId }, { limit: 10, offset: 0 }).total).toBe(0);
  });

  test('is refused to an organization that may not dial, for a number that must not be called, without a line', async () => {
    const house = await KupeHouse.open();
    const stranger = await house.stranger();
    const theirs = await house.domain.agents.create(stranger.organizationId, { name: 'A', systemPrompt: 'B' });
    const url = `${createCall}?phoneNumber=${number}&agent_id=${theirs.id}`;
    expect((await house.request('POST', url, undefined, stranger.key)).status).toBe(403);
    const agentId = await house.agent();
    house.telephone.why = 'No peer is configured.';
    const noLine = await house.request('POST', `${createCall}?phoneNumber=${number}&agent_id=${agentId}`);
    expect([noLine.status, noLine.body]).toEqual([500, { detail: 'No peer is configured.' }]);
  });

  test('that fails while it begins is still 200, with its ids', async () => {
    const house = await KupeHouse.open();
    house.telephone.startFailure = new LandlineError('cannot-dial', 'The peer refused the call.');
    const reply = await house.request('POST', `${createCall}?phoneNumber=${number}&agent_id=${await house.agent()}`);
    expect([reply.status, reply.body]).toEqual([
      200,
      expect.objectContaining({
        status: 'failed',
        request_id: uuid,
        call_session_id: uuid,
        detail: 'The peer refused the call.',
      }),
    ]);
  });

  test('is not for pages of foreign origins', async () => {
    const house = await KupeHouse.open({ allowedOrigins: ['https://crm.example.lan'] });
    const url = `${createCall}?phoneNumber=${number}&agent_id=${await house.agent()}`;
    const from = async (Origin: string) => house.request('POST', url, undefined, { key: house.key }, { Origin });
    expect((await from('https://evil.example')).status).toBe(403);
    expect((await from('https://crm.example.lan')).status).toBe(200);
    expect((await from(house.server.url)).status).toBe(200);
  });

  test('needs the outbound feature of whoever signed in; a key passes', async () => {
    const house = await KupeHouse.open();
    const admin = await house.person('org_admin');
    const person = await house.person('developer');
    await house.request('PUT', `/api/v1/feature-flags/${person.userId}`, { outbound: false }, admin.session);
    const url = `${createCall}?phoneNumber=${number}&agent_id=${await house.agent()}`;
    expect((await house.request('POST', url, undefined, person.session)).status).toBe(403);
    expect((await house.request('POST', url, undefined, person.key)).status).toBe(200);
  });
});

test('who answers a line is behind the inbound feature of whoever signed in; a key passes', async () => {
  const house = await KupeHouse.open();
  const admin = await house.person('org_admin');
  const person = await house.person('developer');
  await house.request('PUT', `/api/v1/feature-flags/${person.userId}`, { inbound: false }, admin.session);
  const path = `/api/v1/phone/mapping/agent/${await house.agent()}`;
  expect((await house.request('GET', path, undefined, person.session)).status).toBe(403);
  expect((await house.request('GET', path, undefined, person.key)).status).toBe(200);
  expect((await house.request('GET', '/api/v1/phone', undefined, person.session)).status).toBe(200);
});

test('a call for which no line is free waits, keeps its ids, and begins when one is', async () => {
  const house = await KupeHouse.open();
  const { domain, telephone } = house;
  const queue = new CallQueue({ ...domain, dialer: telephone, clock: realClock, log: silentLogger });
  telephone.startFailure = new LandlineError('too-many-calls', 'All lines are in use.');
  queue.start();
  const url = `${createCall}?phoneNumber=${number}&agent_id=${await house.agent()}`;
  const reply = await house.request('POST', url, { variable_values: { name: 'Ada' } });
  expect([reply.status, reply.body]).toEqual([
    202,
    expect.objectContaining({
      status: 'queued',
      queue_job_id: uuid,
      request_id: uuid,
      call_session_id: uuid,
      source: 'create_call',
    }),
  ]);
  expect(domain.calls.find(reply.id('call_session_id'))).toBeUndefined();
  telephone.startFailure = undefined;
  await expect
    .poll(() => domain.calls.find(reply.id('call_session_id')), { timeout: 5_000 })
    .toMatchObject({
      requestId: reply.id('request_id'),
      variables: { name: 'Ada' },
    });
  await queue.stop();
  expect(domain.queuedCalls.firsts()).toEqual([]);
  expect(queue.counters).toEqual({ placed: 1, refused: 0, expired: 0 });
});

test('a waiting call that can never be placed is written down as failed', async () => {
  const house = await KupeHouse.open();
  const { domain, telephone } = house;
  telephone.startFailure = new LandlineError('too-many-calls', 'All lines are in use.');
  const agentId = await house.agent();
  const reply = await house.request('POST', `${createCall}?phoneNumber=${number}&agent_id=${agentId}`);
  await domain.agents.delete(house.organizationId, agentId);
  const queue = new CallQueue({ ...domain, dialer: telephone, clock: realClock, log: silentLogger });
  queue.start();
  await expect.poll(() => domain.calls.find(reply.id('call_session_id'))?.status, { timeout: 5_000 }).toBe('failed');
  await queue.stop();
  const log = await house.request('GET', `/api/v1/call-analytics?request_id=${reply.id('request_id')}`);
  expect(log.body).toMatchObject({
    status: 'failed',
    error_message: 'The agent of this call has been deleted or disabled.',
  });
});

describe('the pages of the call service', () => {
  test('tell the status, as JSON to programs and as HTML to people', async () => {
    const house = await KupeHouse.open();
    expect((await house.request('GET', '/api/call/')).body).toMatchObject({
      status: 'healthy',
      telephony_provider: 'pstn',
    });
    expect((await house.request('GET', '/api/call')).status).toBe(200);
    const page = await house.request('GET', '/api/call/', undefined, { key: house.key }, { Accept: 'text/html,*/*' });
    expect([page.headers.get('content-type'), page.text]).toEqual([
      'text/html; charset=utf-8',
      expect.stringContaining('healthy'),
    ]);
    expect((await house.request('GET', '/api/call/', undefined, 'none')).status).toBe(401);
  });

  test('check whether an agent could call', async () => {
    const house = await KupeHouse.open();
    const agentId = await house.agent({ enabled: false });
    const ask = async () => house.request('GET', `/api/call/test?agent_id=${agentId}`);
    expect((await ask()).body).toEqual({
      valid: false,
      agent_id: agentId,
      issues: ['The agent is not active.', 'There is no phone line to call out with.'],
    });
    await house.domain.numbers.add({ organizationId: house.organizationId, dialled: '+4930555' });
    await house.domain.agents.update(house.organizationId, agentId, { enabled: true });
    expect((await ask()).at('valid')).toBe(true);
    expect((await house.request('GET', '/api/call/test')).status).toBe(422);
    expect((await house.request('GET', `/api/call/test?agent_id=${unknownId}`)).status).toBe(404);
  });

  test('give a token for the sockets that opens nothing else', async () => {
    const house = await KupeHouse.open();
    const reply = await house.request('GET', '/api/call/auth/token');
    expect(reply.body).toMatchObject({ token_type: 'bearer', expires_in: 3_600 });
    expect((await house.request('GET', '/api/v1/me', undefined, { token: reply.id('token') })).status).toBe(401);
  });

  test('tell a carrier where a call goes: by socket with a credential, else by SIP', async () => {
    const house = await KupeHouse.open();
    const agentId = await house.agent();
    await house.domain.numbers.add({ organizationId: house.organizationId, dialled: '+4930555', agentId });
    const path = '/api/call/incoming_call';
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const ask = async (body: string, credential: 'none' | { key: string }) =>
      house.request('POST', path, body, credential, form);
    const open = await ask('To=%2B4930555&From=%2B1555', 'none');
    expect([open.status, open.headers.get('content-type')]).toEqual([200, 'text/xml; charset=utf-8']);
    expect(open.text).toContain(`<Dial answerOnBridge="true"><Sip>sip:${agentId}@127.0.0.1</Sip></Dial>`);
    const known = await ask('To=4930555&From=%3C%22%3E', { key: house.key });
    expect(known.text).toContain(`/api/call/media-stream/agents/${agentId}?token=voice.`);
    expect(known.text).toContain('<Parameter name="from" value="&lt;&quot;&gt;"/>');
    expect((await ask('To=%2B4930556', 'none')).text).toContain('<Reject');
    const stranger = await house.stranger();
    expect((await ask('To=%2B4930555', stranger.key)).text).toContain('<Reject');
    expect((await house.request('GET', `${path}?To=%2B4930555`, undefined, 'none')).text).toContain('<Dial');
  });

  test('a socket asked for without an upgrade says so', async () => {
    const house = await KupeHouse.open();
    for (const name of ['media-stream', 'web-media-stream']) {
      const response = await fetch(`${house.server.url}/api/call/${name}`);
      expect([response.status, response.headers.get('upgrade')]).toEqual([426, 'websocket']);
    }
  });
});

describe('phone lines', () => {
  test('are listed, and mapped to the agent that answers them', async () => {
    const house = await KupeHouse.open();
    const agentId = await house.agent();
    const { id } = await house.domain.numbers.add({
      organizationId: house.organizationId,
      dialled: '+4930555',
      friendlyName: 'Main line',
      countryCode: 'DE',
    });
    expect((await house.request('GET', '/api/v1/phone')).body).toEqual({
      success: true,
      phone_numbers: [
        {
          id,
          phone_number: '+4930555',
          friendly_name: 'Main line',
          country_code: 'DE',
          region: null,
          is_active: true,
          created_at: expect.any(String) as string,
        },
      ],
    });
    const empty = await house.request('GET', `/api/v1/phone/mapping/${id}`);
    expect(empty.body).toEqual({ success: true, mapping: null });
    const mapped = await house.request('POST', '/api/v1/phone/mapping', {
      phone_number_id: id,
      agent_id: agentId,
      webhook_url: 'x',
    });
    const mapping = {
      id: uuid,
      agent_id: agentId,
      workflow_id: null,
      phone_number_id: id,
      phone_number: '+4930555',
      user_id: house.userId,
      created_at: expect.any(String) as string,
    };
    expect([mapped.status, mapped.at('mapping')]).toEqual([200, mapping]);
    expect((await house.request('GET', `/api/v1/phone/mapping/${id}`)).at('mapping')).toEqual(mapping);
    expect((await house.request('GET', `/api/v1/phone/mapping/agent/${agentId}`)).at('mappings')).toEqual([mapping]);
    expect(house.domain.agents.resolveDialled('4930555')).toMatchObject({
      kind: 'found',
      by: 'route',
      agent: { id: agentId },
    });
  });

  test('refuse what is not there, not ours, or both agent and workflow', async () => {
    const house = await KupeHouse.open();
    const agentId = await house.agent();
    const { id } = await house.domain.numbers.add({ organizationId: house.organizationId, dialled: '+4930555' });
    const stranger = await house.stranger();
    const map = async (body: object, credential?: { key: string }) =>
      (await house.request('POST', '/api/v1/phone/mapping', body, credential)).status;
    expect(await map({ phone_number_id: id })).toBe(400);
    expect(await map({ phone_number_id: id, agent_id: agentId, workflow_id: unknownId })).toBe(400);
    expect(await map({ phone_number_id: id, workflow_id: unknownId })).toBe(400);
    expect(await map({ phone_number_id: unknownId, agent_id: agentId })).toBe(404);
    expect(await map({ phone_number_id: id, agent_id: unknownId })).toBe(404);
    expect(await map({ agent_id: agentId })).toBe(422);
    expect(await map({ phone_number_id: id, agent_id: agentId }, stranger.key)).toBe(404);
    expect((await house.request('GET', '/api/v1/phone', undefined, stranger.key)).at('phone_numbers')).toEqual([]);
    expect((await house.request('GET', `/api/v1/phone/mapping/${id}`, undefined, stranger.key)).status).toBe(404);
    expect((await house.request('GET', `/api/v1/phone/mapping/agent/${agentId}`, undefined, stranger.key)).status).toBe(
      404,
    );
  });
});
