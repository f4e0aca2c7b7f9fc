import { describe, expect, test } from 'vitest';
import { example } from './examples.ts';
import { KupeHouse } from './kupe-house.ts';

const unknownId = '00000000-0000-4000-8000-000000000000';

describe('the door', () => {
  test('opens to a key, to a session, and to a good session beside a key that fails', async () => {
    const house = await KupeHouse.open();
    const person = await house.person('developer');
    const me = async (headers: Record<string, string>) => {
      const response = await fetch(`${house.server.url}/api/v1/me`, { headers });
      return [response.status, ((await response.json()) as { auth?: string }).auth];
    };
    const bearer = { Authorization: `Bearer ${person.session.token}` };
    expect(await me({ 'x-api-key': house.key })).toEqual([200, 'api_key']);
    expect(await me({ 'X-API-KEY': person.key.key, ...bearer })).toEqual([200, 'api_key']);
    expect(await me(bearer)).toEqual([200, 'bearer']);
    expect(await me({ 'x-api-key': 'wrong', ...bearer })).toEqual([200, 'bearer']);
    expect(await me({ 'x-api-key': 'x'.repeat(32) })).toEqual([401, undefined]);
    expect(await me({ Authorization: 'Bearer a.b.c' })).toEqual([401, undefined]);
  });

  test('leaves a key that fails to the good key of another API on a path of both', async () => {
    const house = await KupeHouse.open();
    const { key } = await house.domain.credentials.issue({ organizationId: house.organizationId, name: 'va' });
    const agents = async (apiKey: string, bearer: string) => {
      const headers = { 'x-api-key': apiKey, Authorization: `Bearer ${bearer}` };
      const response = await fetch(`${house.server.url}/api/v1/agents`, { headers });
      return [response.status, Object.keys((await response.json()) as object).includes('success')];
    };
    expect(await agents('x'.repeat(32), key)).toEqual([200, true]);
    expect(await agents(house.key, key)).toEqual([200, false]);
    expect(await agents('x'.repeat(32), `va_${'x'.repeat(43)}`)).toEqual([401, true]);
  });

  test('says what is missing in the words of this API', async () => {
    const house = await KupeHouse.open();
    const none = await house.request('GET', '/api/v1/me', undefined, 'none');
    expect([none.status, none.body, none.headers.get('www-authenticate')]).toEqual([
      401,
      { detail: 'Not authenticated' },
      'Bearer',
    ]);
    const wrong = await house.request('GET', '/api/v1/phone', undefined, { key: 'x'.repeat(32) });
    expect([wrong.status, wrong.body]).toEqual([401, { detail: 'Invalid API key' }]);
    expect((await house.request('GET', '/api/v1/nothing')).body).toEqual({ detail: 'There is no such endpoint.' });
    const method = await house.request('DELETE', '/api/v1/phone');
    expect([method.status, method.body, method.headers.get('allow')]).toEqual([
      405,
      { detail: 'Method Not Allowed' },
      'GET',
    ]);
  });

  test('lets a narrowed key do what its scopes say, and answers the rest as printed', async () => {
    const house = await KupeHouse.open();
    const { key } = await house.domain.credentials.issue({
      kind: 'kupe',
      organizationId: house.organizationId,
      userId: house.userId,
      name: 'Narrow',
      scopes: [{ pathPrefix: '/api/v1/agents', method: 'GET' }],
    });
    const ask = async (method: string, path: string) => house.request(method, path, {}, { key });
    expect((await house.request('GET', '/api/v1/agents', undefined, { key })).status).toBe(200);
    for (const [method, path] of [
      ['POST', '/api/v1/agents'],
      ['DELETE', `/api/v1/agents/${unknownId}`],
      ['POST', '/api/v1/agent-files-mappings/create'],
    ] as const) {
      const refused = await ask(method, path);
      expect([path, refused.status, refused.body]).toEqual([path, 403, example('error.response.json')]);
    }
  });

  test('takes what FastAPI would: bodies of any JSON type, and says where each is wrong', async () => {
    const house = await KupeHouse.open();
    for (const body of ['[]', '"text"', '5']) {
      const { status, detail } = await house.request('POST', '/api/v1/agents/simple', body);
      expect([body, status, Array.isArray(detail)]).toEqual([body, 422, true]);
    }
    const large = await house.request('POST', '/api/v1/agents/simple', `{"name":"${'x'.repeat(1_100_000)}"}`);
    expect([large.status, typeof large.detail]).toEqual([413, 'string']);
    const polluted = await house.request(
      'POST',
      '/api/v1/agents',
      '{"agent":{"name":"A","__proto__":{"is_active":false}}}',
    );
    expect([polluted.status, polluted.at('agent', 'is_active')]).toEqual([201, true]);
  });
});

