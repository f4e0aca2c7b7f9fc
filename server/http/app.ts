import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { messageOf } from '../contract/errors.ts';
import type { Domain } from '../domain/domain.ts';
import type { Clock } from '../lifetime/clock.ts';
import type { Logger } from '../log/logger.ts';
import { answerPreflight } from './cors.ts';
import type { DialectName } from './dialect.ts';
import type { DialectHost } from './dialect-host.ts';
import { healthAnswer } from './health.ts';
import { referencePages } from './reference/reference-pages.ts';
import { type Method, methods } from './route.ts';
import { selectDialect } from './select-dialect.ts';
import { sendUnion } from './union-answer.ts';

export interface AppParts {
  readonly domain: Pick<Domain, 'credentials' | 'isHealthy'>;
  readonly dialects: readonly DialectHost[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly version: string;
  /** Our own origin, for requests whose Host header is none. */
  readonly fallbackOrigin: () => string;
  /** Paths under `/app/api`: Landline's own, for its console and its tools. */
  readonly own: DialectHost<'app'>;
}

/** The application of one listener. `pinned`: everything that comes in by it speaks this dialect, where it can. */
export function createApp(parts: AppParts, pinned?: DialectName): Express {
  const { clock, dialects, domain, fallbackOrigin, own, version } = parts;
  const app = bareApp();
  app.use((request: Request, response: Response, next: NextFunction) => {
    return isOurs(request.path) ? next() : dispatch(parts, pinned, request, response);
  });
  app.get('/health', (request, response) => {
    const dialect = healthDialect(request, pinned, domain);
    const { status, body } = healthAnswer(domain, { dialect, nowMs: clock.now(), version });
    response.status(status).json(body);
  });
  app.use((request: Request, response: Response, next: NextFunction) => {
    return request.path.startsWith('/app/api/') ? answerOwn(own, request, response) : next();
  });
  app.use(referencePages({ dialects, version, fallbackOrigin, pinned }));
  finish(app, parts);
  return app;
}

/** The dialects whose clients tell the words of a probe apart. */
const probed: readonly DialectName[] = ['kupe', 'voicera'];

/** Whose words to answer a probe in: by its listener, else by the credential that it shows. */
function healthDialect(
  request: Request,
  pinned: DialectName | undefined,
  domain: AppParts['domain'],
): DialectName | undefined {
  const choice = selectDialect({
    owners: probed,
    pathOwners: probed,
    pinned,
    apiKey: request.get('x-api-key'),
    isKey: isKeyOf(domain),
    authorization: request.get('authorization'),
    cookie: undefined,
  });
  return choice === 'ambiguous' || choice === 'unknown' ? undefined : choice;
}

function isKeyOf({ credentials }: AppParts['domain']): (apiKey: string) => boolean {
  return (apiKey) => credentials.authenticate(apiKey, 'kupe') !== undefined;
}

/** The application of a listener that has nothing but sockets. */
export function createSocketApp(parts: AppParts): Express {
  const app = bareApp();
  finish(app, parts);
  return app;
}

/** Paths that no dialect has a row for; everything else goes past the pages of our own without looking at them. */
const ourPaths = /^\/(?:app(?:\/|$)|health\/?$|docs(?:\/|$)|redoc\/?$|openapi\.json$)/;

function isOurs(path: string): boolean {
  return ourPaths.test(path);
}

function dispatch(
  { clock, dialects, domain }: AppParts,
  pinned: DialectName | undefined,
  request: Request,
  response: Response,
): Promise<void> | void {
  if (request.method === 'OPTIONS') {
    preflight(dialects, request, response);
    return;
  }
  const method = methodOf(request.method);
  const found = method ? dialects.map((host) => ({ host, row: host.find(method, request.path) })) : [];
  const rows = found.flatMap(({ host, row }) => (row ? [{ host, row }] : []));
  const choice = selectDialect({
    owners: rows.map(({ host }) => host.name),
    pathOwners:
      rows.length === dialects.length ? rows.map(({ host }) => host.name) : pathOwners(dialects, request.path),
    pinned,
    apiKey: request.get('x-api-key'),
    isKey: isKeyOf(domain),
    authorization: request.get('authorization'),
    cookie: request.get('cookie'),
  });
  const chosen = rows.find(({ host }) => host.name === choice);
  if (chosen) return chosen.host.answer(request, response, chosen.row);
  const host = dialects.find(({ name }) => name === choice);
  if (host) host.refuse(request, response);
  else sendUnion(response, choice === 'ambiguous' ? 401 : 404, clock.now());
}

function answerOwn(own: DialectHost<'app'>, request: Request, response: Response): Promise<void> | void {
  const method = methodOf(request.method);
  const row = method && own.find(method, request.path);
  if (row) return own.answer(request, response, row);
  own.refuse(request, response);
}

/** Where several APIs have the path, a page that one of them allows may ask: the request itself shows which it is. */
function preflight(dialects: readonly DialectHost[], request: Request, response: Response): void {
  const owners = dialects.filter((host) => host.methodsOf(request.path).length > 0);
  const allowed = owners.map((host) => host.allowedOrigin(request)).find((origin) => origin !== undefined);
  const methods = [...new Set(owners.flatMap((host) => host.methodsOf(request.path)))];
  answerPreflight(request, response, { allowed, methods });
}

function pathOwners(dialects: readonly DialectHost[], path: string): readonly DialectName[] {
  return dialects.filter((host) => host.methodsOf(path).length > 0).map(({ name }) => name);
}

/** HEAD is answered as GET without the body (RFC 9110 §9.3.2). */
function methodOf(text: string): Method | undefined {
  return text === 'HEAD' ? 'GET' : methods.find((method) => method === text);
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
