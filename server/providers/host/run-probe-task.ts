import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSttModel } from '../../../models/manifest.ts';
import { loadSherpaStreaming } from '../stt/sherpa-streaming/sherpa-streaming.ts';
import { loadSherpaTts } from '../tts/sherpa/sherpa-tts.ts';
import type { ProbeTask } from './probe.ts';

/** Loads the model and makes it work once: some faults show only then. */
export async function runProbeTask(taskJson: string): Promise<void> {
  const { kind, folder } = JSON.parse(taskJson) as ProbeTask;
  await (kind === 'stt' ? hearSilence(folder) : sayHello(folder));
}

async function hearSilence(folder: string): Promise<void> {
  const { manifest } = await readSttModel(folder);
  checkTokens(await readFile(join(folder, manifest.files.tokens), 'utf8'));
  const stt = await loadSherpaStreaming(folder);
  const stream = stt.open(() => {});
  stream.push({ samples: new Int16Array(stt.sampleRate), sampleRate: stt.sampleRate, position: 0 });
  await stream.endTurn();
  stt.close();
}

async function sayHello(folder: string): Promise<void> {
  const tts = await loadSherpaTts(folder, 1);
  const request = { text: 'Hello.', sampleRate: 8_000 };
  let length = 0;
  for await (const { samples } of tts.synthesize(request, new AbortController().signal)) length += samples.length;
  if (length === 0) throw new Error('model: it said "Hello." without a sound');
  await tts.close();
}

/** The engine takes a list that is cut short and fails in the middle of a call: every id from 0 on must be there once. */
function checkTokens(list: string): void {
  const ids = list
    .trimEnd()
    .split('\n')
    .map((line) => Number(/\s(\d+)\s*$/.exec(line)?.[1] ?? Number.NaN));
  const sorted = ids.toSorted((a, b) => a - b);
  const gap = sorted.findIndex((id, at) => id !== at);
  if (gap !== -1) throw new Error(`tokens: the list is damaged near entry ${gap}, so it is cut short or edited`);
}
