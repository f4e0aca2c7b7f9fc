import { loadSherpaStreaming } from '../stt/sherpa-streaming/sherpa-streaming.ts';
import type { ProbeTask } from './probe.ts';

/** Loads the model and lets it hear a second of silence: some faults show only then. */
export async function runProbeTask(taskJson: string): Promise<void> {
  const task = JSON.parse(taskJson) as ProbeTask;
  const stt = await loadSherpaStreaming(task.folder);
  const stream = stt.open(() => {});
  stream.push({ samples: new Int16Array(stt.sampleRate), sampleRate: stt.sampleRate, position: 0 });
  await stream.endTurn();
  stt.close();
}
