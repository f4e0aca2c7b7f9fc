import { availableParallelism } from 'node:os';
import { starterSttFolder } from '../../models/starter.ts';
import { loadSherpaStreaming, type SherpaStreamingStt } from './stt/sherpa-streaming/sherpa-streaming.ts';
import { CachedTts } from './tts/cached-tts.ts';
import { FliteTts } from './tts/flite/flite.ts';
import { loadSherpaTts } from './tts/sherpa/sherpa-tts.ts';
import { spokenForm } from './tts/spoken-form/spoken-form.ts';

/** Which engines hear and speak; plain values, so that they can be sent to the process that loads them. */
export interface SpeechSettings {
  /** A streaming model of sherpa-onnx: the folder that holds its `manifest.json`. */
  readonly stt: { readonly folder: string };
  readonly tts: TtsSettings;
  /** Speech kept for saying it again at once. */
  readonly cacheBytes?: number;
}

/** The built-in voices, or a voice of sherpa-onnx (piper, kokoro …): the folder that holds its `manifest.json`. */
export type TtsSettings =
  | { readonly kind: 'flite'; readonly voice?: string; readonly threads?: number }
  | { readonly kind: 'sherpa'; readonly folder: string; readonly threads?: number };

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
  const [stt, tts] = await Promise.all([loadSherpaStreaming(settings.stt.folder), loadVoice(settings)]);
  return {
    stt,
    tts,
    close: async () => {
      stt.close();
      await tts.close();
    },
  };
}

async function loadVoice({ tts, cacheBytes = defaultCacheBytes }: SpeechSettings): Promise<CachedTts> {
  if (tts.kind === 'flite') return new CachedTts(await FliteTts.load(tts), cacheBytes, spokenForm);
  const voice = await loadSherpaTts(tts.folder, tts.threads ?? Math.max(1, availableParallelism() - 1));
  const isEnglish = voice.language.startsWith('en');
  return new CachedTts(voice, cacheBytes, isEnglish ? spokenForm : (text) => text);
}
