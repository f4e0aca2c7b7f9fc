import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import writeXlsxFile from 'write-excel-file/node';
import { ZipFile } from 'yazl';
import { realClock } from '../../lifetime/clock.ts';
import { readTable } from './read-table.ts';
import { TableReader } from './table-reader.ts';

function fileOf(content: string | Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), 'landline-table-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'list');
  writeFileSync(path, content);
  return path;
}

async function zipOf(entries: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(entries)) zip.addBuffer(Buffer.from(content), name);
  zip.end();
  return buffer(zip.outputStream);
}

/** The smallest workbook: one sheet with this XML inside `<sheetData>`. */
function workbookOf(sheetData: string): Promise<Buffer> {
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  return zipOf({
    'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${relations}"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    'xl/worksheets/sheet1.xml': `<worksheet xmlns="${main}"><sheetData>${sheetData}</sheetData></worksheet>`,
  });
}

test('a CSV file is read by its own delimiter, quotes and line ends', async () => {
  const path = fileOf(
    '\ufeffName;Telefon;Notiz\r\n"Müller; Eva";+49 30 1234567;"sagt ""ja"""\r\n;;\r\nBo;0091 22 1234567\r\n',
  );
  expect(await readTable(path)).toEqual({
    headers: ['Name', 'Telefon', 'Notiz'],
    rows: [
      ['Müller; Eva', '+49 30 1234567', 'sagt "ja"'],
      ['Bo', '0091 22 1234567', ''],
    ],
  });
});

test('old encodings are read too', async () => {
  const latin = await readTable(fileOf(Buffer.from('Name,Tel\nJ\xf6rg,123\n', 'latin1')));
  const wide = await readTable(
    fileOf(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('Name\tTel\nJörg\t123', 'utf16le')])),
  );
  expect([latin.rows, wide.rows]).toEqual([[['Jörg', '123']], [['Jörg', '123']]]);
});

test('unnamed and repeated headers get names of their own', async () => {
  const { headers } = await readTable(fileOf('Name,,Name\na,b,c\n'));
  expect(headers).toEqual(['Name', 'Column 2', 'Name (2)']);
});

test('the first sheet of an XLSX file is read, numbers and dates as texts', async () => {
  const rows = [
    ['Name', 'Phone', 'Since', 'Active'],
    ['Ada', 919876543210, { value: new Date('2024-05-06T00:00:00Z'), type: Date, format: 'yyyy-mm-dd' }, true],
  ] as const;
  const path = fileOf(await writeXlsxFile(rows.map((row) => [...row])).toBuffer());
  expect(await readTable(path)).toEqual({
    headers: ['Name', 'Phone', 'Since', 'Active'],
    rows: [['Ada', '919876543210', '2024-05-06', 'true']],
  });
});

test('the old XLS format, other files and empty ones are refused with what to do', async () => {
  const legacy = readTable(fileOf(Buffer.from('d0cf11e0a1b11ae1', 'hex')));
  await expect(legacy).rejects.toThrow('save it as XLSX or CSV');
  await expect(readTable(fileOf(Buffer.from([1, 0, 2, 0])))).rejects.toThrow('neither a CSV nor an XLSX');
  await expect(readTable(fileOf('\n \n'))).rejects.toThrow('the first row must be the headers');
  await expect(readTable(fileOf(await zipOf({ 'a.txt': 'x' })))).rejects.toThrow('no valid XLSX');
  await expect(readTable(fileOf('a,b\n"open,2\n'))).rejects.toThrow('no valid CSV');
});

test('an archive that unpacks to too much is refused before it is unpacked', async () => {
  const bomb = await zipOf({ 'xl/workbook.xml': Buffer.alloc(97 * 1024 * 1024) });
  expect(bomb.length).toBeLessThan(1024 * 1024);
  await expect(readTable(fileOf(bomb))).rejects.toThrow('unpacks to more than 96 MB');
});

test('an archive that lies about its sizes is refused', async () => {
  const bomb = await zipOf({ 'xl/workbook.xml': Buffer.alloc(8 * 1024 * 1024) });
  const directory = bomb.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'));
  bomb.writeUInt32LE(1_000, directory + 24);
  await expect(readTable(fileOf(bomb))).rejects.toThrow('no valid XLSX');
});

test('a file that needs too much memory ends with its thread, not with the house', { timeout: 60_000 }, async () => {
  const reader = new TableReader(realClock);
  const rows = Array.from({ length: 4_000 }, (_, at) => `<row r="${at + 1}"><c r="XFD${at + 1}"><v>1</v></c></row>`);
  const grid = fileOf(await workbookOf(rows.join('')));
  await expect(reader.read(grid)).rejects.toMatchObject({ code: 'table-invalid' });
  expect(await reader.read(fileOf('a\n1\n'))).toEqual({ headers: ['a'], rows: [['1']] });
  expect(reader.counters).toEqual({ running: 0, waiting: 0, refused: 0 });
});

test('more readers than can wait are refused', async () => {
  const reader = new TableReader(realClock);
  const path = fileOf('a\n1\n');
  const all = await Promise.allSettled(Array.from({ length: 20 }, () => reader.read(path)));
  const refused = all.filter(({ status }) => status === 'rejected');
  expect([refused.length, reader.counters.refused]).toEqual([2, 2]);
});
