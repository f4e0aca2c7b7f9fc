import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { realClock } from '../../lifetime/clock.ts';
import { type StreamFrame, StreamFrameReader } from '../frame-channel.ts';
import { tone } from '../testing/signals.ts';
import { SinkChannels } from './sink-channels.ts';

let folder: string;
let path: string;
let channels: SinkChannels;
let server: Server | undefined;
let sockets: Socket[];
let frames: StreamFrame[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'landline-sink-'));
  path = process.platform === 'win32' ? `\\\\.\\pipe\\${folder}` : join(folder, 'ears');
  channels = new SinkChannels(realClock);
  sockets = [];
  frames = [];
});

afterEach(async () => {
  channels.close();
  for (const socket of sockets) socket.destroy();
  server?.close();
  await rm(folder, { recursive: true });
});

function listen(): Promise<void> {
  const listening = createServer((socket) => {
    sockets.push(socket);
    const reader = new StreamFrameReader();
    socket.on('data', (chunk: Buffer) => frames.push(...reader.push(chunk)));
    socket.on('error', () => {});
  });
  server = listening;
  return new Promise((resolve) => void listening.listen(path, resolve));
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 2_000 && !isSo(); tries++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(isSo()).toBe(true);
}

function frame(position: number) {
  return { samples: tone(440, 20), sampleRate: 8_000, position };
}

test('two streams share one connection and arrive whole', async () => {
  await listen();
  const [one, two] = [channels.open(path, 1, 8_000), channels.open(path, 2, 8_000)];
  one.send(frame(0));
  two.send(frame(7));
  one.send(frame(160));
  await until(() => frames.length === 3);
  expect(sockets.length).toBe(1);
  expect(frames.map(({ streamId, frame: { position } }) => [streamId, position])).toEqual([
    [1, 0],
    [2, 7],
    [1, 160],
  ]);
  expect(frames[2]?.frame.samples).toEqual(tone(440, 20));
});

test('what is said while the reader is away waits for it, the oldest gives way and is counted', async () => {
  const sender = channels.open(path, 1, 8_000);
  for (let i = 0; i < 70; i++) sender.send(frame(i));
  expect(sender.takeDropped()).toBe(6);
  expect(sender.takeDropped()).toBe(0);
  await listen();
  await until(() => frames.length === 64);
  expect(frames[0]?.frame.position).toBe(6);
});

test('a reader that ends and comes back is found again', async () => {
  await listen();
  const sender = channels.open(path, 1, 8_000);
  sender.send(frame(0));
  await until(() => frames.length === 1);
  for (const socket of sockets.splice(0)) socket.destroy();
  await until(() => sockets.length === 1);
  sender.send(frame(1));
  await until(() => frames.length === 2);
});

test('the connection ends with its last user, after what was sent', async () => {
  await listen();
  const sender = channels.open(path, 1, 8_000);
  sender.send(frame(0));
  await until(() => frames.length === 1);
  sender.send(frame(1));
  sender.close();
  await until(() => sockets[0]?.destroyed === true || sockets[0]?.readableEnded === true);
  expect(frames.length).toBe(2);
});
