import { createRequire } from 'node:module';

/** The part of sherpa-onnx-node's streaming recogniser that we use; its package has no types of its own. */
export interface OnlineStream {
  /** Samples in −1…1. The rate of a stream must never change: the engine ends the process if it does. */
  acceptWaveform(audio: { readonly sampleRate: number; readonly samples: Float32Array }): void;
}

export interface OnlineResult {
  readonly text: string;
}

export interface OnlineRecognizer {
  createStream(): OnlineStream;
  isReady(stream: OnlineStream): boolean;
  /** Every stream must be ready: the engine ends the process if one is not. */
  decodeStreams(streams: readonly OnlineStream[]): void;
  getResult(stream: OnlineStream): OnlineResult;
  /** Forgets text and state, keeps the audio that was not decoded yet. */
  reset(stream: OnlineStream): void;
}

interface SherpaModule {
  readonly OnlineRecognizer: new (config: object) => OnlineRecognizer;
}

/** Loads the native library (32 MB) and the model. A broken model ends the process: probe it in another one first. */
export function createOnlineRecognizer(config: object): OnlineRecognizer {
  const require = createRequire(import.meta.url);
  const sherpa = require('sherpa-onnx-node') as SherpaModule;
  return new sherpa.OnlineRecognizer(config);
}
