import type { z } from 'zod';
import { LandlineError } from '../contract/errors.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** What a handler hands back; the dialect wraps it in its own envelope. */
export type Answer =
  | {
      readonly kind: 'json';
      readonly status: number;
      readonly data: unknown;
      readonly meta?: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'file'; readonly path: string; readonly contentType: string };

/** A request as it came in, after the dialect knows who is calling. */
export interface RawRequest<Caller> {
  readonly caller: Caller;
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: unknown;
  readonly body: unknown;
  /** Scheme and host that the client used, e.g. `http://10.0.0.5:8080`. */
  readonly origin: string;
}

export interface ParsedRequest<Caller, Query, Body> {
  readonly caller: Caller;
  /** The path's `:id`, a lower-case UUID; empty when the path has none. */
  readonly id: string;
  readonly query: Query;
  readonly body: Body;
  readonly origin: string;
}

/** One row of a dialect's route table. */
export interface Route<Caller> {
  readonly method: Method;
  readonly path: string;
  run(request: RawRequest<Caller>): Promise<Answer>;
}

export interface RouteSpec<Caller, Query, Body> {
  readonly method: Method;
  readonly path: string;
  readonly query?: z.ZodType<Query>;
  readonly body?: z.ZodType<Body>;
  answer(request: ParsedRequest<Caller, Query, Body>): Answer | Promise<Answer>;
}

/** One thing that is wrong with a request. */
export interface Problem {
  readonly field: string;
  readonly message: string;
}

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isUuid(text: string): boolean {
  return uuidShape.test(text.toLowerCase());
}

/**
 * A row whose schemas parse everything before the handler sees it. Throws `invalid-request` with every problem of
 * query and body at once, or `not-found` when the path's id is no UUID.
 */
export function route<Caller, Query = undefined, Body = undefined>(
  spec: RouteSpec<Caller, Query, Body>,
): Route<Caller> {
  const { method, path } = spec;
  const run = async (request: RawRequest<Caller>): Promise<Answer> => {
    const id = path.includes(':id') ? parseId(request.params['id']) : '';
    const problems: Problem[] = [];
    const query = parse(spec.query, request.query, problems);
    const body = parse(spec.body, request.body ?? {}, problems);
    if (problems.length > 0) throw invalidRequest(problems);
    const { caller, origin } = request;
    return spec.answer({ caller, id, query: query as Query, body: body as Body, origin });
  };
  return { method, path, run };
}

export function invalidRequest(problems: readonly Problem[]): LandlineError {
  const sentence = problems.map(({ field, message }) => `${field}: ${message}`).join('; ');
  return new LandlineError('invalid-request', sentence, { problems });
}

function parse(schema: z.ZodType | undefined, value: unknown, problems: Problem[]): unknown {
  const parsed = schema?.safeParse(value);
  if (!parsed) return undefined;
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) problems.push({ field: path.join('.') || 'body', message });
  return undefined;
}

function parseId(id: unknown): string {
  if (typeof id === 'string' && isUuid(id)) return id.toLowerCase();
  throw new LandlineError('not-found', 'There is nothing with this id.');
}
