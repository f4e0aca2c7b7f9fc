import type { Request, Response } from 'express';
import { LandlineError, messageOf } from '../../../contract/errors.ts';
import { hasRole } from '../../../domain/credentials/principal.ts';
import type { Logger } from '../../../log/logger.ts';
import type { Dialect } from '../../dialect.ts';
import type { Route } from '../../route.ts';
import { type AppAuthParts, type AppCaller, authenticate } from './auth.ts';
import { toFailure } from './errors.ts';

export interface AppDialectParts extends AppAuthParts {
  readonly routes: readonly Route<AppCaller>[];
  readonly log: Logger;
}

const smallBodyBytes = 1024 * 1024;

/** Landline's own API, for its console and its tools: bare bodies, errors as `{error, code, details}`. */
export function appDialect(parts: AppDialectParts): Dialect<AppCaller, 'app'> {
  return {
    name: 'app',
    routes: parts.routes,
    allowedOrigin: () => undefined,
    open: (_request, response) => {
      response.setHeader('Cache-Control', 'no-store');
    },
    authenticate: (request, route) => authenticate(request, route, parts),
    admit: (_request, _response, caller, route) => requireRankForSize(caller, route),
    sendJson: (response, { status, data }) => {
      response.status(status).json(data);
    },
    sendFailure: (request, response, thrown) => fail(request, response, thrown, parts.log),
  };
}

/** What holds everybody up while it is read comes from administrators only. Throws `forbidden`. */
function requireRankForSize(caller: AppCaller | undefined, { maxBodyBytes }: Route<AppCaller>): void {
  if (maxBodyBytes <= smallBodyBytes || (caller && hasRole(caller.role, 'org_admin'))) return;
  throw new LandlineError('forbidden', 'This needs the role org_admin.');
}

function fail(request: Request, response: Response, thrown: unknown, log: Logger): void {
  const { status, body } = toFailure(thrown);
  if (status >= 500) log.error({ err: thrown, path: request.path }, `request failed: ${messageOf(thrown)}`);
  if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  const { retryAfterS } = body.details ?? {};
  if (typeof retryAfterS === 'number') response.setHeader('Retry-After', retryAfterS);
  response.status(status).json(body);
}
