import type { Request, Response } from 'express';
import { messageOf } from '../../../contract/errors.ts';
import type { Logger } from '../../../log/logger.ts';
import type { Dialect } from '../../dialect.ts';
import type { Maintenance } from '../../maintenance.ts';
import { secondsToNextWindow } from '../../rate-limit.ts';
import type { Route } from '../../route.ts';
import { authenticate, type VoiceraAuthParts, type VoiceraCaller } from './auth.ts';
import { type Envelope, sendData, sendFailure } from './envelope.ts';
import { toFailure } from './errors.ts';
import type { VoiceraLimits } from './limits.ts';

export interface VoiceraDialectParts extends VoiceraAuthParts {
  readonly routes: readonly Route<VoiceraCaller>[];
  /** How answers are wrapped now: an administrator may change it at any time. */
  readonly envelope: () => Envelope;
  readonly limits: VoiceraLimits;
  readonly maintenance: Maintenance;
  readonly log: Logger;
}

/** Routes that answer while the house is being maintained: so that an administrator can end it, and probes can look. */
const openInMaintenance = /^\/(admin\/|auth\/|readiness|liveness|version)/;

/** The REST API of VoiceERA as its documentation has it: no path prefix, JSON Web Tokens. */
export function voiceraDialect(parts: VoiceraDialectParts): Dialect<VoiceraCaller> {
  const { envelope, limits, log, maintenance, routes } = parts;
  return {
    name: 'voicera',
    routes,
    allowedOrigin: () => '*',
    open: () => {},
    authenticate: (request, route) => authenticate(request, route, parts),
    admit: (request, response, caller, route) => {
      limits.take(request, response, caller, route);
      if (!openInMaintenance.test(route.path)) maintenance.check();
    },
    sendJson: (response, answer, nowMs) => sendData(response, answer, { envelope: envelope(), nowMs }),
    sendFailure: (request, response, thrown, nowMs) => fail(request, response, { thrown, nowMs, log }),
  };
}

function fail(
  request: Request,
  response: Response,
  { thrown, nowMs, log }: { readonly thrown: unknown; readonly nowMs: number; readonly log: Logger },
): void {
  const failure = toFailure(thrown, request.path);
  if (failure.status >= 500 && failure.code !== 'SERVER_002') {
    log.error({ err: thrown, path: request.path }, `request failed: ${messageOf(thrown)}`);
  }
  if (failure.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  if (failure.status === 429) response.setHeader('Retry-After', secondsToNextWindow(nowMs));
  sendFailure(response, failure, nowMs);
}
