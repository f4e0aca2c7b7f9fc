import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadDspModules } from '../dsp/wasm.ts';
import { tone, toneIn } from '../testing/signals.ts';
import { LegRecording } from './leg-recording.ts';
import { readWav } from './wav.ts';

const modules = await loadDspModules();
let folder: string;
let failures: string[];
let recording: LegRecording;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'landline-recording-'));
  failures = [];
  recording = new LegRecording(modules, (message) => failures.push(message));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

test('before it begins, nothing touches the disk', async () => {
  recording.write('caller', { samples: tone(440, 1_000), sampleRate: 8_000, position: 0 });
  recording.tick(1_000);
  expect(await recording.close()).toBeUndefined();
  expect(await readdir(folder)).toEqual([]);
});

test('a codec change in the middle of the call is converted to the rate of the file', async () => {
  const path = join(folder, 'call.wav');
  await recording.begin({ path, sampleRate: 8_000, startPosition: 0 });
  recording.write('caller', { samples: tone(440, 500), sampleRate: 8_000, position: 0 });
  recording.write('caller', { samples: tone(700, 500, 16_000), sampleRate: 16_000, position: 8_000 });
  expect((await recording.close())?.durationMs).toBeCloseTo(1_000, -2);
  const [caller] = readWav(await readFile(path)).channels;
  expect(toneIn(caller?.subarray(0, 4_000) ?? new Int16Array(), [350, 440, 700, 880])).toBe(440);
  expect(toneIn(caller?.subarray(4_200, 7_800) ?? new Int16Array(), [350, 440, 700, 1_400])).toBe(700);
});

test('a folder that cannot be made is reported, and the call goes on', async () => {
  await writeFile(join(folder, 'file'), '');
  await recording.begin({ path: join(folder, 'file', 'call.wav'), sampleRate: 8_000, startPosition: 0 });
  recording.write('caller', { samples: tone(440, 100), sampleRate: 8_000, position: 0 });
  expect(await recording.close()).toBeUndefined();
  expect(failures).toHaveLength(1);
  expect(failures[0]).toContain('could not be opened');
});

test.runIf(process.platform === 'linux')('a disk that is full is reported once, at the first block', async () => {
  const path = join(folder, 'call.wav');
  await symlink('/dev/full', `${path}.part`);
  await recording.begin({ path, sampleRate: 8_000, startPosition: 0 });
  recording.write('caller', { samples: tone(440, 2_000), sampleRate: 8_000, position: 0 });
  recording.tick(2_000);
  recording.tick(3_000);
  expect(await recording.close()).toBeUndefined();
  expect(failures).toEqual([expect.stringContaining('ENOSPC')]);
});
