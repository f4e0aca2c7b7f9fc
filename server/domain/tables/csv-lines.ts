import { parse } from 'csv-parse/sync';
import { messageOf } from '../../contract/errors.ts';
import { mostRows, tableInvalid } from './table.ts';

const delimiters = [',', ';', '\t', '|'] as const;

/** Lines of a CSV file; the delimiter is the one that its first line has most of. Throws `table-invalid`. */
export function csvLines(bytes: Uint8Array): readonly (readonly string[])[] {
  const text = decodeText(bytes);
  try {
    return parse(text, {
      delimiter: delimiterOf(text),
      relax_column_count: true,
      skip_empty_lines: true,
      // One more than is taken, so that too long a file is noticed, not cut.
      to: mostRows + 2,
    });
  } catch (thrown) {
    throw tableInvalid([`it is no valid CSV: ${messageOf(thrown)}`], thrown);
  }
}

/** UTF-8 or UTF-16 by its byte order mark, else UTF-8, else Windows-1252, which is what old spreadsheets write. */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  const text = decodeUtf8(bytes) ?? new TextDecoder('windows-1252').decode(bytes);
  if (text.includes('\0')) throw tableInvalid(['it is neither a CSV nor an XLSX file']);
  return text;
}

/** Drops the byte order mark; undefined when the bytes are no UTF-8. */
function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function delimiterOf(text: string): string {
  const [firstLine = ''] = text.split(/\r?\n/, 1);
  const bare = firstLine.replaceAll(/"[^"]*"/g, '');
  const counted = delimiters.map((delimiter) => ({ delimiter, count: bare.split(delimiter).length }));
  return counted.reduce((best, one) => (one.count > best.count ? one : best)).delimiter;
}
