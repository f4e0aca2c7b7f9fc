import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tone, toneIn } from '../testing/signals.ts';
import { Recorder, type RecordingPlace } from './recorder.ts';
import { readWav, writeWav } from './wav.ts';

let folder: string;
let place: RecordingPlace;
const failures: string[] = [];
const listener = { failed: (message: string) => void failures.push(message) };

beforeEach(async () => {
  folder = await mkdtemp(joinPath(tmpdir(), 'landline-recorder-'));
  place = { path: joinPath(folder, 'sub', 'call.wav'), sampleRate: 8_000, startPosition: 4_000 };
  failures.length = 0;
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Both sides for `frames` frames from `position` on, with the present moving along. */
function record(recorder: Recorder, position: number, frames: number, caller: number, agent: number): void {
  const [left, right] = [tone(caller, frames * 20), tone(agent, frames * 20)];
  for (let frame = 0; frame < frames; frame++) {
    const at = frame * 160;
    recorder.write('caller', left.subarray(at, at + 160), position + at);
    recorder.write('agent', right.subarray(at, at + 160), position + at);
    recorder.tick(position + at + 160);
  }
}

test('both sides are at their place, the caller left, the agent right', async () => {
  const recorder = await Recorder.begin(place, listener);
  record(recorder, 4_000, 150, 440, 700);
  const summary = await recorder.close();
  const file = await readFile(place.path);
  const { sampleRate, channels } = readWav(file);
  expect(summary).toEqual({ path: place.path, durationMs: 3_000, sizeBytes: file.length });
  expect(sampleRate).toBe(8_000);
  expect(channels[0]).toEqual(tone(440, 3_000));
  expect(channels[1]).toEqual(tone(700, 3_000));
  await expect(stat(`${place.path}.part`)).rejects.toThrow('ENOENT');
});

test('packets out of order and a pause in the stream keep their time', async () => {
  const recorder = await Recorder.begin(place, listener);
  const late = tone(440, 20);
  recorder.write('caller', tone(1_000, 20), 4_160);
  recorder.write('caller', late, 4_000);
  recorder.write('caller', tone(700, 100), 4_000 + 8_000 * 10);
  await recorder.close();
  const [caller] = readWav(await readFile(place.path)).channels;
  expect(caller?.subarray(0, 160)).toEqual(late);
  expect(caller?.subarray(320, 80_000).every((sample) => sample === 0)).toBe(true);
  expect(caller?.subarray(80_000)).toEqual(tone(700, 100));
});

test('at any moment the file on disk is playable and lacks less than the last second', async () => {
  const recorder = await Recorder.begin(place, listener);
  for (let block = 0; block < 6; block++) {
    record(recorder, 4_000 + block * 5_600, 35, 440, 700);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { channels } = readWav(await readFile(`${place.path}.part`));
    const recordedMs = (block + 1) * 700;
    expect((channels[0]?.length ?? 0) / 8).toBeGreaterThan(recordedMs - 1_000);
    if (block > 2) expect(toneIn(channels[0] ?? new Int16Array(), [440, 700])).toBe(440);
  }
  await recorder.close();
});

test('a recording that another process began goes on behind a silence', async () => {
  const first = await Recorder.begin(place, listener);
  record(first, 4_000, 100, 440, 440);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const part = await readFile(`${place.path}.part`);
  await first.close();
  await writeFile(`${place.path}.part`, part);
  const keptSamples = (part.length - 44) / 4;
  const second = await Recorder.goOn(place, listener);
  record(second, 4_000 + 32_000, 50, 700, 700);
  await second.close();
  const [caller] = readWav(await readFile(place.path)).channels;
  expect(keptSamples).toBeGreaterThan(8_000);
  expect(caller?.subarray(0, keptSamples)).toEqual(tone(440, 2_000).subarray(0, keptSamples));
  expect(caller?.subarray(keptSamples, 32_000).every((sample) => sample === 0)).toBe(true);
  expect(caller?.subarray(32_000)).toEqual(tone(700, 1_000));
});

test('a WAV file is written and read back, cut-off ones as far as they go', () => {
  const audio = { sampleRate: 16_000, channels: [tone(440, 100, 16_000), tone(700, 100, 16_000)] };
  const file = writeWav(audio);
  expect(readWav(file)).toEqual(audio);
  expect(readWav(file.subarray(0, 44 + 400)).channels[1]).toEqual(audio.channels[1]?.subarray(0, 100));
});

test.each([
  ['empty', Buffer.alloc(0)],
  ['text', Buffer.from('this is no audio at all, whatever its name says')],
  [
    '8-bit',
    (() => {
      const file = writeWav({ sampleRate: 8_000, channels: [new Int16Array(8)] });
      file.writeUInt16LE(8, 34);
      return file;
    })(),
  ],
])('an %s file is refused with the mend', (_what, file) => {
  expect(() => readWav(file)).toThrow('Convert it to 16-bit PCM');
});

test.runIf(process.platform === 'linux')('a disk that is full from the start keeps no file open', async () => {
  await mkdir(joinPath(folder, 'sub'));
  await symlink('/dev/full', `${place.path}.part`);
  await expect(Recorder.begin(place, listener)).rejects.toThrow('ENOSPC');
  const open = await readdir('/proc/self/fd');
  const places = await Promise.all(open.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  expect(places).not.toContain('/dev/full');
});
