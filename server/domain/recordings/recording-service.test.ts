import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { makeWav } from '../../../test/data/wav.ts';
import { openFirstHouse } from '../../../test/support/first-house.ts';
import { VirtualClock } from '../../lifetime/virtual-clock.ts';
import { readWavHeader } from './wav-header.ts';

async function setUp() {
  const clock = new VirtualClock(Date.UTC(2030, 0, 9, 23, 59));
  const { dataFolder, domain, first } = await openFirstHouse({ clock });
  const open = async () => {
    const call = await domain.calls.begin({
      organizationId: first.organizationId,
      agentId: first.agentId,
      direction: 'inbound',
      identity: { from: '1', to: '2', fromUri: 'sip:1@10.0.0.1', toUri: 'sip:2@10.0.0.1' },
    });
    return { callId: call.id, path: (await domain.recordings.open(call.id)).path };
  };
  return { recordings: domain.recordings, domain, dataFolder, open };
}

const nothing = { adopted: 0, repaired: 0, missing: 0, quarantined: 0 };

test('a recording lies in the folder of its day and becomes ready with its size and hash', async () => {
  const { recordings, dataFolder, open } = await setUp();
  const { callId, path } = await open();
  expect(path).toBe(join(dataFolder, 'recordings', '2030', '01', '09', `${callId}.wav`));
  expect(recordings.find(callId)?.state).toBe('open');
  expect(() => recordings.fileOf(callId)).toThrow(expect.objectContaining({ code: 'recording-not-found' }));
  const wav = makeWav(8_000);
  writeFileSync(path, wav);
  const done = await recordings.finished(callId, { durationMs: 1_000.4, sizeBytes: wav.length });
  expect(done).toMatchObject({ state: 'ready', sizeBytes: wav.length, durationMs: 1_000 });
  expect(done.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(recordings.fileOf(callId)).toEqual({ recording: done, path });
  expect(await recordings.reconcile()).toEqual(nothing);
});

test('a recording without a file is missing, whatever was said', async () => {
  const { recordings, open } = await setUp();
  const { callId } = await open();
  expect(await recordings.finished(callId, { durationMs: 1, sizeBytes: 1 })).toMatchObject({
    state: 'missing',
    sha256: null,
  });
});

test('a header without a sound is no recording, and its file goes', async () => {
  const { recordings, open } = await setUp();
  const [told, found] = [await open(), await open()];
  const nothingHeard = makeWav(0);
  for (const { path } of [told, found]) writeFileSync(path, nothingHeard);
  const finished = await recordings.finished(told.callId, { durationMs: 0, sizeBytes: nothingHeard.length });
  expect(finished).toMatchObject({ state: 'missing', sizeBytes: null, durationMs: null });
  expect(await recordings.reconcile()).toEqual({ ...nothing, missing: 1 });
  expect([told, found].map(({ path }) => existsSync(path))).toEqual([false, false]);
});

test('after a full disk what was written until then is kept as partial, with the reason', async () => {
  const { recordings, open } = await setUp();
  const { callId, path } = await open();
  writeFileSync(`${path}.part`, Buffer.concat([makeWav(4_000, 'unwritten'), Buffer.alloc(3)]));
  const failed = await recordings.failed(callId, 'The disk is full.');
  expect(failed).toMatchObject({ state: 'partial', durationMs: 500, errorMessage: 'The disk is full.' });
  expect(readFileSync(path).equals(makeWav(4_000))).toBe(true);
  expect(existsSync(`${path}.part`)).toBe(false);
});

test('reconcile adopts whole files, makes cut off ones playable, and tells what is gone', async () => {
  const { recordings, open } = await setUp();
  const [whole, cut, empty, none] = [await open(), await open(), await open(), await open()];
  writeFileSync(whole.path, makeWav(8_000));
  writeFileSync(`${cut.path}.part`, makeWav(2_000, 'unwritten'));
  writeFileSync(`${empty.path}.part`, makeWav(0, 'unwritten').subarray(0, 20));
  expect(await recordings.reconcile()).toEqual({ adopted: 1, repaired: 1, missing: 2, quarantined: 0 });
  const states = [whole, cut, empty, none].map(({ callId }) => recordings.find(callId)?.state);
  expect(states).toEqual(['ready', 'partial', 'missing', 'missing']);
  expect(recordings.find(cut.callId)?.durationMs).toBe(250);
  expect(readFileSync(cut.path).equals(makeWav(2_000))).toBe(true);
  expect(readdirSync(dirname(cut.path)).filter((name) => name.endsWith('.part'))).toEqual([]);
  expect(await recordings.reconcile()).toEqual(nothing);
});

test('a file that belongs to no call goes to quarantine, and a row whose file has gone says so', async () => {
  const { recordings, dataFolder, open } = await setUp();
  const { callId, path } = await open();
  const wav = makeWav(100);
  writeFileSync(path, wav);
  await recordings.finished(callId, { durationMs: 12, sizeBytes: wav.length });
  rmSync(path);
  mkdirSync(join(dataFolder, 'recordings', '2029'), { recursive: true });
  writeFileSync(join(dataFolder, 'recordings', '2029', 'stray.wav'), 'x');
  expect(await recordings.reconcile()).toEqual({ ...nothing, missing: 1, quarantined: 1 });
  expect(recordings.find(callId)?.state).toBe('missing');
  expect(readFileSync(join(dataFolder, 'quarantine', 'stray.wav'), 'utf8')).toBe('x');
});

test('`settled` waits for the hash of a recording that nobody waits for', async () => {
  const { recordings, open } = await setUp();
  const { callId, path } = await open();
  const wav = makeWav(200_000);
  writeFileSync(path, wav);
  void recordings.finished(callId, { durationMs: 25_000, sizeBytes: wav.length });
  await recordings.settled();
  expect(recordings.find(callId)?.state).toBe('ready');
});

test('a header is mended from the length of the file, and whatever is no header is refused', () => {
  const right = makeWav(1_000);
  const cut = readWavHeader(makeWav(1_000, 'unwritten').subarray(0, 44), right.length + 3);
  expect(cut?.header.equals(right.subarray(0, 44))).toBe(true);
  expect(cut).toMatchObject({ fileBytes: right.length, durationMs: 125 });
  expect(readWavHeader(right.subarray(0, 43), right.length)).toBeUndefined();
  expect(readWavHeader(right.subarray(0, 44), 44)).toBeUndefined();
  expect(readWavHeader(right.subarray(0, 44), 47)).toBeUndefined();
  for (const at of [0, 9, 13, 37]) {
    const garbled = Buffer.from(right.subarray(0, 44));
    garbled.writeUInt8(0, at);
    expect(readWavHeader(garbled, right.length)).toBeUndefined();
  }
  const still = Buffer.from(right.subarray(0, 44)).fill(0, 28, 34);
  expect(readWavHeader(still, right.length)).toBeUndefined();
});
