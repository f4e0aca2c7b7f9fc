import { describe, expect, onTestFinished, test } from 'vitest';
import { Indexer } from '../../../server/jobs/indexer/indexer.ts';
import { realClock } from '../../../server/lifetime/clock.ts';
import { silentLogger } from '../../../server/log/logger.ts';
import { StarterEmbedder } from '../../../server/providers/embed/starter/starter-embedder.ts';
import { formWith, KupeHouse } from './kupe-house.ts';

const files = '/api/v1/files';
const mappings = '/api/v1/agent-files-mappings';
const unknownId = '00000000-0000-4000-8000-000000000000';

async function uploaded(house: KupeHouse, name = 'hours.txt', text = 'We are open on Monday.'): Promise<string> {
  return (await house.request('POST', `${files}/upload`, formWith(name, text))).id('data', 'id');
}

describe('files', () => {
  test('are uploaded, listed, shown with links, renamed and deleted', async () => {
    const house = await KupeHouse.open();
    const made = await house.request(
      'POST',
      `${files}/upload`,
      formWith('../../etc/hours.txt', 'We are open on Monday.'),
    );
    expect([made.status, made.body]).toEqual([
      200,
      {
        message: 'File uploaded successfully',
        data: expect.objectContaining({
          user_id: house.userId,
          original_filename: 'hours.txt',
          file_size: 22,
          content_type: 'text/plain',
          status: 'processing',
          agent_ids: [],
        }) as object,
      },
    ]);
    const id = made.id('data', 'id');
    expect(made.id('data', 'storage_file_id')).toMatch(/^[0-9a-f-]{36}\.txt$/);
    const listed = await house.request('GET', `${files}/user/me`);
    expect(listed.list('data', 'files').map(({ id: one }) => one)).toEqual([id]);
    const shown = await house.request('GET', `${files}/${id}`);
    const view = await fetch(shown.id('data', 'view_url'));
    expect([view.status, await view.text()]).toEqual([200, 'We are open on Monday.']);
    const download = await fetch(shown.id('data', 'download_url'));
    expect(download.headers.get('content-disposition')).toContain('attachment; filename="hours.txt"');
    expect((await fetch(shown.id('data', 'view_url').replace(/sig=./, 'sig=x'))).status).toBe(403);
    const renamed = await house.request('PUT', `${files}/${id}`, { filename: 'opening.txt' });
    expect(renamed.at('data', 'original_filename')).toBe('opening.txt');
    expect((await house.request('DELETE', `${files}/${id}`)).body).toEqual({
      message: 'File deleted successfully',
      data: { id },
    });
    expect((await house.request('GET', `${files}/${id}`)).status).toBe(404);
    expect((await fetch(shown.id('data', 'view_url'))).status).toBe(404);
  });

  test('a page that was uploaded is saved, never shown as one of ours', async () => {
    const house = await KupeHouse.open();
    const id = await uploaded(house, 'page.html', '<script>alert(1)</script>');
    const shown = await house.request('GET', `${files}/${id}`);
    expect((await fetch(shown.id('data', 'view_url'))).headers.get('content-disposition')).toContain('attachment');
  });

  test('formats are told', async () => {
    const house = await KupeHouse.open();
    const { body } = await house.request('GET', `${files}/supported-formats`);
    expect(body).toMatchObject({
      data: {
        mime_types: expect.arrayContaining(['application/pdf', 'text/plain']) as string[],
        extensions: expect.arrayContaining(['.pdf', '.docx', '.csv']) as string[],
      },
    });
  });

  test('that are none, of no known format, empty or too large are refused, and nothing is kept', async () => {
    const house = await KupeHouse.open();
    const send = async (body: unknown) => (await house.request('POST', `${files}/upload`, body)).status;
    const noFile = new FormData();
    noFile.append('agent_id', unknownId);
    expect(await send(noFile)).toBe(422);
    expect(await send({ file: 'text' })).toBe(422);
    expect(await send(formWith('run.exe', 'MZ'))).toBe(400);
    expect(await send(formWith('empty.txt', ''))).toBe(400);
    expect(await send(formWith('large.txt', 'x'.repeat(26 * 1024 * 1024)))).toBe(413);
    const forNobody = formWith('hours.txt', 'Open.');
    forNobody.append('agent_id', unknownId);
    expect(await send(forNobody)).toBe(404);
    expect((await house.request('GET', `${files}/user/me`)).at('data', 'total')).toBe(0);
  });

  test('of another organization are not there', async () => {
    const house = await KupeHouse.open();
    const id = await uploaded(house);
    const stranger = await house.stranger();
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const body = method === 'PUT' ? { original_filename: 'x.txt' } : undefined;
      expect((await house.request(method, `${files}/${id}`, body, stranger.key)).status).toBe(404);
      expect((await house.request(method, `${files}/${id}`, body, 'none')).status).toBe(401);
      expect((await house.request(method, `${files}/${unknownId}`, body)).status).toBe(404);
    }
    expect((await house.request('GET', `${files}/user/me`, undefined, stranger.key)).at('data', 'files')).toEqual([]);
    expect((await house.request('PUT', `${files}/${id}`, {})).status).toBe(422);
  });
});

