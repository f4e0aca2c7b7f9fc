import type { Request, Response } from 'express';
import { LandlineError, messageOf } from '../../../contract/errors.ts';
import type { Logger } from '../../../log/logger.ts';
import type { Dialect } from '../../dialect.ts';
import type { Route } from '../../route.ts';
import { authenticate, type VaAuthParts, type VaCaller } from './auth.ts';
import { beginResponse, sendData, sendFailure } from './envelope.ts';
import { toFailure } from './errors.ts';
import type { RateLimiter } from './rate-limit.ts';

export interface VaDialectParts extends VaAuthParts {
  readonly routes: readonly Route<VaCaller>[];
  readonly rateLimiter: RateLimiter;
  readonly log: Logger;
}

/** The `va_` key API. */
export function vaDialect(parts: VaDialectParts): Dialect<VaCaller> {
  const { log, rateLimiter, routes } = parts;
  return {
    name: 'va',
    routes,
    open: (_request, response) => beginResponse(response),
    authenticate: (request) => authenticate(request, parts),
    admit: (_request, response, caller) => {
      if (caller) limit(response, rateLimiter, caller);
    },
    sendJson: sendData,
    sendFailure: (request, response, thrown, nowMs) => fail(request, response, { thrown, nowMs, log }),
  };
}

function limit(response: Response, rateLimiter: RateLimiter, caller: VaCaller): void {
  const verdict = rateLimiter.take(caller.rateKey);
  response.setHeader('X-RateLimit-Limit', verdict.limit);
  response.setHeader('X-RateLimit-Remaining', verdict.remaining);
  response.setHeader('X-RateLimit-Reset', verdict.resetAtS);
  if (verdict.allowed) return;
  throw new LandlineError('rate-limited', 'Rate limit exceeded', { limit: verdict.limit, reset: verdict.resetAtS });
}

function fail(
  request: Request,
  response: Response,
  { thrown, nowMs, log }: { readonly thrown: unknown; readonly nowMs: number; readonly log: Logger },
): void {
  const failure = toFailure(thrown);
  if (failure.status >= 500) log.error({ err: thrown, path: request.path }, `request failed: ${messageOf(thrown)}`);
  if (failure.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  if (failure.status === 429) response.setHeader('Retry-After', Math.ceil((60_000 - (nowMs % 60_000)) / 1000));
  sendFailure(response, failure, nowMs);
}
