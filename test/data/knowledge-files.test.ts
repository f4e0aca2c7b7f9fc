import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { LlmRequest } from '../../server/providers/kinds/llm.ts';
import { StarterLlm } from '../../server/providers/llm/starter/starter-llm.ts';
import { bareRequest } from '../support/bare-request.ts';
import { assemblePdf, docxOf, pdfOf, zipOf } from '../support/documents.ts';
import { KnowledgeHouse } from '../support/knowledge-house.ts';

/** The machine may be busy with other things. */
const patiently = { timeout: 60_000 };
const oftenPatiently = { timeout: 60_000, interval: 5 };

const refunds = 'Refunds are paid within fourteen days. Write to the office in Jena to ask for one.';
const opening = 'The shop opens at nine in the morning. On Sundays it stays closed.';

test.each([
  ['pdf', async () => pdfOf([refunds, opening])],
  ['docx', () => docxOf(['Returns', refunds, ['Day', 'Hours'], ['Monday', '9 to 5'], opening])],
  ['txt', async () => Buffer.from(`${refunds}\n\n${opening}`)],
  [
    'md',
    async () => Buffer.from(`# Returns\n\n**Refunds** are paid within *fourteen* days.\n\n## Opening\n\n${opening}`),
  ],
  [
    'html',
    async () => Buffer.from(`<html><script>var x</script><h1>Returns</h1><p>${refunds}</p><p>${opening}</p></html>`),
  ],
])('a %s file is read, and what stands in it is found', async (format, bytes) => {
  const house = await KnowledgeHouse.open();
  const file = await house.upload(`Handbook.${format}`, await bytes());
  expect(file).toMatchObject({ status: 'processing', format, chunkCount: 0 });
  expect(await house.settled(file.id)).toMatchObject({ status: 'ready', embeddingModel: 'starter (hashed n-grams)' });
  const [best] = await house.hybrid('when are refunds paid');
  expect(best?.text).toContain('Refunds are paid within fourteen days.');
  expect(best).toMatchObject({ fileId: file.id, fileName: `Handbook.${format}`, sparseScore: 1 });
  expect(best?.distance).toBeLessThan(0.5);
});

test('each row of a CSV file is found with the headers of its columns', async () => {
  const house = await KnowledgeHouse.open();
  const csv = '\ufeffProduct;Price;Remark\r\nBlue kettle;"39,90 EUR";"holds ""two"" litres"\r\nRed toaster;25 EUR;\r\n';
  const file = await house.upload('prices.csv', csv);
  expect(await house.settled(file.id)).toMatchObject({ status: 'ready' });
  const [best] = await house.hybrid('price of the kettle');
  expect(best?.text).toContain('Product: Blue kettle. Price: 39,90 EUR. Remark: holds "two" litres.');
});

test('text is read in UTF-8, UTF-16 with its mark, and Latin-1', async () => {
  const house = await KnowledgeHouse.open();
  const text = 'Die Schlüsselübergabe findet in der Königstraße statt.';
  const encoded = [
    Buffer.from(text),
    Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]),
    Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(text, 'utf16le').swap16()]),
    Buffer.from(text, 'latin1'),
  ];
  for (const bytes of encoded) await house.settled((await house.upload('Ort.txt', bytes)).id);
  const hits = await house.hybrid('Schlüsselübergabe');
  expect(hits.map((hit) => hit.text)).toEqual([text, text, text, text]);
});

test('a call is answered from the files of its agent, next to its own sentences', async () => {
  const house = await KnowledgeHouse.open();
  const { domain, agentId, organizationId } = house;
  await domain.agents.update(organizationId, agentId, { knowledge: 'Parking costs two dollars.' });
  const file = await house.upload('Handbook.txt', `${refunds}\n\n${opening}`);
  await house.settled(file.id);
  const ask = async () => (await domain.knowledge.search(agentId, 'When are refunds paid?', 4))[0];
  await expect
    .poll(ask, patiently)
    .toMatchObject({ text: expect.stringContaining('Refunds are paid within fourteen days.') as string });
  expect((await ask())?.score).toBeGreaterThan(0.8);
  expect(await domain.knowledge.search(agentId, 'What does parking cost?', 1)).toMatchObject([
    { text: 'Parking costs two dollars.' },
  ]);
  const times: number[] = [];
  for (let asked = 0; asked < 21; asked++) {
    const startedMs = performance.now();
    await ask();
    times.push(performance.now() - startedMs);
  }
  expect(times.toSorted((a, b) => a - b)[10]).toBeLessThan(50);
});

