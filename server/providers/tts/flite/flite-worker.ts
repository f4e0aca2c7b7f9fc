import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../../contract/errors.ts';
import { lowerPriority } from '../../../lifetime/priority.ts';
import { RateConverter } from '../rate-converter.ts';
import { trimSilence } from '../trim-silence.ts';
import type { FliteAnswer, FliteJob } from './flite-messages.ts';
import { FliteProgram, fliteSampleRate } from './flite-program.ts';
import type { WasmModule } from './web-assembly.ts';

/** Thread entry: speaks one text after another. A thread has a priority of its own on Linux only. */
if (process.platform === 'linux') lowerPriority(19);

const leadMs = 10;
const tailMs = 40;

const flite = new FliteProgram(workerData as WasmModule);
const converter = await RateConverter.load();

function speak(job: FliteJob): FliteAnswer {
  try {
    const spoken = trimSilence(flite.speak(job.voice, job.text, job.stretch), fliteSampleRate, leadMs, tailMs);
    return { id: job.id, samples: converter.convert(spoken, fliteSampleRate, job.sampleRate).slice() };
  } catch (failure) {
    return { id: job.id, failure: messageOf(failure) };
  }
}

parentPort?.on('message', (job: FliteJob) => {
  const answer = speak(job);
  parentPort?.postMessage(answer, 'samples' in answer ? [answer.samples.buffer] : []);
});
