import { readFile } from 'node:fs/promises';
import { csvLines } from './csv-lines.ts';
import { type Table, tableInvalid, tableOf } from './table.ts';
import { xlsxLines } from './xlsx-lines.ts';

const zipMagic = 'PK\x03\x04';
/** Of the compound file format that spreadsheets used before 2007 (MS-CFB §2.2). */
const legacyMagic = '\xD0\xCF\x11\xE0';

/** Reads a CSV or XLSX file, told apart by content, whatever it is named. Throws `table-invalid`. */
export async function readTable(path: string): Promise<Table> {
  const bytes = await readFile(path);
  const magic = bytes.subarray(0, 4).toString('latin1');
  if (magic === legacyMagic) {
    throw tableInvalid(['it is a workbook of the old XLS format: save it as XLSX or CSV and upload that']);
  }
  return tableOf(magic === zipMagic ? await xlsxLines(bytes) : csvLines(bytes));
}
