import { readSheet } from 'read-excel-file/node';
import { expect, test } from 'vitest';
import { realClock } from '../../lifetime/clock.ts';
import { VirtualClock } from '../../lifetime/virtual-clock.ts';
import { type Cell, WorkbookWriter } from './workbook-writer.ts';

async function* rowsOf(rows: readonly (readonly Cell[])[]): AsyncGenerator<readonly Cell[]> {
  yield* rows;
}

test('a workbook holds what it was given, formulas as texts', async () => {
  const rows = [['name', 'age'], ['=1+1', 36], ...Array.from({ length: 1_200 }, (_, at) => [`Person ${at}`, at])];
  const bytes = await new WorkbookWriter(realClock).write('People', rowsOf(rows));
  expect(await readSheet(Buffer.from(bytes), 'People')).toEqual(rows);
});

test('rows that can not be had end the export with what went wrong', async () => {
  const writer = new WorkbookWriter(realClock);
  const broken = (async function* (): AsyncGenerator<readonly Cell[]> {
    yield ['a'];
    throw new Error('the list is gone');
  })();
  await expect(writer.write('A', broken)).rejects.toThrow('the list is gone');
  expect(writer.counters.running).toBe(0);
});

test('an export that takes too long is ended', async () => {
  const clock = new VirtualClock();
  const never = (async function* (): AsyncGenerator<readonly Cell[]> {
    yield ['a'];
    await new Promise(() => {});
  })();
  const writing = new WorkbookWriter(clock).write('A', never);
  const refused = expect(writing).rejects.toMatchObject({ code: 'export-failed' });
  await clock.advance(120_000);
  await refused;
});
