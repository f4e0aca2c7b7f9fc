import { expect, test } from 'vitest';
import writeXlsxFile from 'write-excel-file/node';
import { formWith, KupeHouse } from './kupe-house.ts';

const base = '/api/v1/people-groups';
const unknownId = '00000000-0000-4000-8000-000000000000';

async function groupIn(house: KupeHouse): Promise<string> {
  return (await house.request('POST', base, { name: 'Customers', icon_emoji: '📞' })).id('group', 'id');
}

test('a group is made, listed, changed and deleted', async () => {
  const house = await KupeHouse.open();
  const made = await house.request('POST', base, { name: 'Customers', icon_emoji: '📞', whatever: 1 });
  expect(made.status).toBe(200);
  expect(made.at('group')).toMatchObject({
    user_id: house.userId,
    name: 'Customers',
    icon_emoji: '📞',
    description: null,
  });
  const id = made.id('group', 'id');
  const changed = await house.request('PATCH', `${base}/${id}`, { description: 'Ours' });
  expect(changed.at('group')).toMatchObject({ id, name: 'Customers', icon_emoji: '📞', description: 'Ours' });
  expect((await house.request('GET', base)).list('groups').map(({ id: one }) => one)).toEqual([id]);
  expect((await house.request('DELETE', `${base}/${id}`)).body).toEqual({ ok: 'true' });
  expect((await house.request('GET', base)).body).toEqual({ groups: [] });
  expect((await house.request('PATCH', `${base}/${id}`, { name: 'x' })).status).toBe(404);
});

test('columns and rows belong together', async () => {
  const house = await KupeHouse.open();
  const id = await groupIn(house);
  const column = (fields: object) => house.request('POST', `${base}/${id}/columns`, fields);
  const phone = await column({ display_name: 'Mobile no', column_type: 'phone' });
  const city = (await column({ display_name: 'City', column_type: 'text', order_by: 0 })).id('column', 'id');
  expect(phone.at('column')).toMatchObject({ name: 'mobile_no', order_by: 0 });
  const added = await house.request('POST', `${base}/${id}/rows`, {
    properties: { 'Mobile no': '+12025550142', [city]: 'Pune', other: 1 },
  });
  expect(added.at('row', 'properties')).toEqual({ mobile_no: '+12025550142', city: 'Pune', other: 1 });
  const rowPath = `${base}/${id}/rows/${added.id('row', 'id')}`;
  const patched = await house.request('PATCH', rowPath, { properties: { city: 'Goa', other: null } });
  expect(patched.at('row', 'properties')).toEqual({ mobile_no: '+12025550142', city: 'Goa' });
  await house.request('PATCH', `${base}/${id}/columns/${city}`, { display_name: 'Town' });
  await house.request('DELETE', `${base}/${id}/columns/${city}`);
  const rows = await house.request('GET', `${base}/${id}/rows?limit=1&offset=0`);
  expect([rows.at('total'), rows.at('rows', 0, 'properties')]).toEqual([1, { mobile_no: '+12025550142' }]);
  expect((await house.request('GET', `${base}/${id}/columns`)).at('columns')).toHaveLength(1);
  expect((await house.request('DELETE', rowPath)).body).toEqual({ ok: 'true' });
  expect((await house.request('DELETE', rowPath)).status).toBe(404);
});

test('a CSV list is previewed without a trace, then taken over', async () => {
  const house = await KupeHouse.open();
  const id = await groupIn(house);
  const csv = 'Name;Telefon\nAda;+49 30 1234567\nBo;none\nCy;0049301234568\n';
  const preview = await house.request('POST', `${base}/${id}/upload/preview`, formWith('list.csv', csv));
  expect(preview.body).toEqual({
    detected_headers: ['Name', 'Telefon'],
    column_mapping: { Name: 'name', Telefon: 'telefon' },
    phone_column: 'Telefon',
    sample_rows: [
      { name: 'Ada', telefon: '+49 30 1234567' },
      { name: 'Cy', telefon: '0049301234568' },
    ],
    total_rows: 3,
    rows_missing_phone: 1,
    warnings: [expect.stringContaining('1 row(s)')],
  });
  expect((await house.request('GET', `${base}/${id}/rows`)).at('total')).toBe(0);
  const uploaded = await house.request('POST', `${base}/${id}/upload-csv`, formWith('list.csv', csv));
  expect(uploaded.body).toMatchObject({ inserted_count: 2, skipped_count: 1, columns_created: 2 });
  expect(uploaded.at('message')).toContain('2 of 3');
  const again = await house.request('POST', `${base}/${id}/upload`, formWith('list.csv', 'telefon\n+4930999999\n'));
  expect(again.body).toMatchObject({ inserted_count: 1, skipped_count: 0, columns_created: 0, warnings: [] });
});

