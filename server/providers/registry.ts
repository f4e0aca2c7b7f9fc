import { starterSttFolder } from '../../models/starter.ts';
import { loadSherpaStreaming, type SherpaStreamingStt } from './stt/sherpa-streaming/sherpa-streaming.ts';
import { CachedTts } from './tts/cached-tts.ts';
import { FliteTts } from './tts/flite/flite.ts';
import { spokenForm } from './tts/spoken-form/spoken-form.ts';

/** Which engines hear and speak; plain values, so that they can be sent to the process that loads them. */
export interface SpeechSettings {
  /** A streaming model of sherpa-onnx: the folder that holds its `manifest.json`. */
  readonly stt: { readonly folder: string };
  readonly tts: TtsSettings;
  /** Speech kept for saying it again at once. */
  readonly cacheBytes?: number;
}

export type TtsSettings = { readonly kind: 'flite'; readonly voice?: string; readonly threads?: number };

/** What works with nothing installed. */
export const starterSpeech: SpeechSettings = {
  stt: { folder: starterSttFolder },
  tts: { kind: 'flite', voice: 'slt' },
};

export interface SpeechEngines {
  readonly stt: SherpaStreamingStt;
  readonly tts: CachedTts;
  close(): Promise<void>;
}

/** Ten minutes of telephone speech. */
const defaultCacheBytes = 10_000_000;

/** Loads recogniser and voice into this process. A broken model file may end it: see `host/probe.ts`. */
export async function loadSpeech(settings: SpeechSettings): Promise<SpeechEngines> {
  const [stt, voice] = await Promise.all([loadSherpaStreaming(settings.stt.folder), loadVoice(settings.tts)]);
  const tts = new CachedTts(voice, settings.cacheBytes ?? defaultCacheBytes, spokenForm);
  return {
    stt,
    tts,
    close: async () => {
      stt.close();
      await tts.close();
    },
  };
}

async function loadVoice(settings: TtsSettings): Promise<FliteTts> {
  return await FliteTts.load(settings);
}