describe('mappings', () => {
  test('give files to an agent and take them away', async () => {
    const house = await KupeHouse.open();
    const agent_id = await house.agent();
    const upload_file_id = await uploaded(house);
    const made = await house.request('POST', `${mappings}/create`, { agent_id, upload_file_id });
    expect([made.status, made.at('data')]).toEqual([200, expect.objectContaining({ agent_id, upload_file_id })]);
    expect((await house.request('POST', `${mappings}/create`, { agent_id, upload_file_id })).at('data')).toEqual(
      made.at('data'),
    );
    expect((await house.request('GET', `${mappings}/agent/${agent_id}`)).at('data')).toEqual([made.at('data')]);
    expect((await house.request('GET', `${files}/user/me`)).at('data', 'files', 0, 'agent_ids')).toEqual([agent_id]);
    const path = `${mappings}/agent/${agent_id}/file/${upload_file_id}`;
    expect((await house.request('DELETE', path)).status).toBe(200);
    expect((await house.request('DELETE', path)).status).toBe(404);
    expect((await house.request('GET', `${mappings}/agent/${agent_id}`)).at('data')).toEqual([]);
  });

  test('of others are refused', async () => {
    const house = await KupeHouse.open();
    const agent_id = await house.agent();
    const upload_file_id = await uploaded(house);
    const stranger = await house.stranger();
    const make = async (body: object, credential?: { key: string }) =>
      (await house.request('POST', `${mappings}/create`, body, credential)).status;
    expect(await make({ agent_id, upload_file_id }, stranger.key)).toBe(404);
    expect(await make({ agent_id, upload_file_id: unknownId })).toBe(404);
    expect(await make({ agent_id: unknownId, upload_file_id })).toBe(404);
    expect(await make({ agent_id: 'x' })).toBe(422);
    expect((await house.request('GET', `${mappings}/agent/${agent_id}`, undefined, stranger.key)).status).toBe(404);
    const path = `${mappings}/agent/${agent_id}/file/${upload_file_id}`;
    expect((await house.request('DELETE', path, undefined, stranger.key)).status).toBe(404);
  });
});

describe('search', () => {
  test("finds the passages of an agent's files, by meaning and by words, for its organization alone", async () => {
    const house = await KupeHouse.open({}, { embedder: new StarterEmbedder() });
    const { bus, knowledgeIndexing: indexing } = house.domain;
    const indexer = new Indexer({ indexing, bus, clock: realClock, log: silentLogger });
    indexer.start();
    onTestFinished(() => indexer.stop());
    const agentId = await house.agent();
    const form = formWith(
      'hours.txt',
      'The clinic is open on Monday from nine to five.\n\nParking is free behind the house.',
    );
    form.append('agent_id', agentId);
    const id = (await house.request('POST', `${files}/upload`, form)).id('data', 'id');
    await expect
      .poll(async () => (await house.request('GET', `${files}/${id}`)).at('data', 'status'), { timeout: 20_000 })
      .toBe('ready');
    const ask = async (kind: string, body: object, credential?: { key: string }) =>
      house.request('POST', `/api/v1/search/${kind}?agent_id=${agentId}`, body, credential);
    const wide = { query: 'When is the clinic open?', similarity_threshold: 2 };
    await expect.poll(async () => (await ask('hybrid', wide)).at('data', 0), { timeout: 20_000 }).toContain('Monday');
    const hybrid = await ask('hybrid', { ...wide, keyword_weight: 1, semantic_weight: 0 });
    expect([hybrid.at('success'), hybrid.at('data', 0)]).toEqual([true, expect.stringContaining('Monday') as string]);
    expect(hybrid.at('scores', 0)).toEqual({
      combined_score: expect.any(Number) as number,
      distance: expect.any(Number) as number,
      sparse_score: 1,
    });
    const semantic = await ask('semantic', { ...wide, limit: 1 });
    expect([semantic.status, semantic.at('data')]).toEqual([200, [expect.stringContaining('clinic') as string]]);
    expect(semantic.at('scores', 0)).toEqual(expect.any(Number));
    expect((await ask('hybrid', wide, (await house.stranger()).key)).status).toBe(404);
  });

  test('asks for a credential until an administrator makes it public', async () => {
    const house = await KupeHouse.open();
    const path = `/api/v1/search/hybrid?agent_id=${await house.agent()}`;
    const ask = async (credential: 'none' | { key: string }) =>
      house.request('POST', path, { query: 'opening hours' }, credential);
    expect((await ask('none')).status).toBe(401);
    expect((await ask({ key: 'x'.repeat(32) })).status).toBe(401);
    expect(await ask({ key: house.key })).toMatchObject({
      status: 200,
      body: { success: true, message: 'Found 0 results', data: [], scores: [] },
    });
    const stranger = await house.stranger();
    expect((await ask(stranger.key)).status).toBe(404);
    const chief = await house.domain.identity.verifyToken(
      (await house.person('super_admin')).session.token,
      'authenticated',
    );
    await house.domain.settings.change(chief, { isSearchPublic: true });
    expect((await ask('none')).status).toBe(200);
    const statuses: number[] = [];
    for (let count = 0; count < 61; count++) statuses.push((await ask('none')).status);
    expect(statuses).toContain(429);
  });

  test('needs an agent and a question', async () => {
    const house = await KupeHouse.open();
    const agentId = await house.agent();
    for (const kind of ['semantic', 'hybrid']) {
      const ask = async (query: string, body: object) =>
        (await house.request('POST', `/api/v1/search/${kind}${query}`, body)).status;
      expect(await ask('', { query: 'hours' })).toBe(400);
      expect(await ask(`?agent_id=${agentId}`, {})).toBe(400);
      expect(await ask(`?agent_id=${agentId}`, { query: '  ' })).toBe(400);
      expect(await ask(`?agent_id=${unknownId}`, { query: 'hours' })).toBe(404);
      expect(await ask(`?agent_id=${agentId}`, { query: 'hours', limit: 0, similarity_threshold: 3 })).toBe(422);
      expect(await ask(`?agent_id=${agentId}`, { query: 5 })).toBe(422);
    }
  });
});
