import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { expect, onTestFinished, test } from 'vitest';
import { EgressClient, type EgressOptions, type EgressRequest } from './egress-client.ts';
import type { Resolver } from './guarded-agent.ts';

async function serve(
  listener: (...exchange: Parameters<RequestListener>) => unknown,
): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer((request, response) => void listener(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return { port: (server.address() as AddressInfo).port, server };
}

function client(options: EgressOptions): EgressClient {
  const made = new EgressClient(options);
  onTestFinished(() => made.close());
  return made;
}

const get = (url: string, more: Partial<EgressRequest> = {}): EgressRequest => ({
  method: 'GET',
  url,
  timeoutMs: 2_000,
  maxBytes: 10_000,
  ...more,
});

/** Every name is 127.0.0.1. */
const home: Resolver = async () => [{ address: '127.0.0.1', family: 4 }];

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

test('a listed loopback host is reached, and an unlisted one is refused before a connection is made', async () => {
  let connections = 0;
  const { port, server } = await serve((_request, response) => response.end('here'));
  server.on('connection', () => connections++);
  const allowed = client({ allow: ['127.0.0.1'] });
  const answer = await allowed.send(get(`http://127.0.0.1:${port}/`));
  expect([answer.status, answer.body.toString()]).toEqual([200, 'here']);
  const strict = client({});
  const refused = { code: 'egress-refused', message: expect.stringContaining('loopback') };
  await expect(strict.send(get(`http://127.0.0.1:${port}/`))).rejects.toMatchObject(refused);
  await expect(strict.send(get(`http://localhost:${port}/`))).rejects.toMatchObject(refused);
  await expect(strict.send(get(`http://[::ffff:127.0.0.1]:${port}/`))).rejects.toMatchObject(refused);
  await expect(strict.send(get(`http://0x7f.1:${port}/`))).rejects.toMatchObject(refused);
  await expect(strict.send(get('http://169.254.169.254/latest'))).rejects.toMatchObject({ code: 'egress-refused' });
  await expect(strict.send(get('file:///etc/passwd'))).rejects.toMatchObject({ code: 'egress-refused' });
  expect(connections).toBe(1);
  expect(strict.counters).toEqual({ requests: 6, refused: 6, failed: 0 });
});

test('a name is judged by the answer that is connected to, at every connection anew', async () => {
  const { port, server } = await serve((_request, response) => response.setHeader('connection', 'close').end('here'));
  let connections = 0;
  server.on('connection', () => connections++);
  const answers = ['127.0.0.1', '127.0.0.2', '127.0.0.1'];
  let asked = 0;
  const rebinding: Resolver = async () => [{ address: answers[asked++] ?? '', family: 4 }];
  const guarded = client({ allow: ['127.0.0.1'], resolve: rebinding });
  const url = `http://rebind.example:${port}/`;
  expect((await guarded.send(get(url))).status).toBe(200);
  await expect(guarded.send(get(url))).rejects.toMatchObject({ code: 'egress-refused' });
  expect((await guarded.send(get(url))).status).toBe(200);
  expect([asked, connections]).toEqual([3, 2]);
});

test('of several addresses only the allowed ones are connected to', async () => {
  const { port } = await serve((_request, response) => response.end('ok'));
  const mixed: Resolver = async () => [
    { address: '8.8.8.8', family: 4 },
    { address: '127.0.0.1', family: 4 },
  ];
  const answer = await client({ allow: ['127.0.0.1'], resolve: mixed }).send(get(`http://mixed.example:${port}/`));
  expect(answer.status).toBe(200);
});

test('each redirect is judged anew, and after three there is an end', async () => {
  const { port } = await serve((request, response) => {
    const hop = Number(request.url?.slice(1));
    const location = Number.isNaN(hop) ? 'http://169.254.169.254/latest/meta-data' : `/${hop - 1}`;
    response.writeHead(hop === 0 ? 200 : 302, hop === 0 ? {} : { location }).end(String(hop));
  });
  const egress = client({ allow: ['127.0.0.1'] });
  const url = (path: string) => `http://127.0.0.1:${port}/${path}`;
  expect((await egress.send(get(url('3')))).body.toString()).toBe('0');
  await expect(egress.send(get(url('4')))).rejects.toMatchObject({ code: 'egress-failed' });
  await expect(egress.send(get(url('out')))).rejects.toMatchObject({ code: 'egress-refused' });
  expect((await egress.send(get(url('3'), { maxRedirects: 0 }))).status).toBe(302);
});

test('credentials never go to another origin, and a POST that is sent on keeps its body only where it should', async () => {
  const heard: { method: string | undefined; headers: IncomingMessage['headers']; body: string }[] = [];
  const second = await serve(async (request, response) => {
    heard.push({ method: request.method, headers: request.headers, body: await bodyOf(request) });
    response.end('done');
  });
  const first = await serve((request, response) => {
    const status = Number(request.url?.slice(1));
    response.writeHead(status, { location: `http://other.example:${second.port}/` }).end();
  });
  const egress = client({ allow: ['127.0.0.1'], resolve: home });
  const headers = { Authorization: 'Bearer secret', 'X-Api-Key': 'secret', 'Content-Type': 'application/json' };
  for (const status of [307, 302]) {
    await egress.send({ ...get(`http://one.example:${first.port}/${status}`), method: 'POST', headers, body: '{}' });
  }
  expect(heard.map(({ method, body }) => [method, body])).toEqual([
    ['POST', '{}'],
    ['GET', ''],
  ]);
  for (const { headers: got } of heard) {
    expect(got).not.toHaveProperty('authorization');
    expect(got).not.toHaveProperty('x-api-key');
    expect(got['content-type']).toBe('application/json');
  }
});

test('answers have a longest size and a longest time', async () => {
  const { port } = await serve((request, response) => {
    if (request.url === '/slow') return void response.write('a');
    response.end('x'.repeat(10_001));
  });
  const egress = client({ allow: ['127.0.0.1'] });
  await expect(egress.send(get(`http://127.0.0.1:${port}/big`))).rejects.toMatchObject({ code: 'egress-too-large' });
  const slow = egress.send(get(`http://127.0.0.1:${port}/slow`, { timeoutMs: 100 }));
  await expect(slow).rejects.toMatchObject({ code: 'egress-timeout' });
  const response = await egress.fetchWithin(5_000)(`http://127.0.0.1:${port}/big`);
  await expect(response.text()).rejects.toThrow();
  expect(egress.counters.failed).toBe(2);
});

test('a receiver with a certificate of one’s own is trusted when its authority is named, and not otherwise', async () => {
  const altNames = [{ type: 7 as const, ip: '127.0.0.1' }];
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'hooks.lan' }], {
    extensions: [{ name: 'subjectAltName', altNames }],
  });
  const server = createSecureServer({ cert, key }, (_request, response) => response.end('secure'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const stranger = client({ allow: ['127.0.0.1'] }).send(get(url));
  await expect(stranger).rejects.toMatchObject({ code: 'egress-failed' });
  const trusting = client({ allow: ['127.0.0.1'], authorities: cert });
  expect((await trusting.send(get(url))).body.toString()).toBe('secure');
});

test('a caller who goes away ends the exchange', async () => {
  const { port } = await serve(() => {});
  const abort = new AbortController();
  const sending = client({ allow: ['127.0.0.1'] }).send(get(`http://127.0.0.1:${port}/`), abort.signal);
  setTimeout(() => abort.abort(new Error('gone')), 30);
  await expect(sending).rejects.toMatchObject({ code: 'egress-failed' });
});
