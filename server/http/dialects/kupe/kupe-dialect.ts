import type { Request, Response } from 'express';
import { messageOf } from '../../../contract/errors.ts';
import type { Logger } from '../../../log/logger.ts';
import { listedOrigin } from '../../cors.ts';
import type { Dialect } from '../../dialect.ts';
import { secondsToNextWindow } from '../../rate-limit.ts';
import type { Route } from '../../route.ts';
import { authenticate, type KupeAuthParts, type KupeCaller } from './auth.ts';
import { toFailure } from './errors.ts';
import { checkOrigin } from './origin.ts';

export interface KupeDialectParts extends KupeAuthParts {
  readonly routes: readonly Route<KupeCaller>[];
  /** Origins of pages that may call from a browser; those of our own pages always may. */
  readonly allowedOrigins: readonly string[];
  readonly log: Logger;
}

/** The Kupe Voice Agent API: bare bodies, errors as `{detail}`, no limit on requests. */
export function kupeDialect(parts: KupeDialectParts): Dialect<KupeCaller> {
  const { allowedOrigins, log, routes } = parts;
  return {
    name: 'kupe',
    routes,
    allowedOrigin: (request) => listedOrigin(request, allowedOrigins),
    open: (request) => checkOrigin(request, allowedOrigins),
    authenticate: (request, route) => authenticate(request, route, parts),
    admit: () => {},
    sendJson: (response, { status, data }) => {
      response.status(status).json(data);
    },
    sendFailure: (request, response, thrown, nowMs) => fail(request, response, { thrown, nowMs, log }),
  };
}

interface Failed {
  readonly thrown: unknown;
  readonly nowMs: number;
  readonly log: Logger;
}

function fail(request: Request, response: Response, { thrown, nowMs, log }: Failed): void {
  const { status, body } = toFailure(thrown);
  if (status >= 500) log.error({ err: thrown, path: request.path }, `request failed: ${messageOf(thrown)}`);
  if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  if (status === 429) response.setHeader('Retry-After', secondsToNextWindow(nowMs));
  response.status(status).json(body);
}
