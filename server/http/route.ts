import type { Readable } from 'node:stream';
import { z } from 'zod';
import { LandlineError } from '../contract/errors.ts';

export const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof methods)[number];

/** What a handler hands back; the dialect wraps `json` in its own envelope. */
export type Answer =
  | {
      readonly kind: 'json';
      readonly status: number;
      readonly data: unknown;
      readonly meta?: Readonly<Record<string, unknown>>;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'empty'; readonly status: 204; readonly headers?: Readonly<Record<string, string>> }
  /** Text, or text that is UTF-8 already. */
  | {
      readonly kind: 'text';
      readonly status: number;
      readonly contentType: string;
      /** The body, or the pieces that make it up. */
      readonly text: string | readonly (string | Buffer)[];
    }
  /** A file of ours, with Range, conditional requests and HEAD answered (RFC 9110 §14). */
  | { readonly kind: 'file'; readonly path: string; readonly contentType: string; readonly downloadName?: string }
  /** Made while it is sent; `open` is called once, and the stream is destroyed when the client goes away. */
  | {
      readonly kind: 'stream';
      readonly contentType: string;
      readonly downloadName: string;
      readonly open: () => Readable;
    };

/** A file of a multipart body, streamed to disk; deleted when the request has been answered. */
export interface UploadedFile {
  readonly field: string;
  /** As the client named it; never use it as a path. */
  readonly fileName: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  /** Where it lies now. */
  readonly path: string;
}

/** How the body comes: `json` (or none), `form` (urlencoded), `multipart` (fields are the body, files beside it). */
export type BodyKind = 'json' | 'form' | 'multipart';

/** A request as it came in, after the dialect knows who is calling. */
export interface RawRequest<Caller> {
  readonly caller: Caller;
  readonly params: Readonly<Record<string, string>>;
  readonly query: unknown;
  readonly body: unknown;
  readonly files: readonly UploadedFile[];
  /** The body's own bytes, of routes that set `keepsRawBody`. */
  readonly rawBody: Buffer;
  /** Scheme and host that the client used, e.g. `http://10.0.0.5:8080`. */
  readonly origin: string;
  /** The client's, also behind a proxy on this machine. */
  readonly remoteAddress: string;
  header(name: string): string | undefined;
}

export interface ParsedRequest<Caller, Params, Query, Body> extends Omit<RawRequest<Caller>, 'params'> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
}

/** What the contract document says about a route; the very schemas that validate requests. */
export interface RouteContract {
  readonly method: Method;
  /** Whole path with `{name}` for each parameter, e.g. `/api/v1/agents/{id}`. */
  readonly path: string;
  /** One line for people. */
  readonly summary: string;
  /** Heading under which the reference lists it. */
  readonly group: string;
  /** Whether it answers without a credential. */
  readonly isPublic: boolean;
  readonly bodyKind: BodyKind;
  readonly params: z.ZodRawShape;
  readonly query: z.ZodType | undefined;
  readonly body: z.ZodType | undefined;
  /** Schemas of successful answers by status; null for an answer without a body, or one that is no JSON. */
  readonly responses: Readonly<Record<number, z.ZodType | null>>;
}

/** One row of a dialect's route table. `Caller` is undefined for a public route that was called without a credential. */
export interface Route<Caller> extends RouteContract {
  readonly maxBodyBytes: number;
  readonly keepsRawBody: boolean;
  run(request: RawRequest<Caller>): Promise<Answer>;
}

export interface RouteSpec<Caller, Path extends string, Params extends z.ZodRawShape, Query, Body> {
  readonly method: Method;
  readonly path: Path;
  readonly summary?: string;
  readonly group?: string;
  readonly bodyKind?: BodyKind;
  /** Largest body in bytes, all files of a multipart body together; 1 MB unless told. */
  readonly maxBodyBytes?: number;
  readonly keepsRawBody?: boolean;
  /** Each parameter that isn't named here is a UUID, in lower case. */
  readonly params?: Params;
  readonly query?: z.ZodType<Query>;
  readonly body?: z.ZodType<Body>;
  readonly responses?: Readonly<Record<number, z.ZodType | null>>;
  answer(request: ParsedRequest<Caller, ParamsOf<Path, Params>, Query, Body>): Answer | Promise<Answer>;
}

type NamesIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;

/** Of a path whose parameters are all UUIDs. */
type NoParams = Record<'', z.ZodType>;

/** Parameters by name; those without a schema of their own are UUID texts. */
export type ParamsOf<Path extends string, Params extends z.ZodRawShape> = {
  readonly [Name in NamesIn<Path>]: Name extends keyof Params ? z.infer<Params[Name]> : string;
};

/** One thing that is wrong with a request. */
export interface Problem {
  /** `params`, `query` or `body`. */
  readonly in: 'path' | 'query' | 'body';
  /** Dotted path of the field; `body` for the whole. */
  readonly field: string;
  readonly message: string;
}

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const defaultMaxBodyBytes = 1024 * 1024;

export function isUuid(text: string): boolean {
  return uuidShape.test(text.toLowerCase());
}

/** A UUID in lower case. */
export const uuidText = z.string().toLowerCase().regex(uuidShape, 'must be a UUID');

/**
 * A row whose schemas parse everything before the handler sees it. Throws `invalid-request` with every problem of
 * query and body at once, or `invalid-path` when only the path's parameters are wrong.
 */
export function route<
  Caller,
  Path extends string = string,
  Params extends z.ZodRawShape = NoParams,
  Query = undefined,
  Body = undefined,
>(spec: RouteSpec<Caller, Path, Params, Query, Body>): Route<Caller> {
  return makeRoute(spec, false);
}

/** A row that answers without a credential too. */
export function publicRoute<
  Caller,
  Path extends string = string,
  Params extends z.ZodRawShape = NoParams,
  Query = undefined,
  Body = undefined,
>(spec: RouteSpec<Caller | undefined, Path, Params, Query, Body>): Route<Caller> {
  return makeRoute(spec as unknown as RouteSpec<Caller, Path, Params, Query, Body>, true);
}

function makeRoute<Caller, Path extends string, Params extends z.ZodRawShape, Query, Body>(
  spec: RouteSpec<Caller, Path, Params, Query, Body>,
  isPublic: boolean,
): Route<Caller> {
  const names = [...spec.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
  const params: Record<string, z.ZodType> = Object.fromEntries(
    names.map((name) => [name, (spec.params?.[name] as z.ZodType | undefined) ?? uuidText]),
  );
  const paramsSchema = names.length === 0 ? undefined : z.object(params);
  const run = async (request: RawRequest<Caller>): Promise<Answer> => {
    const wrong: Problem[] = [];
    const parsedParams = parse(paramsSchema, request.params, 'path', wrong);
    const inPath = wrong.length;
    const query = parse(spec.query, request.query, 'query', wrong);
    const body = parse(spec.body, request.body ?? {}, 'body', wrong);
    if (wrong.length > inPath) throw invalidRequest(wrong);
    if (inPath > 0) throw new LandlineError('invalid-path', 'There is nothing with this id.', { problems: wrong });
    return spec.answer({
      ...request,
      header: (name) => request.header(name),
      params: (parsedParams ?? {}) as ParamsOf<Path, Params>,
      query: query as Query,
      body: body as Body,
    });
  };
  return {
    method: spec.method,
    path: spec.path,
    summary: spec.summary ?? '',
    group: spec.group ?? '',
    isPublic,
    bodyKind: spec.bodyKind ?? 'json',
    maxBodyBytes: spec.maxBodyBytes ?? defaultMaxBodyBytes,
    keepsRawBody: spec.keepsRawBody ?? false,
    params,
    query: spec.query,
    body: spec.body,
    responses: spec.responses ?? {},
    run,
  };
}

export function invalidRequest(problems: readonly Problem[]): LandlineError {
  const sentence = problems.map(({ field, message }) => `${field}: ${message}`).join('; ');
  return new LandlineError('invalid-request', sentence, { problems });
}

function parse(schema: z.ZodType | undefined, value: unknown, place: Problem['in'], problems: Problem[]): unknown {
  const parsed = schema?.safeParse(value);
  if (!parsed) return undefined;
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) {
    problems.push({ in: place, field: path.join('.') || place, message });
  }
  return undefined;
}
