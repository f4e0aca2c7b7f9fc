import { expect, test } from 'vitest';
import { formWith, KupeHouse, type Reply } from './kupe-house.ts';

const base = '/api/v1/batch-call';
const unknownId = '00000000-0000-4000-8000-000000000000';

interface Batch {
  readonly agent: string;
  readonly line: string;
  readonly id: string;
}

async function batchIn(house: KupeHouse, fields: object = {}): Promise<Batch> {
  const [agent, line] = [await house.agent(), await house.line('+493012340')];
  const body = { caller_phone_id: line, batch_name: 'Spring', agent_id: agent, ...fields };
  return { agent, line, id: (await house.request('POST', `${base}/create`, body)).id('data', 'id') };
}

const upload = (house: KupeHouse, id: string, records: readonly object[]): Promise<Reply> =>
  house.request('POST', `${base}/upload-json/${id}`, { records });

test('a batch is created with its defaults and found again', async () => {
  const house = await KupeHouse.open();
  const [agent, line] = [await house.agent(), await house.line('+493012340')];
  const body = {
    caller_phone_id: line,
    batch_name: 'Spring',
    agent_id: agent,
    variable_names: ['name'],
    batch_size: 3,
  };
  const made = await house.request('POST', `${base}/create`, { ...body, user_id: unknownId, status: 'not_started' });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    success: true,
    message: expect.any(String) as unknown,
    data: {
      user_id: house.userId,
      agent_id: agent,
      workflow_id: null,
      caller_phone_id: line,
      batch_name: 'Spring',
      description: null,
      status: 'not_started',
      variable_names: ['name'],
      batch_size: 3,
    },
  });
  const id = made.id('data', 'id');
  expect((await house.request('GET', `${base}/${id}`)).body).toEqual({ success: true, data: made.at('data') });
  for (const list of ['me', 'browse', `user/${house.userId}`]) {
    expect((await house.request('GET', `${base}/${list}`)).at('data')).toEqual([made.at('data')]);
  }
});

test('what a batch may not be is refused, all problems at once', async () => {
  const house = await KupeHouse.open();
  const [agent, line] = [await house.agent(), await house.line('+493012340')];
  const create = (fields: object) =>
    house.request('POST', `${base}/create`, { caller_phone_id: line, batch_name: 'B', agent_id: agent, ...fields });
  const wrong = await house.request('POST', `${base}/create`, { batch_size: 0, status: 'in_progress' });
  expect(wrong.list('detail').map(({ loc }) => (loc as string[]).at(-1))).toEqual([
    'caller_phone_id',
    'batch_name',
    'status',
    'batch_size',
  ]);
  expect((await create({ agent_id: undefined })).status).toBe(400);
  expect((await create({ workflow_id: unknownId })).status).toBe(400);
  expect((await create({ agent_id: unknownId })).status).toBe(404);
  expect((await create({ caller_phone_id: unknownId })).status).toBe(404);
});

test('numbers are added as digits with every other key as a variable; those that are none are told', async () => {
  const house = await KupeHouse.open();
  const { id } = await batchIn(house);
  const added = await upload(house, id, [
    { to_phonenumber: '+12025550142', name: 'Ada', age: 36 },
    { to_phonenumber: '0049 30 901820', name: 'Bo' },
    { to_phonenumber: 919876543210 },
    { to_phonenumber: '030 901820', name: 'Cy' },
    { to_phonenumber: 'nobody' },
  ]);
  expect(added.body).toMatchObject({ success: true, data: { inserted_count: 3, failed_count: 2 } });
  expect(added.list('data', 'failed_rows').map(({ row, to_phonenumber }) => [row, to_phonenumber])).toEqual([
    [4, '030 901820'],
    [5, 'nobody'],
  ]);
  const rows = await house.request('GET', `${base}/${id}/data`);
  expect(rows.list('data').map(({ to_phonenumber, variable_values }) => [to_phonenumber, variable_values])).toEqual([
    ['12025550142', { name: 'Ada', age: 36 }],
    ['4930901820', { name: 'Bo' }],
    ['919876543210', {}],
  ]);
  expect(rows.at('data', 0)).toMatchObject({ batch_id: id, status: 'not_started', error_message: null });
  expect((await upload(house, id, [])).status).toBe(422);
  expect((await upload(house, id, [{ name: 'x' }])).at('detail', 0, 'loc')).toEqual([
    'body',
    'records',
    0,
    'to_phonenumber',
  ]);
});

