import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { writeWav } from '../media/record/wav.ts';
import type { CallOnTheWire } from './run-call.ts';

const sampleRate = 8_000;
const samplesPerMs = sampleRate / 1_000;

/** Saves both sides of the call as `caller.wav` and `agent.wav`, placed by the time of their packets. */
export async function saveAudio(wire: CallOnTheWire, folder: string | undefined): Promise<string[]> {
  const into = folder === undefined ? await mkdtemp(join(tmpdir(), 'landline-call-audio-')) : resolve(folder);
  await mkdir(into, { recursive: true });
  const sides = { caller: wire.said, agent: wire.heard };
  const paths: string[] = [];
  for (const [name, frames] of Object.entries(sides)) {
    const path = join(into, `${name}.wav`);
    await writeFile(path, writeWav({ sampleRate, channels: [place(frames, wire)] }));
    paths.push(path);
  }
  return paths;
}

/** Frames that arrived early or late overlap by at most the jitter; each then starts where the last one ended. */
function place(
  frames: readonly { readonly atMs: number; readonly samples: Int16Array }[],
  { answeredAtMs, endedAtMs }: CallOnTheWire,
): Int16Array {
  const whole = new Int16Array(Math.ceil((endedAtMs - answeredAtMs + 1_000) * samplesPerMs));
  let next = 0;
  for (const { atMs, samples } of frames) {
    const wanted = Math.round((atMs - answeredAtMs) * samplesPerMs);
    const at = Math.abs(wanted - next) < 60 * samplesPerMs ? next : Math.max(next, wanted);
    if (at + samples.length > whole.length) break;
    whole.set(samples, at);
    next = at + samples.length;
  }
  return whole;
}
