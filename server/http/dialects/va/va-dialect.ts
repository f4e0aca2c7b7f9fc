import type { Request, Response } from 'express';
import { messageOf } from '../../../contract/errors.ts';
import type { Logger } from '../../../log/logger.ts';
import { listedOrigin } from '../../cors.ts';
import type { Dialect } from '../../dialect.ts';
import { applyVerdict, type RateLimiter, secondsToNextWindow } from '../../rate-limit.ts';
import type { Route } from '../../route.ts';
import { authenticate, rateKeyOf, type VaAuthParts, type VaCaller } from './auth.ts';
import { beginResponse, sendData, sendFailure } from './envelope.ts';
import { toFailure } from './errors.ts';

export interface VaDialectParts extends VaAuthParts {
  readonly routes: readonly Route<VaCaller>[];
  readonly rateLimiter: RateLimiter;
  /** Web pages of others that may use this API. */
  readonly allowedOrigins: readonly string[];
  readonly log: Logger;
}

/** The `va_` key API. */
export function vaDialect(parts: VaDialectParts): Dialect<VaCaller> {
  const { allowedOrigins, log, rateLimiter, routes } = parts;
  return {
    name: 'va',
    routes,
    allowedOrigin: (request) => listedOrigin(request, allowedOrigins),
    open: (_request, response) => beginResponse(response),
    authenticate: (request, route) => authenticate(request, route, parts),
    admit: (_request, response, caller) => {
      if (caller) applyVerdict(response, rateLimiter.take(caller.rateKey));
    },
    admitRefused: (request, response) => {
      const rateKey = rateKeyOf(request, parts);
      if (rateKey !== undefined) applyVerdict(response, rateLimiter.take(rateKey));
    },
    sendJson: sendData,
    sendFailure: (request, response, thrown, nowMs) => fail(request, response, { thrown, nowMs, log }),
  };
}

function fail(
  request: Request,
  response: Response,
  { thrown, nowMs, log }: { readonly thrown: unknown; readonly nowMs: number; readonly log: Logger },
): void {
  const failure = toFailure(thrown);
  if (failure.status >= 500) log.error({ err: thrown, path: request.path }, `request failed: ${messageOf(thrown)}`);
  if (failure.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  if (failure.status === 429) response.setHeader('Retry-After', secondsToNextWindow(nowMs));
  sendFailure(response, failure, nowMs);
}