describe('the current user', () => {
  test('is told', async () => {
    const house = await KupeHouse.open();
    const user = await house.domain.users.create({
      organizationId: house.organizationId,
      email: 'ada@landline.example',
      fullName: 'Ada Lovelace',
      phone: '+4930555',
      role: 'developer',
    });
    const issued = await house.domain.credentials.issue({
      kind: 'kupe',
      organizationId: house.organizationId,
      userId: user.id,
      name: 'Key',
    });
    expect((await house.request('GET', '/api/v1/me', undefined, { key: issued.key })).body).toEqual({
      user_id: user.id,
      auth: 'api_key',
      email: 'ada@landline.example',
      phone: '+4930555',
      profile_image_url: null,
      full_name: 'Ada Lovelace',
      user_metadata: { full_name: 'Ada Lovelace', first_name: 'Ada', last_name: 'Lovelace' },
    });
  });

  test('sees the others as an administrator, and nobody else', async () => {
    const house = await KupeHouse.open();
    const admin = await house.person('org_admin');
    const developer = await house.person('developer');
    await house.stranger();
    const seen = await house.request('GET', '/api/v1/me/users', undefined, admin.session);
    expect(seen.list('users').map(({ user_id }) => user_id)).toEqual(
      expect.arrayContaining([house.userId, admin.userId, developer.userId]) as string[],
    );
    expect(seen.at('total')).toBe(3);
    const few = await house.request('GET', '/api/v1/me/users', undefined, developer.session);
    expect(few.body).toEqual({ users: [], total: 0, message: 'Only administrators see other users' });
  });
});

describe('engines and voices', () => {
  test('are those of this machine, with the codes that they stand in for', async () => {
    const house = await KupeHouse.open();
    const first = async (kind: string) => (await house.request('GET', `/api/v1/providers/${kind}`)).list()[0];
    expect(await first('model')).toMatchObject({
      provider_name: 'landline',
      model_name: 'starter (scripted)',
      is_default: true,
      aliases: expect.arrayContaining(['gpt-4.1-mini', 'gemini-2.5-flash']) as string[],
    });
    expect(await first('stt')).toMatchObject({
      name: 'starter-stt-en',
      aliases: expect.arrayContaining(['saarika:2.5']) as string[],
    });
    expect(await first('tts')).toMatchObject({ model_name: 'flite', default_voice: 'slt', requires_api_key: false });
    expect(await first('vad')).toMatchObject({ is_default: true });
    const all = await house.request('GET', '/api/v1/providers/all');
    expect(all.at('tts_providers', 0)).toEqual(await first('tts'));
    expect((await house.request('GET', '/api/v1/noise-assets')).body).toEqual([]);
  });

  test('a voice can be given a name of one’s own, which an agent then speaks with', async () => {
    const house = await KupeHouse.open();
    const voices = (await house.request('GET', '/api/v1/tts-voices')).list();
    expect(voices.map(({ voice_name }) => voice_name)).toEqual(['slt', 'rms', 'awb', 'kal16']);
    expect(voices[0]).toMatchObject({ aliases: ['Anushka', 'priya', 'thalia', 'darla'], gender: 'female' });
    const provider = String(voices[0]?.['provider_id']);
    const made = await house.request('POST', '/api/v1/tts-voices', {
      provider_id: provider,
      voice_name: 'Angus',
      engine_voice: 'awb',
      accent: 'Scottish',
    });
    expect([made.status, made.body]).toEqual([
      201,
      expect.objectContaining({ voice_name: 'Angus', language: 'en-US', gender: 'male', accent: 'Scottish' }),
    ]);
    expect(
      (await house.request('POST', '/api/v1/tts-voices', { provider_id: provider, voice_name: 'angus' })).status,
    ).toBe(409);
    expect((await house.request('POST', '/api/v1/tts-voices', {})).status).toBe(422);
    const path = `/api/v1/tts-voices/${made.id('id')}`;
    expect((await house.request('GET', path)).body).toEqual(made.body);
    expect((await house.request('GET', `/api/v1/tts-voices/provider/${provider}`)).list()).toHaveLength(5);
    expect((await house.request('GET', `/api/v1/tts-voices/provider/${unknownId}`)).status).toBe(404);
    const agent = await house.request('POST', '/api/v1/agents', {
      agent: { name: 'A' },
      tts_config: { voice_name: 'Angus' },
    });
    expect(house.domain.agents.find(agent.id('agent', 'id'))?.voice).toBe('awb');
    const stranger = await house.stranger();
    expect((await house.request('GET', path, undefined, stranger.key)).status).toBe(404);
    expect((await house.request('GET', '/api/v1/tts-voices', undefined, stranger.key)).list()).toHaveLength(4);
  });

  test('stay the same rows over restarts, and go when their engine goes', async () => {
    const house = await KupeHouse.open();
    const { catalog } = house.domain;
    const engines = { brain: 'other', recogniser: 'starter-stt-en', speaker: 'piper', voices: [] };
    const before = catalog.models('stt')[0]?.id;
    await catalog.mirror(engines);
    expect(catalog.models('stt')[0]?.id).toBe(before);
    expect(catalog.models('llm').map(({ modelName }) => modelName)).toEqual(['other']);
    expect(catalog.voices(house.organizationId)).toEqual([]);
  });
});
