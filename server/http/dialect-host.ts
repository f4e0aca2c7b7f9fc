import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { LandlineError } from '../contract/errors.ts';
import type { Clock } from '../lifetime/clock.ts';
import { allowReading } from './cors.ts';
import type { Dialect, DialectName } from './dialect.ts';
import { originOf } from './origin.ts';
import { readBody } from './request-body.ts';
import type { Answer, Method, Route } from './route.ts';
import { type Found, RouteTable } from './route-table.ts';

export interface DialectHostParts {
  readonly clock: Clock;
  /** Our own origin, for requests whose Host header is none. */
  readonly fallbackOrigin: () => string;
}

/** Runs requests through one dialect: who is calling, how often, what exactly, and its answer or its failure. */
export class DialectHost<Name extends string = DialectName> {
  readonly #dialect: Dialect<unknown, Name>;
  readonly #parts: DialectHostParts;
  readonly #table: RouteTable<Route<unknown>>;

  constructor(dialect: Dialect<unknown, Name>, parts: DialectHostParts) {
    this.#dialect = dialect;
    this.#parts = parts;
    this.#table = new RouteTable(dialect.routes.map((route) => ({ ...route, value: route })));
  }

  get name(): Name {
    return this.#dialect.name;
  }

  get routes(): readonly Route<unknown>[] {
    return this.#dialect.routes;
  }

  find(method: Method, path: string): Found<Route<unknown>> | undefined {
    return this.#table.find(method, path);
  }

  methodsOf(path: string): readonly Method[] {
    return this.#table.methodsOf(path);
  }

  allowedOrigin(request: Request): string | undefined {
    return this.#dialect.allowedOrigin(request);
  }

  async answer(request: Request, response: Response, found: Found<Route<unknown>>): Promise<void> {
    const dialect = this.#dialect;
    try {
      allowReading(request, response, dialect.allowedOrigin(request));
      dialect.open(request, response);
      const caller = await dialect.authenticate(request, found.value, found.params);
      dialect.admit(request, response, caller, found.value);
      await this.#run(request, response, found, caller);
    } catch (thrown) {
      this.#fail(request, response, thrown);
    }
  }

  /** For a request that no row of this dialect takes, though it is this dialect's: 405 with `Allow`, or 404. */
  refuse(request: Request, response: Response): void {
    try {
      this.#dialect.open(request, response);
      this.#dialect.admitRefused?.(request, response);
      throw this.#refusal(request, response);
    } catch (thrown) {
      this.#fail(request, response, thrown);
    }
  }

  #refusal(request: Request, response: Response): LandlineError {
    const allowed = this.methodsOf(request.path);
    if (allowed.length === 0) return new LandlineError('not-found', 'There is no such endpoint.');
    response.setHeader('Allow', allowed.join(', '));
    return new LandlineError('method-not-allowed', 'Method not allowed', { allowed });
  }

  async #run(request: Request, response: Response, found: Found<Route<unknown>>, caller: unknown): Promise<void> {
    const { value: route, params } = found;
    const read = await readBody(request, response, route);
    try {
      const answer = await route.run({
        caller,
        params,
        query: request.query,
        body: read.body,
        files: read.files,
        rawBody: read.rawBody,
        origin: originOf(request, this.#parts.fallbackOrigin()),
        remoteAddress: request.ip ?? '',
        header: (name) => request.get(name),
      });
      await this.#send(response, answer);
    } finally {
      await read.discard();
    }
  }

  async #send(response: Response, answer: Answer): Promise<void> {
    switch (answer.kind) {
      case 'json':
        if (answer.headers) response.set(answer.headers);
        this.#dialect.sendJson(response, answer, this.#parts.clock.now());
        return;
      case 'empty':
        if (answer.headers) response.set(answer.headers);
        response.status(answer.status).end();
        return;
      case 'text':
        sendText(response, answer);
        return;
      case 'file':
        await sendFile(response, answer);
        return;
      case 'stream':
        await sendStream(response, answer);
    }
  }

  #fail(request: Request, response: Response, thrown: unknown): void {
    if (response.headersSent) response.destroy();
    else this.#dialect.sendFailure(request, response, thrown, this.#parts.clock.now());
  }
}

/**
 * Past Express's `send`, which would look at every byte again. Pieces leave as they are: putting them together would
 * fill the memory with copies of large pages as fast as they are asked for.
 */
function sendText(response: Response, { status, contentType, text }: Extract<Answer, { kind: 'text' }>): void {
  const pieces = (typeof text === 'string' ? [text] : text).map(asBytes);
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  response.status(status).set({ 'Content-Type': contentType, 'Content-Length': String(length) });
  response.cork();
  for (const piece of pieces) response.write(piece);
  response.end();
}

function asBytes(piece: string | Buffer): Buffer {
  return typeof piece === 'string' ? Buffer.from(piece) : piece;
}

/** A name for Content-Disposition that can hold no header of its own (RFC 6266, RFC 8187). */
function disposition(downloadName: string): string {
  const plain = downloadName.replaceAll(/[^\w.() -]/g, '_');
  return `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(downloadName)}`;
}

async function sendStream(response: Response, answer: Extract<Answer, { kind: 'stream' }>): Promise<void> {
  response.status(200).set('Content-Type', answer.contentType).set('Cache-Control', 'private, no-store');
  response.set('Content-Disposition', disposition(answer.downloadName));
  const source = answer.open();
  try {
    await pipeline(source instanceof Readable ? source : Readable.from(source), response);
  } catch {
    // Headers are out: all that is left to say is that the body is not whole.
    response.destroy();
  }
}

/** Range requests, conditional requests and HEAD are answered by Express (RFC 9110 §14). */
function sendFile(response: Response, file: Extract<Answer, { kind: 'file' }>): Promise<void> {
  const headers: Record<string, string> = { 'Content-Type': file.contentType, 'Cache-Control': 'private, no-store' };
  if (file.downloadName !== undefined) headers['Content-Disposition'] = disposition(file.downloadName);
  return new Promise((resolve, reject) => {
    const options = { headers, dotfiles: 'allow', cacheControl: false } as const;
    response.sendFile(file.path, options, (failure?: Error & { readonly status?: number }) => {
      // A client that went away in the middle needs no answer any more.
      if (!failure || response.headersSent) resolve();
      else reject(fileFailure(response, failure));
    });
  });
}

function fileFailure(response: Response, failure: Error & { readonly status?: number }): Error {
  for (const name of response.getHeaderNames()) if (name.startsWith('content-')) response.removeHeader(name);
  if (failure.status === 404) return new LandlineError('recording-not-found', 'The file has gone.', {}, failure);
  if (failure.status !== 416) return failure;
  return new LandlineError('range-not-satisfiable', 'The range lies outside the file.', {}, failure);
}
