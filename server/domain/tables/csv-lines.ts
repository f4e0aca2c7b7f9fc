import { parse } from 'csv-parse/sync';
import { messageOf } from '../../contract/errors.ts';
import { decodeText } from '../text-encoding.ts';
import { mostRows, tableInvalid } from './table.ts';

const delimiters = [',', ';', '\t', '|'] as const;

/** Lines of a CSV file; the delimiter is the one that its first line has most of. Throws `table-invalid`. */
export function csvLines(bytes: Uint8Array): readonly (readonly string[])[] {
  const text = decodeText(bytes);
  if (text.includes('\0')) throw tableInvalid(['it is neither a CSV nor an XLSX file']);
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

function delimiterOf(text: string): string {
  const [firstLine = ''] = text.split(/\r?\n/, 1);
  const bare = firstLine.replaceAll(/"[^"]*"/g, '');
  const counted = delimiters.map((delimiter) => ({ delimiter, count: bare.split(delimiter).length }));
  return counted.reduce((best, one) => (one.count > best.count ? one : best)).delimiter;
}