test('an XLSX list is taken over', async () => {
  const house = await KupeHouse.open();
  const id = await groupIn(house);
  const bytes = await writeXlsxFile([
    ['Name', 'Phone'],
    ['Ada', 919876543210],
  ]).toBuffer();
  const uploaded = await house.request('POST', `${base}/${id}/upload`, formWith('list.xlsx', new Uint8Array(bytes)));
  expect(uploaded.body).toMatchObject({ inserted_count: 1, column_mapping: { Name: 'name', Phone: 'phone' } });
  const rows = await house.request('GET', `${base}/${id}/rows`);
  expect(rows.at('rows', 0, 'properties')).toEqual({ name: 'Ada', phone: '919876543210' });
});

test('files that can not be read are refused with what to do, and leave nothing', async () => {
  const house = await KupeHouse.open();
  const id = await groupIn(house);
  const upload = (content: string | Uint8Array<ArrayBuffer>) =>
    house.request('POST', `${base}/${id}/upload`, formWith('../../etc/passwd', content));
  const legacy = await upload(new Uint8Array(Buffer.from('d0cf11e0a1b11ae1', 'hex')));
  expect([legacy.status, legacy.detail]).toEqual([400, expect.stringContaining('save it as XLSX or CSV')]);
  expect((await upload('')).status).toBe(400);
  expect((await upload(new Uint8Array(10 * 1024 * 1024 + 1))).status).toBe(413);
  const noFile = await house.request('POST', `${base}/${id}/upload`, new FormData());
  expect([noFile.status, noFile.at('detail', 0, 'loc')]).toEqual([422, ['body', 'file']]);
  expect((await house.request('POST', `${base}/${id}/upload`, { file: 'x' })).status).toBe(422);
  expect((await house.request('GET', `${base}/${id}/columns`)).at('columns')).toEqual([]);
});

test('every problem of a body is named at once', async () => {
  const house = await KupeHouse.open();
  const id = await groupIn(house);
  const reply = await house.request('POST', `${base}/${id}/columns`, { order_by: 'first' });
  expect(reply.status).toBe(422);
  expect(reply.list('detail').map(({ loc }) => (loc as string[]).at(-1))).toEqual([
    'display_name',
    'column_type',
    'order_by',
  ]);
  expect(reply.at('detail', 0)).toEqual({ loc: ['body', 'display_name'], msg: 'Field required', type: 'missing' });
});

test('groups of another organization are unknown', async () => {
  const house = await KupeHouse.open();
  const id = await groupIn(house);
  const column = (await house.request('POST', `${base}/${id}/columns`, { display_name: 'A', column_type: 'text' })).id(
    'column',
    'id',
  );
  const row = (await house.request('POST', `${base}/${id}/rows`, { properties: { a: 1 } })).id('row', 'id');
  const { key } = await house.stranger();
  const paths = [
    ['PATCH', `/${id}`, {}],
    ['DELETE', `/${id}`],
    ['GET', `/${id}/columns`],
    ['POST', `/${id}/columns`, { display_name: 'A', column_type: 'text' }],
    ['PATCH', `/${id}/columns/${column}`, {}],
    ['DELETE', `/${id}/columns/${column}`],
    ['GET', `/${id}/rows`],
    ['POST', `/${id}/rows`, { properties: {} }],
    ['PATCH', `/${id}/rows/${row}`, { properties: {} }],
    ['DELETE', `/${id}/rows/${row}`],
    ['POST', `/${id}/upload`, formWith('a.csv', 'a\n1\n')],
    ['POST', `/${id}/upload-csv`, formWith('a.csv', 'a\n1\n')],
    ['POST', `/${id}/upload/preview`, formWith('a.csv', 'a\n1\n')],
  ] as const;
  for (const [method, path, body] of paths) {
    expect([path, (await house.request(method, base + path, body, key)).status]).toEqual([path, 404]);
    expect((await house.request(method, base + path, body, 'none')).status).toBe(401);
  }
  expect((await house.request('GET', base, undefined, key)).body).toEqual({ groups: [] });
  expect((await house.request('PATCH', `${base}/${unknownId}`, {})).status).toBe(404);
});
