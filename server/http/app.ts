import express, { type Express, type NextFunction, type Request, type Response, type Router } from 'express';
import { messageOf } from '../contract/errors.ts';
import type { Domain } from '../domain/domain.ts';
import type { Clock } from '../lifetime/clock.ts';
import type { Logger } from '../log/logger.ts';
import { healthAnswer } from './health.ts';
import { selectDialect } from './select-dialect.ts';
import { sendUnion } from './union-answer.ts';

export interface AppParts {
  readonly domain: Pick<Domain, 'isHealthy'>;
  readonly va: Router;
  readonly clock: Clock;
  readonly log: Logger;
  readonly version: string;
  /** Paths under `/app/api`: Landline's own, for its console and its tools. */
  readonly own: Router;
}

/** The main application, and the one of the port that has nothing but sockets. */
export function createApp(parts: AppParts): { readonly app: Express; readonly socketApp: Express } {
  const { clock, domain, own, va, version } = parts;
  const app = bareApp();
  app.get('/health', (_request, response) => {
    const { status, body } = healthAnswer(domain, version, clock.now());
    response.status(status).json(body);
  });
  app.use('/api/v1', (request: Request, response: Response, next: NextFunction) => {
    const path = `${request.baseUrl}${request.path}`;
    const choice = selectDialect({ path, authorization: request.get('authorization') });
    if (choice === 'va') va(request, response, next);
    else sendUnion(response, choice === 'ambiguous' ? 401 : 404, clock.now());
  });
  app.use('/app/api', own);
  const socketApp = bareApp();
  for (const each of [app, socketApp]) finish(each, parts);
  return { app, socketApp };
}

function bareApp(): Express {
  const app = express();
  app.disable('x-powered-by');
  // Hashing every answer costs a third of the throughput of a small route, and nobody caches these.
  app.disable('etag');
  app.set('query parser', 'simple');
  // A proxy on this machine may end TLS in front of us; its word on the scheme goes into the URLs that we print.
  app.set('trust proxy', 'loopback');
  return app;
}

function finish(app: Express, { clock, log }: AppParts): void {
  app.use((_request, response) => sendUnion(response, 404, clock.now()));
  app.use((thrown: unknown, _request: Request, response: Response, _next: NextFunction) => {
    log.error({ err: thrown }, `request failed: ${messageOf(thrown)}`);
    if (response.headersSent) response.destroy();
    else sendUnion(response, 500, clock.now());
  });
}
