import type { Request, Response } from 'express';
import { originOf } from './origin.ts';

const exposed = [
  'Content-Disposition',
  'Retry-After',
  'X-Model-Substituted',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'X-Request-Id',
].join(', ');
const preflightLifeS = 600;

/** The request's own `Origin` when its page comes from here or is listed; undefined for a page of anybody else. */
export function listedOrigin(request: Request, allowed: readonly string[]): string | undefined {
  const origin = request.get('origin');
  if (origin === undefined) return undefined;
  return origin === originOf(request, '') || allowed.includes(origin) ? origin : undefined;
}

/** Lets a page of an allowed origin read the answer. `allowed` is an origin, or `*` where nothing goes by cookie. */
export function allowReading(request: Request, response: Response, allowed: string | undefined): void {
  if (request.get('origin') === undefined) return;
  response.vary('Origin');
  if (allowed === undefined) return;
  response.setHeader('Access-Control-Allow-Origin', allowed);
  response.setHeader('Access-Control-Expose-Headers', exposed);
  if (allowed !== '*') response.setHeader('Access-Control-Allow-Credentials', 'true');
}

/** Answers a browser that asks before it sends the request itself (Fetch standard, CORS-preflight). */
export function answerPreflight(
  request: Request,
  response: Response,
  answer: { readonly allowed: string | undefined; readonly methods: readonly string[] },
): void {
  allowReading(request, response, answer.allowed);
  if (answer.allowed !== undefined) {
    response.setHeader('Access-Control-Allow-Methods', answer.methods.join(', '));
    response.setHeader('Access-Control-Allow-Headers', request.get('access-control-request-headers') ?? '*');
    response.setHeader('Access-Control-Max-Age', preflightLifeS);
  }
  response.status(204).end();
}
