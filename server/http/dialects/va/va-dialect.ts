import express, { type NextFunction, type Request, type Response, Router } from 'express';
import { LandlineError, messageOf } from '../../../contract/errors.ts';
import type { Clock } from '../../../lifetime/clock.ts';
import type { Logger } from '../../../log/logger.ts';
import { originOf } from '../../origin.ts';
import type { Answer, Route } from '../../route.ts';
import { authenticate, type VaAuthParts, type VaCaller } from './auth.ts';
import { beginResponse, sendData, sendFailure } from './envelope.ts';
import { toFailure } from './errors.ts';
import type { RateLimiter } from './rate-limit.ts';

export interface VaDialectParts extends VaAuthParts {
  readonly routes: readonly Route<VaCaller>[];
  readonly rateLimiter: RateLimiter;
  readonly clock: Clock;
  readonly log: Logger;
  /** Our own origin, for requests whose Host header is none. */
  readonly fallbackOrigin: () => string;
}

interface VaLocals {
  caller: VaCaller;
}

/** The `va_` key API, to be mounted at `/api/v1`: who is calling, then how often, then what. */
export function vaDialect(parts: VaDialectParts): Router {
  const router = Router();
  router.use((request: Request, response: Response, next: NextFunction) => {
    beginResponse(response);
    const caller = authenticate(request, parts);
    (response.locals as VaLocals).caller = caller;
    limit(response, parts.rateLimiter, caller);
    next();
  });
  router.use(express.json({ limit: '1mb' }));
  for (const route of parts.routes) mount(router, route, parts);
  for (const path of new Set(parts.routes.map((route) => route.path))) {
    router.all(path, (_request, response) => refuseMethod(response, path, parts.routes));
  }
  router.use(() => {
    throw new LandlineError('not-found', 'There is no such endpoint.');
  });
  router.use(failureSender(parts));
  return router;
}

function mount(router: Router, route: Route<VaCaller>, parts: VaDialectParts): void {
  const method = route.method.toLowerCase() as 'get' | 'post' | 'patch' | 'delete';
  router[method](route.path, async (request: Request, response: Response) => {
    const { caller } = response.locals as VaLocals;
    const { params, query } = request;
    const body: unknown = request.body;
    const answer = await route.run({ caller, params, query, body, origin: originOf(request, parts.fallbackOrigin()) });
    await send(response, answer, parts.clock.now());
  });
}

function send(response: Response, answer: Answer, nowMs: number): Promise<void> {
  if (answer.kind === 'json') {
    sendData(response, answer, nowMs);
    return Promise.resolve();
  }
  return sendFile(response, answer);
}

/** Range requests, conditional requests and HEAD are answered by Express (RFC 9110 §14). */
function sendFile(response: Response, file: Extract<Answer, { kind: 'file' }>): Promise<void> {
  const headers = { 'Content-Type': file.contentType, 'Cache-Control': 'private, no-store' };
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

function limit(response: Response, rateLimiter: RateLimiter, caller: VaCaller): void {
  const verdict = rateLimiter.take(caller.rateKey);
  response.setHeader('X-RateLimit-Limit', verdict.limit);
  response.setHeader('X-RateLimit-Remaining', verdict.remaining);
  response.setHeader('X-RateLimit-Reset', verdict.resetAtS);
  if (verdict.allowed) return;
  throw new LandlineError('rate-limited', 'Rate limit exceeded', { limit: verdict.limit, reset: verdict.resetAtS });
}

function refuseMethod(response: Response, path: string, routes: readonly Route<VaCaller>[]): never {
  const allowed = routes.filter((route) => route.path === path).map(({ method }) => method);
  response.setHeader('Allow', allowed.join(', '));
  throw new LandlineError('method-not-allowed', 'Method not allowed', { allowed });
}

function failureSender({ clock, log }: VaDialectParts) {
  return (thrown: unknown, request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) {
      next(thrown);
      return;
    }
    const nowMs = clock.now();
    const failure = toFailure(thrown);
    if (failure.status >= 500) log.error({ err: thrown, path: request.path }, `request failed: ${messageOf(thrown)}`);
    if (failure.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
    if (failure.status === 429) response.setHeader('Retry-After', Math.ceil((60_000 - (nowMs % 60_000)) / 1000));
    sendFailure(response, failure, nowMs);
  };
}
