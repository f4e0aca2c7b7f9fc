import { rmSync } from 'node:fs';
import { parentPort } from '../../lifetime/message-port.ts';
import { loadSpeech, type SpeechSettings } from '../registry.ts';
import { AudioReceiver } from './audio-receiver.ts';
import { toRefusal } from './refusal.ts';
import type { FromSpeech, ToSpeech } from './speech-messages.ts';
import { SpeechService } from './speech-service.ts';

/** Loads the engines, says `ready`, and serves until the parent is gone; ends the process itself. */
export async function runSpeechProcess(settingsJson: string, folder: string): Promise<void> {
  const port = parentPort<ToSpeech, FromSpeech>();
  port.onClose(() => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(0);
  });
  try {
    const engines = await loadSpeech(JSON.parse(settingsJson) as SpeechSettings);
    const service = new SpeechService(engines, port);
    const receiver = new AudioReceiver((streamId, frame) => service.hear(streamId, frame));
    const audioPath = await receiver.open(folder);
    service.start();
    const { stt, tts } = engines;
    port.send({ kind: 'ready', audioPath, names: { stt: stt.name, tts: tts.name, sttSampleRate: stt.sampleRate } });
  } catch (failure) {
    port.send({ kind: 'failed', failure: toRefusal(failure) });
    process.exitCode = 1;
    process.disconnect();
  }
}
