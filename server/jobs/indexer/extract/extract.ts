import { readFile } from 'node:fs/promises';
import { decodeText } from '../../../domain/text-encoding.ts';
import { csvText } from './csv.ts';
import { docxText } from './docx.ts';
import { htmlFileText } from './html.ts';
import { markdownText } from './markdown.ts';
import { pdfText } from './pdf.ts';
import { Refusal } from './refusal.ts';
import { Splitter } from './splitter.ts';

export type ReadableFormat = 'pdf' | 'docx' | 'txt' | 'md' | 'csv' | 'html';

/** The passages of a file, in order. Throws `Refusal` with a sentence for its owner. */
export async function* passagesOf(path: string, format: ReadableFormat): AsyncGenerator<string> {
  const splitter = new Splitter();
  let isEmpty = true;
  for await (const text of textOf(await readFile(path), format)) {
    for (const passage of splitter.push(clean(text))) {
      isEmpty = false;
      yield passage;
    }
  }
  for (const passage of splitter.end()) {
    isEmpty = false;
    yield passage;
  }
  if (isEmpty) throw new Refusal('The file holds no text: nothing can be found in it.');
}

async function* textOf(bytes: Buffer, format: ReadableFormat): AsyncGenerator<string> {
  switch (format) {
    case 'pdf':
      return yield* pdfText(new Uint8Array(bytes));
    case 'docx':
      return yield await docxText(bytes);
    case 'html':
      return yield htmlFileText(bytes);
    case 'csv':
      return yield* csvText(decodeText(bytes));
    case 'md':
      return yield markdownText(decodeText(bytes));
    case 'txt':
      return yield decodeText(bytes);
  }
}

/** Without control characters and soft hyphens; halves of surrogate pairs would not survive storing. */
function clean(text: string): string {
  return text.toWellFormed().replaceAll(/[^\P{Cc}\n\r\t]|[\u00ad\ufeff]/gu, '');
}
