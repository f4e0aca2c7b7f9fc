import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Request, type Response, Router } from 'express';
import type { DialectName } from '../dialect.ts';
import type { DialectHost } from '../dialect-host.ts';
import { originOf } from '../origin.ts';
import { contractDocument } from './contract-document.ts';

export interface ReferenceParts {
  readonly dialects: readonly DialectHost[];
  readonly version: string;
  readonly fallbackOrigin: () => string;
  /** Whose document comes where the request names none: the listener's API. */
  readonly pinned: DialectName | undefined;
}

const viewerFolder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const viewerFiles: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};
/** Nothing but our own files, and requests to where the page came from. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'";

/**
 * `/docs` and `/redoc` (a page on which an operation can be tried), `/openapi.json?api=kupe|va|voicera` (the contract).
 * No request leaves the machine.
 */
export function referencePages(parts: ReferenceParts): Router {
  const router = Router();
  const documents = new Map<DialectName, ReturnType<typeof contractDocument>>();
  router.get('/openapi.json', (request, response) => sendDocument(request, response, parts, documents));
  for (const path of ['/docs', '/redoc']) {
    router.get(path, (_request, response) => {
      response.set('Content-Security-Policy', policy).type('html').send(page(parts));
    });
  }
  router.get('/docs/start.js', (_request, response) => {
    response.type('text/javascript').send(startScript(parts));
  });
  for (const [name, type] of Object.entries(viewerFiles)) {
    router.get(`/docs/${name}`, (_request, response) => {
      response.sendFile(join(viewerFolder, name), {
        headers: { 'Content-Type': type },
        dotfiles: 'allow',
        maxAge: 3_600_000,
      });
    });
  }
  return router;
}

/** Made at the first request: turning all schemas into documents takes tens of milliseconds. */
function sendDocument(
  request: Request,
  response: Response,
  parts: ReferenceParts,
  documents: Map<DialectName, ReturnType<typeof contractDocument>>,
): void {
  const { dialects, fallbackOrigin, pinned, version } = parts;
  const { api = pinned ?? 'voicera' } = request.query;
  const host = dialects.find(({ name }) => name === api);
  if (!host) {
    const known = dialects.map(({ name }) => name).join(', ');
    response.status(404).json({ detail: `There is no such API: write ?api= and one of ${known}.` });
    return;
  }
  const document = documents.get(host.name) ?? contractDocument(host.name, host.routes, version);
  documents.set(host.name, document);
  response.json({ ...document, servers: [{ url: originOf(request, fallbackOrigin()) }] });
}

function page({ version }: ReferenceParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Landline ${version} – API reference</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="reference"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;
}

/** The viewer's own top bar needs a second bundle; three links do. `?api=` in the page's address chooses. */
function startScript({ dialects, pinned }: ReferenceParts): string {
  const names = dialects.map(({ name }) => name);
  return `const names = ${JSON.stringify(names)};
const asked = new URLSearchParams(location.search).get('api');
const shown = names.includes(asked) ? asked : ${JSON.stringify(pinned ?? names[0])};
const bar = document.createElement('nav');
bar.setAttribute('aria-label', 'APIs');
bar.style = 'padding: 12px 20px; font: 16px sans-serif; display: flex; gap: 16px';
for (const name of names) {
  const link = document.createElement('a');
  link.href = location.pathname + '?api=' + name;
  link.textContent = name;
  if (name === shown) link.setAttribute('aria-current', 'page');
  link.style = name === shown ? 'font-weight: bold' : '';
  bar.append(link);
}
document.body.prepend(bar);
SwaggerUIBundle({
  url: '/openapi.json?api=' + shown,
  dom_id: '#reference',
  deepLinking: true,
  persistAuthorization: false,
  tryItOutEnabled: true,
  validatorUrl: null,
});
`;
}
