import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileTypeFromBuffer } from 'file-type';
import { LandlineError } from '../../contract/errors.ts';
import { type FileFormat, type FileUpload, fileFormats } from './knowledge-file.ts';

/** Enough of a file for its magic bytes. */
const headBytes = 8_192;
const binaryFormats: readonly FileFormat[] = ['pdf', 'docx'];

/**
 * What an upload is: its ending says what it should be, its first bytes must not say otherwise. An upload without an
 * ending goes by its bytes, then by its media type. Throws `file-type-refused`.
 */
export async function formatOf(upload: FileUpload): Promise<FileFormat> {
  const head = await readHead(upload.path);
  const seen = (await fileTypeFromBuffer(head).catch(() => undefined))?.ext;
  const ending = extname(upload.fileName).toLowerCase();
  const named = fileFormats.find(({ extensions }) => extensions.includes(ending))?.format;
  if (named === undefined && ending !== '') throw refused(upload, `files ending in "${ending}" cannot be read`);
  const format = named ?? seenFormat(seen) ?? declaredFormat(upload.contentType);
  if (format === undefined) throw refused(upload, 'neither its name nor its content says what it is');
  if (!agrees(format, seen, head)) {
    throw refused(upload, `it is called ${format.toUpperCase()}, but its content is ${seen ?? 'something else'}`);
  }
  return format;
}

async function readHead(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function seenFormat(seen: string | undefined): FileFormat | undefined {
  return binaryFormats.find((format) => format === seen);
}

function declaredFormat(contentType: string): FileFormat | undefined {
  const plain = contentType.split(';')[0]?.trim().toLowerCase();
  return fileFormats.find((known) => known.contentType === plain)?.format;
}

function agrees(format: FileFormat, seen: string | undefined, head: Buffer): boolean {
  if (format === 'pdf') return seen === 'pdf';
  // Which office format a ZIP file is shows only deeper inside; reading it will tell.
  if (format === 'docx') return seen === 'docx' || seen === 'zip';
  return (seen === undefined || seen === 'xml') && isText(head);
}

/** UTF-16 needs its byte order mark to be taken for text; other text has no zero bytes. */
function isText(head: Buffer): boolean {
  const mark = head.length >= 2 ? head.readUInt16BE(0) : 0;
  return mark === 0xfeff || mark === 0xfffe || !head.includes(0);
}

function refused(upload: FileUpload, why: string): LandlineError {
  const extensions = fileFormats.flatMap((known) => known.extensions);
  return new LandlineError(
    'file-type-refused',
    `The file "${upload.fileName}" is refused: ${why}. Send one of ${extensions.join(', ')}.`,
    { fileName: upload.fileName, contentType: upload.contentType, extensions },
  );
}
