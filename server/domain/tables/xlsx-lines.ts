import { buffer } from 'node:stream/consumers';
import { readSheet } from 'read-excel-file/universal';
import { fromBufferPromise } from 'yauzl';
import { ZipFile } from 'yazl';
import { LandlineError, messageOf } from '../../contract/errors.ts';
import { tableInvalid } from './table.ts';

const mostUnpackedBytes = 96 * 1024 * 1024;
const mostEntries = 1_000;

/** Lines of the first sheet of an XLSX file. Throws `table-invalid`, also for an archive that unpacks to too much. */
export async function xlsxLines(bytes: Buffer): Promise<readonly (readonly string[])[]> {
  try {
    const sheet = await readSheet(await repacked(bytes), 1, { dateFormat: 'yyyy-mm-dd' });
    return sheet.map((row) => row.map(cellText));
  } catch (thrown) {
    if (thrown instanceof LandlineError) throw thrown;
    throw tableInvalid([`it is no valid XLSX workbook: ${messageOf(thrown)}`], thrown);
  }
}

/**
 * The archive made anew of the XML that its directory lists, with every size checked while unpacking: what the reader
 * gets holds neither a bomb nor an entry that only a careless reader would find.
 */
async function repacked(bytes: Buffer): Promise<Blob> {
  const archive = await fromBufferPromise(bytes, { lazyEntries: true, validateEntrySizes: true });
  const clean = new ZipFile();
  let unpackedBytes = 0;
  let entries = 0;
  for await (const entry of archive.eachEntry()) {
    entries++;
    if (entries > mostEntries) throw tableInvalid([`its archive has more than ${mostEntries} entries`]);
    if (!/\.(xml|rels)$/i.test(entry.fileName)) continue;
    unpackedBytes += entry.uncompressedSize;
    if (unpackedBytes > mostUnpackedBytes) {
      throw tableInvalid([`it unpacks to more than ${mostUnpackedBytes / 1024 / 1024} MB: save the list as CSV`]);
    }
    clean.addBuffer(await buffer(await archive.openReadStreamPromise(entry)), entry.fileName, { compress: false });
  }
  clean.end();
  return new Blob([await buffer(clean.outputStream)]);
}

function cellText(cell: unknown): string {
  if (cell instanceof Date) return dateText(cell);
  if (typeof cell === 'string') return cell;
  return typeof cell === 'number' || typeof cell === 'boolean' ? String(cell) : '';
}

/** The date, and the time where the cell has one. */
function dateText(date: Date): string {
  const [day = '', time = ''] = date.toISOString().split('T');
  return time.startsWith('00:00:00') ? day : `${day} ${time.slice(0, 8)}`;
}
