import { writeFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import yauzl from 'yauzl';
import { Metering } from '../../../server/jobs/metering/metering.ts';
import { realClock } from '../../../server/lifetime/clock.ts';
import { silentLogger } from '../../../server/log/logger.ts';
import { makeWav } from '../../data/wav.ts';
import { KupeHouse } from './kupe-house.ts';

const base = '/api/v1/call-analytics';
const unknownId = '00000000-0000-4000-8000-000000000000';

interface MadeCall {
  readonly callId: string;
  readonly requestId: string;
}

/** A call that a client ordered, with words of both sides; it has ended. */
async function endedCall(
  house: KupeHouse,
  agentId: string,
  words: readonly string[] = ['Good morning.', 'Hello.'],
): Promise<MadeCall> {
  const reply = await house.request('POST', `/api/call/create_call?phoneNumber=%2B15550142&agent_id=${agentId}`);
  const callId = reply.id('call_session_id');
  const { calls } = house.domain;
  await calls.answered(callId, calls.find(callId)?.startedAtMs ?? 0);
  for (const [index, text] of words.entries()) {
    const role = index % 2 === 0 ? 'agent' : 'caller';
    const times = { startMs: index * 1_000, endMs: index * 1_000 + 800 };
    await calls.addTurn(callId, { role, text, ...times, interrupted: false, provider: 'starter', marks: {} });
  }
  await house.telephone.end(callId, 'end');
  return { callId, requestId: reply.id('request_id') };
}

/** One second of audio. */
async function record(house: KupeHouse, callId: string): Promise<Buffer> {
  const { path } = await house.domain.recordings.open(callId);
  const wav = makeWav(8_000);
  writeFileSync(path, wav);
  await house.domain.recordings.finished(callId, { durationMs: 1_000, sizeBytes: wav.length });
  return wav;
}

/** Files of a ZIP by name. */
async function unzip(bytes: Buffer): Promise<Map<string, Buffer>> {
  const zip = await yauzl.fromBufferPromise(bytes);
  const files = new Map<string, Buffer>();
  for await (const entry of zip.eachEntry()) {
    const chunks: Buffer[] = [];
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    files.set(entry.fileName, Buffer.concat(chunks));
  }
  return files;
}

async function exported(house: KupeHouse, query: string): Promise<Map<string, Buffer>> {
  const response = await fetch(`${house.server.url}${base}/export?${query}`, { headers: { 'x-api-key': house.key } });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/zip']);
  return unzip(Buffer.from(await response.arrayBuffer()));
}

describe('call sessions', () => {
  test('one is had by its request id, with words, cost and recording', async () => {
    const house = await KupeHouse.open();
    const agentId = await house.agent();
    const { callId, requestId } = await endedCall(house, agentId);
    const wav = await record(house, callId);
    const metering = new Metering({ ...house.domain, clock: realClock, log: silentLogger });
    metering.start();
    await expect.poll(() => house.domain.usage.costsOf([callId]).size, { timeout: 5_000 }).toBe(1);
    await metering.stop();
    const reply = await house.request('GET', `${base}?request_id=${requestId}`);
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({
      id: callId,
      call_session_id: callId,
      request_id: requestId,
      user_id: house.userId,
      agent_id: agentId,
      agent_name: 'Reception',
      call_type: 'outbound',
      status: 'completed',
      to_number: '+15550142',
      telephony_provider: 'pstn',
      end_reason: 'api-end',
      cost_usd: expect.any(Number) as number,
      duration_seconds: expect.any(Number) as number,
      call_transcript: [
        { role: 'assistant', content: 'Good morning.' },
        { role: 'user', content: 'Hello.' },
      ],
      post_call_analysis_results: expect.any(Array) as unknown[],
    });
    const url = reply.id('recording_url');
    expect(url).toMatch(new RegExp(`^${house.server.url}/media/recordings/${callId}\\?exp=\\d+&sig=[0-9a-f]{64}$`));
    const played = await fetch(url, { headers: { Range: 'bytes=0-3' } });
    expect([played.status, Buffer.from(await played.arrayBuffer()).toString()]).toEqual([206, 'RIFF']);
    expect(Buffer.from(await (await fetch(url)).arrayBuffer())).toEqual(wav);
    for (const forged of [
      url.replace(/sig=./, 'sig=x'),
      url.replace(/exp=\d/, 'exp=9'),
      url.replace(callId, unknownId),
    ]) {
      expect((await fetch(forged)).status).toBe(403);
    }
    expect((await house.request('GET', `${base}?request_id=${unknownId}`)).status).toBe(404);
  });

  test('are listed whole or by pages, newest first, with an exact total, and searched', async () => {
    const house = await KupeHouse.open();
    const agentId = await house.agent();
    const made: MadeCall[] = [];
    for (let count = 0; count < 3; count++) made.push(await endedCall(house, agentId, []));
    const ids = made.map(({ requestId }) => requestId).toReversed();
    expect((await house.request('GET', base)).list().map(({ request_id }) => request_id)).toEqual(ids);
    const page = await house.request('GET', `${base}?page=2&page_size=2`);
    expect(page.body).toMatchObject({ total: 3, page: 2, page_size: 2, items: [{ request_id: ids[2] }] });
    const found = async (query: string) => (await house.request('GET', `${base}?page=1&${query}`)).at('total');
    expect(await found('filter=outbound')).toBe(3);
    expect(await found('filter=inbound')).toBe(0);
    expect(await found('search_filter=WEB')).toBe(0);
    expect(await found(`filter=${String(ids[0]).slice(0, 13)}`)).toBe(1);
    expect(await found(`filter=${encodeURIComponent("' OR 1=1 --")}`)).toBe(0);
    for (const wrong of ['page=0', 'page_size=101', 'page=x']) {
      expect((await house.request('GET', `${base}?${wrong}`)).status).toBe(422);
    }
  });

  test('show what is written meanwhile in the very next answer', async () => {
    const house = await KupeHouse.open();
    const agentId = await house.agent();
    const { callId, requestId } = await endedCall(house, agentId);
    const first = async () => (await house.request('GET', `${base}?page=1`)).list('items')[0] ?? {};
    expect(await first()).toMatchObject({ agent_name: 'Reception', recording_url: null });
    await house.domain.agents.update(house.organizationId, agentId, { name: 'Front desk' });
    expect(await first()).toMatchObject({ agent_name: 'Front desk' });
    await record(house, callId);
    expect(await first()).toMatchObject({
      request_id: requestId,
      recording_url: expect.stringContaining(callId) as string,
    });
    const newer = await endedCall(house, agentId);
    expect(await first()).toMatchObject({ request_id: newer.requestId, status: 'completed' });
  });

  test('of an agent under HIPAA rules hold no words, recording or results', async () => {
    const house = await KupeHouse.open();
    const made = await house.request('POST', '/api/v1/agents', { agent: { name: 'Clinic', hipaa_compliance: true } });
    const { callId, requestId } = await endedCall(house, made.id('agent', 'id'));
    await record(house, callId);
    const reply = await house.request('GET', `${base}?request_id=${requestId}`);
    expect(reply.body).toMatchObject({ call_transcript: [], recording_url: null, post_call_analysis_results: [] });
    const files = await exported(house, `request_id=${requestId}&include_recordings=true`);
    expect([...files.keys()]).toEqual(['calls.json', 'calls.csv']);
    expect(files.get('calls.json')?.toString()).not.toContain('Good morning');
  });

  test('are those of the organization; a super administrator may ask for others', async () => {
    const house = await KupeHouse.open();
    const { requestId } = await endedCall(house, await house.agent());
    const stranger = await house.stranger();
    expect((await house.request('GET', base, undefined, stranger.key)).body).toEqual([]);
    expect((await house.request('GET', `${base}?request_id=${requestId}`, undefined, stranger.key)).status).toBe(404);
    const organizations = `organization_ids=${house.organizationId}&page=1`;
    expect((await house.request('GET', `${base}?${organizations}`, undefined, stranger.key)).at('total')).toBe(0);
    const chief = await house.person('super_admin', stranger.organizationId);
    const asChief = async (query: string) =>
      (await house.request('GET', `${base}?page=1${query}`, undefined, chief.session)).at('total');
    expect(await asChief('')).toBe(0);
    expect(await asChief('&scope=all')).toBe(1);
    expect(await asChief(`&organization_ids=${house.organizationId}`)).toBe(1);
    expect(await asChief(`&scope=all&owner_user_ids=${house.userId}`)).toBe(1);
    expect(await asChief('&scope=all&platform_roles=user')).toBe(0);
  });

  test('need one of their features for people, and none for keys', async () => {
    const house = await KupeHouse.open();
    const admin = await house.person('org_admin');
    const person = await house.person('developer');
    const flags = `/api/v1/feature-flags/${person.userId}`;
    await house.request('PUT', flags, { call_analytics: false }, admin.session);
    expect((await house.request('GET', base, undefined, person.session)).status).toBe(200);
    await house.request('PUT', flags, { call_logs: false }, admin.session);
    expect((await house.request('GET', base, undefined, person.session)).status).toBe(403);
    expect((await house.request('GET', `${base}/export?request_id=x`, undefined, person.session)).status).toBe(403);
    expect((await house.request('GET', base, undefined, person.key)).status).toBe(200);
    expect((await house.request('GET', base, undefined, 'none')).status).toBe(401);
  });
});

describe('the export', () => {
  test('is a ZIP with the calls as JSON and CSV, their words and their recordings', async () => {
    const house = await KupeHouse.open();
    const agentId = await house.agent({ name: '=HYPERLINK("http://evil")' });
    const { callId, requestId } = await endedCall(house, agentId);
    const wav = await record(house, callId);
    const silent = await endedCall(house, agentId, []);
    const today = new Date().toISOString().slice(0, 10);
    const files = await exported(house, `start_date=${today}&end_date=${today}&include_recordings=True`);
    expect([...files.keys()].toSorted()).toEqual([
      'calls.csv',
      'calls.json',
      `recordings/${requestId}.wav`,
      `transcripts/${requestId}.txt`,
    ]);
    expect(files.get(`transcripts/${requestId}.txt`)?.toString()).toBe('Agent: Good morning.\nUser: Hello.\n');
    expect(files.get(`recordings/${requestId}.wav`)).toEqual(wav);
    const json = JSON.parse(String(files.get('calls.json'))) as Record<string, unknown>[];
    expect(json.map(({ request_id }) => request_id)).toEqual([silent.requestId, requestId]);
    expect(json[1]).toMatchObject({ recording_url: `recordings/${requestId}.wav` });
    const rows: Record<string, string>[] = parse(String(files.get('calls.csv')), { columns: true });
    expect(rows[1]).toMatchObject({
      request_id: requestId,
      agent_name: '\'=HYPERLINK("http://evil")',
      to_number: '+15550142',
      status: 'completed',
    });
  });

  test('of one call leaves recordings out unless asked', async () => {
    const house = await KupeHouse.open();
    const { callId, requestId } = await endedCall(house, await house.agent());
    await record(house, callId);
    await endedCall(house, await house.agent());
    const files = await exported(house, `request_id=${requestId}`);
    expect([...files.keys()]).toEqual(['calls.json', 'calls.csv', `transcripts/${requestId}.txt`]);
    expect(JSON.parse(String(files.get('calls.json')))).toHaveLength(1);
  });

  test('says what it needs', async () => {
    const house = await KupeHouse.open();
    const { requestId } = await endedCall(house, await house.agent());
    const ask = async (query: string, credential?: { key: string }) =>
      (await house.request('GET', `${base}/export?${query}`, undefined, credential)).status;
    expect(await ask('')).toBe(400);
    expect(await ask('start_date=2026-01-31')).toBe(400);
    expect(await ask('start_date=2026-02-01&end_date=2026-01-01')).toBe(400);
    expect(await ask('start_date=2026-02-30&end_date=yesterday')).toBe(422);
    expect(await ask(`request_id=${unknownId}`)).toBe(404);
    const stranger = await house.stranger();
    expect(await ask(`request_id=${requestId}`, stranger.key)).toBe(404);
    const empty = await exported(house, 'start_date=2020-01-01&end_date=2020-01-02');
    expect(String(empty.get('calls.json'))).toBe('[]\n');
  });
});
