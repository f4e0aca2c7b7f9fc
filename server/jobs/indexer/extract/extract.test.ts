import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { docxOf, pdfOf } from '../../../../test/support/documents.ts';
import { passagesOf, type ReadableFormat } from './extract.ts';
import { markdownText } from './markdown.ts';
import { Refusal } from './refusal.ts';

const folder = mkdtempSync(join(tmpdir(), 'landline-extract-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function read(format: ReadableFormat, bytes: Uint8Array | string): Promise<readonly string[]> {
  const path = join(folder, `file.${format}`);
  writeFileSync(path, bytes);
  const passages: string[] = [];
  for await (const passage of passagesOf(path, format)) passages.push(passage);
  return passages;
}

test('Markdown is read as it looks', () => {
  const text = markdownText(
    '---\ntitle: x\n---\n# Opening *hours* #\n\nSee [our page](https://x.example) and `code`.\n\n> **Closed** on Sundays.\n\n' +
      '| Day | Hours |\n|-----|:-----:|\n| Monday | 9-5 |\n\n```js\nrun();\n```\n',
  );
  expect(text).toContain('Opening hours');
  expect(text).toContain('See our page and code.');
  expect(text).toContain('Closed on Sundays.');
  expect(text).toContain('Day Hours');
  expect(text).toContain('Monday 9-5');
  expect(text).not.toMatch(/[#*`|>\]]|---|title/);
});

test('an HTML page in an encoding that it names is read in it', async () => {
  const html = Buffer.from('<meta charset="iso-8859-2"><p>Łódź leży w Polsce.</p>'.replace('Łódź leży', 'X'), 'latin1');
  const bytes = Buffer.concat([
    html.subarray(0, html.indexOf('X')),
    Buffer.from([0xa3, 0xf3, 0x64, 0xbc]),
    html.subarray(html.indexOf('X') + 1),
  ]);
  expect(await read('html', bytes)).toEqual(['Łódź w Polsce.']);
});

test('a table in a page or a document is read row by row', async () => {
  const html = '<table><tr><th>Day</th><th>Hours</th></tr><tr><td>Monday</td><td>9 to 5</td></tr></table>';
  expect((await read('html', html)).join()).toMatch(/Day Hours\s+Monday 9 to 5/);
  expect((await read('docx', await docxOf([['Monday', '9 to 5']]))).join().replaceAll(/\s+/g, ' ')).toBe(
    'Monday 9 to 5',
  );
});

test('pages of a PDF follow each other, and words cut at a line end are whole', async () => {
  const passages = await read('pdf', pdfOf(['First page with a hy-\nphenated word.', 'Second page (in brackets).']));
  expect(passages).toEqual(['First page with a hyphenated word.\nSecond page (in brackets).']);
});

test('damaged files are refused or read, but never break anything else', async () => {
  const whole: readonly [ReadableFormat, Buffer][] = [
    ['pdf', pdfOf(['Some text here.', 'And some more there.'])],
    ['docx', await docxOf(['Some text here.', ['a', 'b']])],
    ['csv', Buffer.from('a;b\n1;"2\n3";4\n')],
    ['html', Buffer.from('<p>Some <b>text</p></b><table><td>x')],
    ['md', Buffer.from('# a\n**b* [c](d\n```')],
  ];
  const damage = fc.record({
    file: fc.constantFrom(...whole),
    places: fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(255)), {
      minLength: 1,
      maxLength: 8,
    }),
    keep: fc.double({ min: 0.1, max: 1, noNaN: true }),
  });
  await fc.assert(
    fc.asyncProperty(damage, async ({ file: [format, bytes], places, keep }) => {
      const damaged = Buffer.from(bytes.subarray(0, Math.ceil(bytes.length * keep)));
      for (const [place, value] of places) damaged[Math.floor(place * damaged.length)] = value;
      const outcome = await read(format, damaged).catch((thrown: unknown) => thrown);
      expect(Array.isArray(outcome) || outcome instanceof Error).toBe(true);
      if (outcome instanceof Refusal) expect(outcome.message).toMatch(/^The .*\.$/s);
    }),
    { numRuns: 150 },
  );
});
