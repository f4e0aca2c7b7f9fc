import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { realClock } from '../lifetime/clock.ts';
import { loadCertificate } from './certificate.ts';
import { Listener } from './listener.ts';
import { SocketCounters } from './sockets/bounded-socket.ts';
import { SocketUpgrades } from './sockets/upgrade.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'landline-tls-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** A port that answers the scheme it was asked by, over HTTP and sockets. */
async function openPort(tlsFolder: string) {
  const tls = await loadCertificate({ kind: 'self-signed', folder: tlsFolder }, realClock.now());
  const app = express();
  app.get('/scheme', (request, response) => void response.json({ scheme: request.protocol }));
  const greet = { path: /^\/hello$/, accept: (socket: WebSocket) => socket.send('hello') };
  const upgrades = new SocketUpgrades([greet], new SocketCounters());
  const listener = new Listener({ app, upgrades, tls });
  const port = await listener.start({ host: '127.0.0.1', port: 0, setting: 'none', clock: realClock });
  onTestFinished(async () => {
    await upgrades.stop(realClock, 500);
    await listener.stop(realClock, 500);
  });
  return { port, cert: tls.cert };
}

function getSecure(port: number, ca: unknown): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host: 'localhost', port, path: '/scheme', ca: ca as string, family: 4 };
    const sent = httpsRequest(options, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve(text));
    });
    sent.on('error', reject);
    sent.end();
  });
}

function firstMessage(url: string, ca: unknown): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { ca: ca as string });
    socket.once('message', (data: Buffer) => {
      resolve(data.toString());
      socket.close();
    });
    socket.once('error', reject);
  });
}

test('one port takes HTTP, HTTPS, WS and WSS, with a certificate for this machine', async () => {
  const { port, cert } = await openPort(folder());
  expect(await (await fetch(`http://127.0.0.1:${port}/scheme`)).json()).toEqual({ scheme: 'http' });
  expect(JSON.parse(await getSecure(port, cert))).toEqual({ scheme: 'https' });
  expect(await firstMessage(`ws://127.0.0.1:${port}/hello`, cert)).toBe('hello');
  expect(await firstMessage(`wss://127.0.0.1:${port}/hello`, cert)).toBe('hello');
});

test('the self-signed certificate is kept, its key readable by the owner alone', async () => {
  const path = folder();
  const first = await loadCertificate({ kind: 'self-signed', folder: path }, realClock.now());
  const again = await loadCertificate({ kind: 'self-signed', folder: path }, realClock.now());
  expect(again).toEqual(first);
  expect(statSync(join(path, 'self-signed.key')).mode & 0o777).toBe(0o600);
  const later = await loadCertificate({ kind: 'self-signed', folder: path }, realClock.now() + 800 * 86_400_000);
  expect(later.cert).not.toBe(first.cert);
  expect(readFileSync(join(path, 'self-signed.crt'), 'utf8')).toBe(later.cert);
});

test('a certificate that is missing or none is refused with the mend', async () => {
  const path = folder();
  const settings = { kind: 'files', certificate: join(path, 'none.crt'), key: join(path, 'none.key') } as const;
  await expect(loadCertificate(settings, 0)).rejects.toThrow(/cannot be read.*Mend http\.tls/);
});