test('the built-in brain says what a file says, and nothing that no file says', async () => {
  const house = await KnowledgeHouse.open();
  const { domain, agentId } = house;
  await house.settled((await house.upload('Handbook.txt', `${refunds}\n\n${opening}`)).id);
  const say = async (text: string) => {
    const request: LlmRequest = {
      ...bareRequest,
      systemPrompt: 'You are the front desk of a shop.',
      history: [{ role: 'caller', text }],
      occasion: { kind: 'caller-turn', text },
      nowMs: Date.UTC(2030, 0, 1),
      search: (wanted, limit) => domain.knowledge.search(agentId, wanted, limit),
    };
    let said = '';
    for await (const event of new StarterLlm().respond(request, new AbortController().signal)) {
      if (event.kind === 'text') said += event.text;
    }
    return said;
  };
  await expect.poll(() => say('When are refunds paid?'), patiently).toContain('Refunds are paid within fourteen days.');
  expect(await say('How much does a car wash cost?')).not.toMatch(/refund|shop opens|fourteen|Jena/i);
});

test('semantic search keeps to its threshold, nearest first', async () => {
  const house = await KnowledgeHouse.open();
  const file = await house.upload('Handbook.csv', `text\n${refunds}\n${'kettle '.repeat(100)}\n${opening}\n`);
  await house.settled(file.id);
  const all = await house.semantic('refunds are paid', { threshold: 2 });
  const distances = all.map(({ distance }) => distance);
  expect(distances).toEqual(distances.toSorted((a, b) => a - b));
  const near = await house.semantic('refunds are paid', { threshold: distances[0] ?? 0 });
  expect(near).toHaveLength(1);
  await expect(house.semantic('  ', { limit: 0 })).rejects.toMatchObject({
    code: 'search-query-invalid',
    details: { problems: [{ field: 'query' }, { field: 'limit' }] },
  });
});

test('a file can serve several agents, and serves none from which it was taken', async () => {
  const house = await KnowledgeHouse.open();
  const { domain, organizationId, agentId } = house;
  const sales = await domain.agents.create(organizationId, { name: 'Sales', systemPrompt: '' });
  const file = await house.upload('Handbook.txt', refunds);
  await domain.knowledgeFiles.map(organizationId, sales.id, file.id);
  const again = await domain.knowledgeFiles.map(organizationId, sales.id, file.id);
  await house.settled(file.id);
  expect(await house.hybrid('refunds', sales.id)).toHaveLength(1);
  expect(domain.knowledgeFiles.listByAgent(organizationId, sales.id)).toEqual([again]);
  expect(domain.knowledgeFiles.agentIdsOf(organizationId, file.id)).toEqual([agentId, sales.id]);

  await domain.knowledgeFiles.unmap(organizationId, agentId, file.id);
  expect(await house.hybrid('refunds')).toEqual([]);
  expect(await house.hybrid('refunds', sales.id)).toHaveLength(1);
  await expect(domain.knowledgeFiles.unmap(organizationId, agentId, file.id)).rejects.toMatchObject({
    code: 'mapping-not-found',
  });
  await domain.agents.delete(organizationId, sales.id);
  await expect.poll(() => house.indexRows(), patiently).toMatchObject({ mappings: 0, vectors: 0, postings: 0 });
});

test('a deleted file is found no more at once, and nothing of it is left soon after', async () => {
  const house = await KnowledgeHouse.open();
  const { domain, organizationId } = house;
  const file = await house.upload('Handbook.txt', `${refunds}\n\n${opening}\n\n`.repeat(60));
  await house.settled(file.id);
  expect(house.indexRows()).toMatchObject({ files: 1, mappings: 1 });
  await domain.knowledgeFiles.delete(organizationId, file.id);
  expect(await house.hybrid('refunds')).toEqual([]);
  expect(() => house.file(file.id)).toThrow('no file');
  const nothing = { chunks: 0, mappings: 0, postings: 0, vectors: 0, files: 0 };
  await expect.poll(() => house.indexRows(), patiently).toEqual(nothing);
  expect(house.storedFiles()).toEqual([]);
});

