import { loadSherpaStreaming } from '../stt/sherpa-streaming/sherpa-streaming.ts';
import { loadSherpaTts } from '../tts/sherpa/sherpa-tts.ts';
import type { ProbeTask } from './probe.ts';

/** Loads the model and makes it work once: some faults show only then. */
export async function runProbeTask(taskJson: string): Promise<void> {
  const { kind, folder } = JSON.parse(taskJson) as ProbeTask;
  await (kind === 'stt' ? hearSilence(folder) : sayHello(folder));
}

async function hearSilence(folder: string): Promise<void> {
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
