import { fork } from 'node:child_process';
import { join } from 'node:path';
import { readSttModel, readTtsModel } from '../../../models/manifest.ts';
import { LandlineError } from '../../contract/errors.ts';
import { type Clock, realClock } from '../../lifetime/clock.ts';
import type { SpeechSettings } from '../registry.ts';
import { diagnose, type ProbeExit } from './diagnosis.ts';

/** What a probe process is to try. */
export interface ProbeTask {
  readonly kind: 'stt' | 'tts';
  readonly folder: string;
}

const limitMs = 120_000;

/**
 * Tries every configured model in a process of its own, where a crash hurts nobody. Rejects with `model-missing` or
 * `model-broken`, naming the file, what is wrong with it and the mend.
 */
export async function probeSpeech({ stt, tts }: SpeechSettings): Promise<void> {
  const recogniser = await readSttModel(stt.folder);
  const voice = tts.kind === 'sherpa' ? await readTtsModel(tts.folder) : undefined;
  await Promise.all([
    probe({ kind: 'stt', folder: stt.folder }, recogniser.manifest.files),
    voice && probe({ kind: 'tts', folder: voice.folder }, voice.manifest.files),
  ]);
}

/** @param files the model's files by role, for the message. */
async function probe(task: ProbeTask, files: object): Promise<void> {
  const exit = await runProbe(task, realClock);
  if (exit.code === 0) return;
  const { file, problem } = diagnose(exit, files);
  const path = file === undefined ? task.folder : join(task.folder, file);
  throw new LandlineError(
    'model-broken',
    `The model cannot be used: ${path}: ${problem}. Copy the file again from its source, or choose another model.`,
    { file: path, problem, exitCode: exit.code, signal: exit.signal, stderr: exit.stderr },
  );
}

function runProbe(task: ProbeTask, clock: Clock): Promise<ProbeExit> {
  const child = fork(join(import.meta.dirname, 'probe-process.ts'), [JSON.stringify(task)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('utf8')).slice(-4_000);
  });
  return new Promise((resolve, reject) => {
    const late = clock.after(limitMs, () => child.kill('SIGKILL'));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      late.cancel();
      resolve({ code, signal, stderr });
    });
  });
}
