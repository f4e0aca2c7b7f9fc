import { availableParallelism } from 'node:os';
import { starterSttFolder } from '../../models/starter.ts';
import type { Logger } from '../log/logger.ts';
import type { Embedder } from './kinds/embedder.ts';
import type { LlmProvider } from './kinds/llm.ts';
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
  | { readonly kind: 'sherpa'; readonly folder: string; readonly speaker?: number; readonly threads?: number };

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
  const threads = tts.threads ?? Math.max(1, availableParallelism() - 1);
  const voice = await loadSherpaTts(tts.folder, threads, tts.speaker);
  const isEnglish = voice.language.startsWith('en');
  return new CachedTts(voice, cacheBytes, isEnglish ? spokenForm : (text) => text);
}

/**
 * The brain: the GGUF language model at `gguf` when one is given, else the built-in scripted one. Rejects with
 * `model-missing` or `model-broken` when the file is not what it should be.
 */
export async function openBrain(gguf: string | undefined, logger: Logger): Promise<LlmProvider> {
  if (gguf === undefined) {
    const { StarterLlm } = await import('./llm/starter/starter-llm.ts');
    return new StarterLlm();
  }
  const { LlamaLlm } = await import('./llm/llama/llama-llm.ts');
  const brain = new LlamaLlm({ file: gguf }, logger);
  await brain.start();
  return brain;
}

/** What makes vectors of texts: the GGUF embedding model at `gguf` when one is given, else the built-in one. Rejects likewise. */
export async function openEmbedder(gguf: string | undefined, logger: Logger): Promise<Embedder> {
  if (gguf === undefined) {
    const { StarterEmbedder } = await import('./embed/starter/starter-embedder.ts');
    return new StarterEmbedder();
  }
  const { LlamaEmbedder } = await import('./embed/llama/llama-embedder.ts');
  const embedder = new LlamaEmbedder(gguf, logger);
  await embedder.start();
  return embedder;
}
