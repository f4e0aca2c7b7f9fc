import express, { type Request, type Response } from 'express';
import { LandlineError } from '../contract/errors.ts';
import { readMultipart, tooLarge } from './multipart.ts';
import { invalidRequest, type RouteContract, type UploadedFile } from './route.ts';

export interface RequestBody {
  readonly body: unknown;
  readonly files: readonly UploadedFile[];
  readonly rawBody: Buffer;
  /** Deletes uploaded files. */
  readonly discard: () => Promise<void>;
}

type BodyRoute = Pick<RouteContract, 'bodyKind'> & { readonly maxBodyBytes: number; readonly keepsRawBody: boolean };
type Reader = (request: Request, response: Response, done: (failure?: unknown) => void) => void;

const nothing = Buffer.alloc(0);
const keepNothing = async () => {};
const readers = new Map<string, Reader>();

/**
 * The body as the route wants it. Throws `invalid-request` for one that can't be read, `body-too-large` for one that is
 * longer than the route allows.
 */
export async function readBody(request: Request, response: Response, route: BodyRoute): Promise<RequestBody> {
  if (route.bodyKind === 'multipart') {
    const { fields, files, discard } = await readMultipart(request, route.maxBodyBytes);
    return { body: fields, files, rawBody: nothing, discard };
  }
  if (request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined) {
    return { body: undefined, files: [], rawBody: nothing, discard: keepNothing };
  }
  const kept = request as Request & { rawBody?: Buffer };
  await new Promise<void>((resolve, reject) => {
    readerOf(route)(request, response, (failure) => {
      if (failure === undefined) resolve();
      else reject(bodyFailure(failure, route.maxBodyBytes));
    });
  });
  const body: unknown = request.body;
  if (isDeeper(body, deepestBody)) throw unreadable('is nested too deeply: at most 100 levels are read');
  return { body, files: [], rawBody: kept.rawBody ?? nothing, discard: keepNothing };
}

/** A JSON body is read as JSON whatever its type says, but for types that clearly say otherwise. */
function readerOf({ bodyKind, maxBodyBytes, keepsRawBody }: BodyRoute): Reader {
  const key = `${bodyKind} ${maxBodyBytes} ${keepsRawBody}`;
  const known = readers.get(key);
  if (known) return known;
  const verify = (request: object, _response: unknown, raw: Buffer) => {
    if (keepsRawBody) Object.assign(request, { rawBody: raw });
  };
  const reader = (
    bodyKind === 'form'
      ? express.urlencoded({ extended: false, limit: maxBodyBytes, verify })
      : express.json({ limit: maxBodyBytes, verify, type: isReadAsJson })
  ) as Reader;
  readers.set(key, reader);
  return reader;
}

const otherTypes =
  /^(?:multipart\/|image\/|audio\/|video\/|(?:application|text)\/(?:x-www-form-urlencoded|xml|html|csv)\b)/i;

function isReadAsJson({ headers }: { readonly headers: { readonly 'content-type'?: string | undefined } }): boolean {
  return !otherTypes.test(headers['content-type']?.trim() ?? '');
}

/** Whoever walks a deeper body by recursion may run out of stack. */
const deepestBody = 100;

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((child) => isDeeper(child, levels - 1));
}

function bodyFailure(thrown: unknown, maxBodyBytes: number): LandlineError {
  const { type } = Object(thrown) as { readonly type?: unknown };
  if (type === 'entity.too.large') return tooLarge(maxBodyBytes);
  const message = type === 'entity.parse.failed' ? 'is not valid JSON' : 'cannot be read';
  return unreadable(message, thrown);
}

function unreadable(message: string, cause?: unknown): LandlineError {
  const { details } = invalidRequest([{ in: 'body', field: 'body', message }]);
  return new LandlineError('invalid-request', `The request body ${message}.`, details, cause);
}
