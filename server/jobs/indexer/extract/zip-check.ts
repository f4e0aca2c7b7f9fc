import { type Entry, fromBuffer, type ZipFile } from 'yauzl';
import { Refusal } from './refusal.ts';

const mostEntries = 5_000;
/** Text parts of an office file; its pictures are never unpacked. */
const largestEntryBytes = 60 * 1024 * 1024;
const largestTotalBytes = 120 * 1024 * 1024;

/**
 * Unpacks the XML parts of a ZIP file into nothing, counting: what its directory says of their sizes is not believed.
 * Throws `Refusal` for a ZIP bomb, a broken ZIP, or one without the part that must be there.
 */
export async function checkZip(bytes: Buffer, requiredPart: string): Promise<void> {
  const zip = await openZip(bytes);
  if (zip.entryCount > mostEntries) throw bomb(`${zip.entryCount} parts`);
  let totalBytes = 0;
  let hasRequired = false;
  for await (const entry of entriesOf(zip)) {
    hasRequired ||= entry.fileName === requiredPart;
    if (!/\.(xml|rels)$/i.test(entry.fileName)) continue;
    totalBytes += await unpackedBytes(zip, entry, largestTotalBytes - totalBytes);
  }
  if (!hasRequired) throw new Refusal('The file is called DOCX, but is no Word document: save it as DOCX again.');
}

function openZip(bytes: Buffer): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true, strictFileNames: false }, (failure, zip) => {
      if (failure) reject(damaged());
      else resolve(zip);
    });
  });
}

async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  for (;;) {
    const entry = await new Promise<Entry | undefined>((resolve, reject) => {
      zip.once('entry', resolve);
      zip.once('end', () => resolve(undefined));
      zip.once('error', () => reject(damaged()));
      zip.readEntry();
    });
    zip.removeAllListeners('entry').removeAllListeners('end').removeAllListeners('error');
    if (!entry) return;
    yield entry;
  }
}

async function unpackedBytes(zip: ZipFile, entry: Entry, leftBytes: number): Promise<number> {
  const limit = Math.min(largestEntryBytes, leftBytes);
  if (entry.uncompressedSize > limit) throw bomb(`${entry.uncompressedSize} bytes of text`);
  const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
    zip.openReadStream(entry, (failure, opened) => {
      if (failure) reject(damaged());
      else resolve(opened);
    });
  });
  let count = 0;
  try {
    for await (const block of stream as AsyncIterable<Buffer>) {
      count += block.length;
      if (count > limit) throw bomb('more text than it says');
    }
  } catch (thrown) {
    throw thrown instanceof Refusal ? thrown : damaged();
  }
  return count;
}

function bomb(what: string): Refusal {
  return new Refusal(`The file unpacks to ${what}, which is more than any document: it is refused.`);
}

function damaged(): Refusal {
  return new Refusal('The DOCX file is damaged: open it, save it again, and upload that copy.');
}