test('numbers come from a CSV file too', async () => {
  const house = await KupeHouse.open();
  const { id } = await batchIn(house);
  const csv = 'name,to_phonenumber\nAda,+12025550142\nBo,\n';
  const added = await house.request('POST', `${base}/upload/${id}`, formWith('list.csv', csv));
  expect(added.body).toMatchObject({ success: true, data: { inserted_count: 1, failed_count: 1 } });
  const refused = await house.request('POST', `${base}/upload/${id}`, formWith('list.csv', 'a,b\n1,2\n'));
  expect([refused.status, refused.detail]).toEqual([400, expect.stringContaining('to_phonenumber')]);
});

test('rows are changed, added and taken out before the start, all or nothing', async () => {
  const house = await KupeHouse.open();
  const { id } = await batchIn(house);
  await upload(house, id, [{ to_phonenumber: '+12025550142' }]);
  const first = (await house.request('GET', `${base}/${id}/data`)).id('data', 0, 'id');
  const upsert = (items: readonly object[]) => house.request('POST', `${base}/${id}/data/upsert`, { items });
  const saved = await upsert([
    { id: first, to_phonenumber: '+12025550143', variable_values: { a: 1 } },
    { to_phonenumber: '+12025550144' },
  ]);
  expect(saved.list('data').map(({ to_phonenumber }) => to_phonenumber)).toEqual(['12025550143', '12025550144']);
  expect(saved.id('data', 0, 'id')).toBe(first);
  expect((await upsert([{ to_phonenumber: '+12025550145' }, { to_phonenumber: 'x' }])).status).toBe(400);
  expect(
    (await upsert([{ to_phonenumber: '+12025550145' }, { id: unknownId, to_phonenumber: '+12025550146' }])).status,
  ).toBe(404);
  const variables = await house.request('PATCH', `${base}/${id}/variables`, { variable_names: ['a', 'b'] });
  expect(variables.at('data', 'variable_names')).toEqual(['a', 'b']);
  expect((await house.request('DELETE', `${base}/${id}/data/${first}`)).status).toBe(200);
  expect((await house.request('DELETE', `${base}/${id}/data/${first}`)).status).toBe(404);
  expect((await house.request('GET', `${base}/${id}/data?status=not_started`)).list('data')).toHaveLength(1);
  expect((await house.request('GET', `${base}/${id}/data?status=busy`)).status).toBe(422);
});

test('a batch starts once, and then stays as it is', async () => {
  const house = await KupeHouse.open();
  const { id } = await batchIn(house);
  const start = () => house.request('POST', `${base}/start/${id}`);
  expect((await start()).status).toBe(400);
  await upload(house, id, [{ to_phonenumber: '+12025550142' }, { to_phonenumber: '+12025550143' }]);
  expect((await start()).body).toMatchObject({ success: true, data: { id, status: 'in_progress' } });
  const again = await start();
  expect([again.status, typeof again.detail]).toEqual([409, 'string']);
  const status = await house.request('GET', `${base}/${id}/status`);
  expect(status.at('data', 'batch', 'status')).toBe('in_progress');
  expect(status.at('data', 'status_counts')).toMatchObject({ total: 2, completed: 0, failed: 0, no_answer: 0 });
  expect((await upload(house, id, [{ to_phonenumber: '+12025550144' }])).status).toBe(409);
  const items = [{ to_phonenumber: '+12025550144' }];
  expect((await house.request('POST', `${base}/${id}/data/upsert`, { items })).status).toBe(409);
  expect((await house.request('PATCH', `${base}/${id}/variables`, { variable_names: [] })).status).toBe(409);
  expect((await house.request('DELETE', `${base}/${id}`)).status).toBe(409);
});

