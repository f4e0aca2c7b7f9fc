import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import type { Request } from 'express';
import { LandlineError } from '../contract/errors.ts';
import { invalidRequest, type UploadedFile } from './route.ts';

export interface MultipartBody {
  readonly fields: Readonly<Record<string, string>>;
  readonly files: readonly UploadedFile[];
  /** Deletes the files. */
  readonly discard: () => Promise<void>;
}

const mostFiles = 20;
const mostFields = 200;
const largestFieldBytes = 1024 * 1024;

/**
 * Reads a multipart body (RFC 7578), files streamed to a folder of their own. Throws `invalid-request` when it is none,
 * or `body-too-large` when the files together are larger than `maxBytes`; nothing is left behind then.
 */
export async function readMultipart(request: Request, maxBytes: number): Promise<MultipartBody> {
  const folder = await mkdtemp(join(tmpdir(), 'landline-upload-'));
  const discard = () => rm(folder, { recursive: true, force: true });
  try {
    return { ...(await readInto(folder, request, maxBytes)), discard };
  } catch (thrown) {
    await discard();
    throw thrown;
  }
}

async function readInto(folder: string, request: Request, maxBytes: number): Promise<Omit<MultipartBody, 'discard'>> {
  const parser = parserFor(request, maxBytes);
  const fields: Record<string, string> = {};
  const files: UploadedFile[] = [];
  const writes: Promise<void>[] = [];
  let totalBytes = 0;
  let failure: unknown;
  const fail = (thrown: unknown) => {
    failure ??= thrown;
    request.unpipe(parser);
    request.resume();
    parser.destroy();
  };
  parser.on('field', (name, value, { valueTruncated }) => {
    if (valueTruncated) fail(invalidRequest([{ in: 'body', field: name, message: 'is too long' }]));
    else if (name !== '__proto__') fields[name] = value;
  });
  parser.on('file', (field, stream, { filename, mimeType }) => {
    const path = join(folder, String(files.length + writes.length));
    let sizeBytes = 0;
    stream.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      totalBytes += chunk.length;
      if (totalBytes > maxBytes) fail(tooLarge(maxBytes));
    });
    const write = pipeline(stream, createWriteStream(path, { flags: 'wx', mode: 0o600 })).then(() => {
      files.push({ field, fileName: filename ?? '', contentType: mimeType, sizeBytes, path });
    });
    write.catch(fail);
    writes.push(write);
  });
  for (const limit of ['filesLimit', 'fieldsLimit', 'partsLimit'] as const) {
    parser.on(limit, () => fail(invalidRequest([{ in: 'body', field: 'body', message: 'has too many parts' }])));
  }
  await new Promise<void>((resolve) => {
    parser.once('close', resolve);
    parser.once('error', (thrown) => {
      fail(invalidRequest([{ in: 'body', field: 'body', message: `is no valid multipart body: ${String(thrown)}` }]));
      resolve();
    });
    request.once('aborted', () => fail(new LandlineError('client-gone', 'The client went away.')));
    request.pipe(parser);
  });
  await Promise.allSettled(writes);
  if (failure !== undefined) throw failure;
  return { fields, files };
}

function parserFor(request: Request, maxBytes: number): busboy.Busboy {
  try {
    const limits = { files: mostFiles, fields: mostFields, fieldSize: largestFieldBytes, fileSize: maxBytes + 1 };
    return busboy({ headers: request.headers, limits, defParamCharset: 'utf8' });
  } catch (thrown) {
    const message = 'send the file as multipart/form-data';
    throw new LandlineError(
      'invalid-request',
      `body: ${message}`,
      { problems: [{ in: 'body', field: 'body', message }] },
      thrown,
    );
  }
}

export function tooLarge(maxBytes: number): LandlineError {
  const message = `is larger than ${maxBytes.toLocaleString('en-US')} bytes`;
  const problems = [{ in: 'body', field: 'body', message }];
  return new LandlineError('body-too-large', `The request body ${message}.`, { maxBytes, problems });
}