test('another organization sees, changes and searches nothing', async () => {
  const house = await KnowledgeHouse.open();
  const { domain, agentId } = house;
  const file = await house.upload('Handbook.txt', refunds);
  await house.settled(file.id);
  const other = (await domain.organizations.create({ name: 'Other' })).id;
  const notFound = { code: 'file-not-found' };
  expect(() => domain.knowledgeFiles.get(other, file.id)).toThrow('no file');
  expect(() => domain.knowledgeFiles.fileOf(other, file.id)).toThrow('no file');
  expect(domain.knowledgeFiles.list({ organizationId: other }, { limit: 10, offset: 0 })).toEqual({
    items: [],
    total: 0,
  });
  await expect(domain.knowledgeFiles.rename(other, file.id, 'x.txt')).rejects.toMatchObject(notFound);
  await expect(domain.knowledgeFiles.delete(other, file.id)).rejects.toMatchObject(notFound);
  const theirs = await domain.agents.create(other, { name: 'Theirs', systemPrompt: '' });
  await expect(domain.knowledgeFiles.map(other, theirs.id, file.id)).rejects.toMatchObject(notFound);
  await expect(domain.knowledgeFiles.map(other, agentId, file.id)).rejects.toMatchObject({ code: 'agent-not-found' });
  const search = { organizationId: other, agentId, query: 'refunds' };
  await expect(domain.search.hybrid(search)).rejects.toMatchObject({ code: 'agent-not-found' });
  expect(await domain.search.hybrid({ ...search, agentId: theirs.id })).toEqual([]);
});

test('files that cannot be read end with a sentence that says why', async () => {
  const house = await KnowledgeHouse.open();
  const truncated = pdfOf(['Some text']).subarray(0, 200);
  const cases: readonly [string, string | Buffer, string][] = [
    ['broken.pdf', truncated, 'damaged'],
    ['empty.pdf', pdfOf(['']), 'pictures of text only'],
    ['sheet.docx', await zipOf({ 'xl/workbook.xml': '<a/>' }), 'no Word document'],
    ['broken.docx', (await docxOf(['Some text'])).subarray(0, 300), 'damaged'],
    ['blank.txt', ' \n\n \n', 'holds no text'],
  ];
  for (const [fileName, bytes, why] of cases) {
    const file = await house.settled((await house.upload(fileName, bytes)).id);
    expect.soft([fileName, file.status, file.errorMessage]).toEqual([fileName, 'failed', expect.stringContaining(why)]);
  }
  expect(house.indexRows()).toMatchObject({ chunks: 0, vectors: 0 });
});

test('a file that takes too long is given up', async () => {
  const house = await KnowledgeHouse.open({ limits: { longestMs: 30, mostMemoryBytes: 400 * 1024 * 1024 } });
  const file = await house.settled((await house.upload('Handbook.pdf', pdfOf([refunds]))).id);
  expect(file).toMatchObject({
    status: 'failed',
    errorMessage: expect.stringContaining('could not be read within') as string,
  });
  expect(house.indexer.counters).toMatchObject({ failed: 1, read: 0 });
});

test('a ZIP bomb and a PDF bomb hurt nobody, and the next file is read', async () => {
  const house = await KnowledgeHouse.open({ limits: { longestMs: 20_000, mostMemoryBytes: 400 * 1024 * 1024 } });
  const bomb = await zipOf({ 'word/document.xml': Buffer.alloc(200 * 1024 * 1024, 'a') });
  const zipBomb = await house.upload('bomb.docx', bomb);
  const pdfBomb = await house.upload('bomb.pdf', pdfBombOf(900));
  const harmless = await house.upload('fine.txt', refunds);
  expect(await house.settled(zipBomb.id)).toMatchObject({
    status: 'failed',
    errorMessage: expect.stringMatching(/unpacks to/) as string,
  });
  expect(await house.settled(pdfBomb.id)).toMatchObject({
    status: 'failed',
    errorMessage: expect.stringMatching(/memory|seconds/) as string,
  });
  expect(await house.settled(harmless.id)).toMatchObject({ status: 'ready' });
});

/** A page whose content unpacks to so many megabytes, packed twice. */
function pdfBombOf(megabytes: number): Buffer {
  const once = deflateSync(Buffer.alloc(megabytes * 1024 * 1024, ' '), { level: 1 });
  const content = deflateSync(once);
  const head = `<< /Length ${content.length} /Filter [/FlateDecode /FlateDecode] >>\nstream\n`;
  return assemblePdf([
    Buffer.from('<< /Type /Catalog /Pages 2 0 R >>'),
    Buffer.from('<< /Type /Pages /Kids [3 0 R] /Count 1 >>'),
    Buffer.from('<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >> >>'),
    Buffer.concat([Buffer.from(head), content, Buffer.from('\nendstream')]),
  ]);
}