test('a batch is deleted', async () => {
  const house = await KupeHouse.open();
  const { id } = await batchIn(house);
  expect((await house.request('DELETE', `${base}/${id}`)).body).toEqual({ success: true, message: 'Batch deleted' });
  expect((await house.request('GET', `${base}/${id}`)).status).toBe(404);
});

test("a carrier's report is taken without a key and changes nothing", async () => {
  const house = await KupeHouse.open();
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const reply = await house.request('POST', `${base}/status-callback`, 'CallSid=1&CallStatus=busy', 'none', form);
  expect([reply.status, reply.at('success')]).toEqual([200, true]);
});

test('an organization that may not dial is told so', async () => {
  const house = await KupeHouse.open();
  const { id } = await batchIn(house);
  await upload(house, id, [{ to_phonenumber: '+12025550142' }]);
  await house.domain.outboundRules.set(house.organizationId, { mayDial: false });
  expect((await house.request('POST', `${base}/start/${id}`)).status).toBe(403);
});

test('who signed in and may not dial outwards is refused, by either switch', async () => {
  const house = await KupeHouse.open();
  const [admin, developer] = [await house.person('org_admin'), await house.person('developer')];
  for (const flag of ['outbound', 'batch_calls']) {
    await house.request('PUT', `/api/v1/feature-flags/${developer.userId}`, { [flag]: false }, admin.session);
    expect((await house.request('GET', `${base}/me`, undefined, developer.session)).status).toBe(403);
    await house.request('PUT', `/api/v1/feature-flags/${developer.userId}`, { [flag]: true }, admin.session);
  }
  expect((await house.request('GET', `${base}/me`, undefined, developer.session)).status).toBe(200);
});

test('batches of others: by role within the organization, unknown across', async () => {
  const house = await KupeHouse.open();
  const { id } = await batchIn(house);
  await upload(house, id, [{ to_phonenumber: '+12025550142' }]);
  const item = (await house.request('GET', `${base}/${id}/data`)).id('data', 0, 'id');
  const [root, developer, stranger] = [
    await house.person('super_admin'),
    await house.person('developer'),
    await house.stranger(),
  ];
  expect((await house.request('GET', `${base}/me`, undefined, developer.key)).at('data')).toEqual([]);
  expect((await house.request('GET', `${base}/browse`, undefined, developer.key)).at('data')).toEqual([]);
  expect((await house.request('GET', `${base}/user/${house.userId}`, undefined, developer.key)).status).toBe(403);
  expect((await house.request('GET', `${base}/browse`, undefined, root.key)).list('data')).toHaveLength(1);
  expect((await house.request('GET', `${base}/user/${house.userId}`, undefined, root.key)).list('data')).toHaveLength(
    1,
  );
  const paths = [
    ['GET', `/${id}`],
    ['DELETE', `/${id}`],
    ['GET', `/${id}/status`],
    ['GET', `/${id}/data`],
    ['DELETE', `/${id}/data/${item}`],
    ['PATCH', `/${id}/variables`, { variable_names: [] }],
    ['POST', `/${id}/data/upsert`, { items: [{ to_phonenumber: '+12025550142' }] }],
    ['POST', `/upload-json/${id}`, { records: [{ to_phonenumber: '+12025550142' }] }],
    ['POST', `/upload/${id}`, formWith('a.csv', 'to_phonenumber\n+12025550142\n')],
    ['POST', `/start/${id}`],
    ['GET', `/user/${house.userId}`],
  ] as const;
  for (const [method, path, body] of paths) {
    expect([path, (await house.request(method, base + path, body, stranger.key)).status]).toEqual([path, 404]);
    expect([path, (await house.request(method, base + path, body, 'none')).status]).toEqual([path, 401]);
  }
});
