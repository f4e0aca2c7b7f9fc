import { Router } from 'express';
import type { CredentialService } from '../../../domain/credentials/credential-service.ts';
import { bearerOf } from '../../select-dialect.ts';

export interface OwnRouteParts {
  readonly credentials: CredentialService;
  readonly readCounters: () => Promise<unknown>;
}

/**
 * Landline's own API. `GET /counters` (any valid API key) answers what every part of the house counts, as nested
 * objects of numbers: what lives now, what was dropped, how late the clocks are.
 */
export function ownRoutes({ credentials, readCounters }: OwnRouteParts): Router {
  const routes = Router();
  routes.get('/counters', async (request, response) => {
    const key = bearerOf(request.get('authorization'));
    if (key === undefined || !credentials.authenticate(key)) {
      response.status(401).json({ error: 'Send a valid API key as a bearer token.' });
      return;
    }
    response.json(await readCounters());
  });
  return routes;
}