test('what is no such file is refused before it is stored', async () => {
  const house = await KnowledgeHouse.open();
  const png = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex');
  const refused = { code: 'file-type-refused' };
  await expect(house.upload('photo.png', png)).rejects.toMatchObject(refused);
  await expect(house.upload('photo.pdf', png)).rejects.toMatchObject(refused);
  await expect(house.upload('photo.txt', png)).rejects.toMatchObject(refused);
  await expect(house.upload('binary.txt', Buffer.from([65, 0, 66]))).rejects.toMatchObject(refused);
  await expect(house.upload('empty.txt', '')).rejects.toMatchObject({ code: 'file-empty' });
  await expect(house.upload('large.txt', 'a'.repeat(25 * 1024 * 1024 + 1))).rejects.toMatchObject({
    code: 'file-too-large',
  });
  await expect(house.upload('a.txt', 'Hello', 'nobody')).rejects.toMatchObject({ code: 'agent-not-found' });
  expect(house.indexRows()).toMatchObject({ files: 0 });
});

test('a file name is a name, never a path', async () => {
  const house = await KnowledgeHouse.open();
  const file = await house.upload('..\\..\\/etc/pass\u202ewd\r\n.txt', 'Hello there.');
  expect(file.fileName).toBe('passwd.txt');
  expect(house.storedFiles()).toEqual([expect.stringMatching(/^[0-9a-f-]{36}\.txt$/)]);
  expect(await house.domain.knowledgeFiles.rename(house.organizationId, file.id, '../b.txt')).toMatchObject({
    fileName: 'b.txt',
  });
});

test('a restart in the middle of indexing goes on, and finds each passage once', async () => {
  const first = await KnowledgeHouse.open();
  const text = Array.from(
    { length: 1_500 },
    (_, index) => `Item ${index} costs ${index} dollars. ${'Filling words. '.repeat(55)}`,
  );
  const file = await first.upload('Prices.txt', text.join('\n\n'));
  await expect.poll(() => first.indexRows()['chunks'], oftenPatiently).toBeGreaterThan(20);
  await first.close();
  const second = await KnowledgeHouse.open({ dataFolder: first.dataFolder });
  Object.assign(second, { organizationId: first.organizationId, agentId: first.agentId });
  expect(second.indexRows()['mappings']).toBe(1);
  await expect.poll(() => second.indexRows()['vectors'], oftenPatiently).toBeGreaterThan(20);
  await second.close();
  const third = await KnowledgeHouse.open({ dataFolder: first.dataFolder });
  Object.assign(third, { organizationId: first.organizationId, agentId: first.agentId });
  const { chunkCount } = await third.settled(file.id);
  expect(third.indexRows()).toMatchObject({ chunks: chunkCount, vectors: chunkCount });
  const hits = await third.hybrid('item 777 costs');
  expect(hits[0]?.text).toContain('Item 777 costs 777 dollars.');
  expect(new Set(hits.map(({ chunkId }) => chunkId)).size).toBe(hits.length);
});

test('a file whose reading took the server down three times is not begun a fourth time', async () => {
  const house = await KnowledgeHouse.open();
  await house.indexer.stop();
  const file = await house.upload('Handbook.txt', refunds);
  await house.db.write(() => house.db.prepare('UPDATE knowledge_files SET attempts = 3').run());
  house.indexer.start();
  expect(await house.settled(file.id)).toMatchObject({
    status: 'failed',
    errorMessage: expect.stringContaining('broken off 3 times') as string,
  });
});

test('another embedder makes the vectors anew', async () => {
  const first = await KnowledgeHouse.open();
  const file = await first.upload('Handbook.txt', refunds);
  await first.settled(file.id);
  await first.close();
  const axis = new Float32Array(384);
  axis[7] = 1;
  const embedder = {
    name: 'one direction',
    isDense: true,
    embed: async (texts: readonly string[]) => texts.map(() => axis),
  };
  const second = await KnowledgeHouse.open({ dataFolder: first.dataFolder, embedder });
  Object.assign(second, { organizationId: first.organizationId, agentId: first.agentId });
  await expect.poll(() => second.file(file.id).embeddingModel, patiently).toBe('one direction');
  await second.settled(file.id);
  expect(await second.semantic('anything', { threshold: 0.01 })).toMatchObject([{ distance: 0 }]);
});
