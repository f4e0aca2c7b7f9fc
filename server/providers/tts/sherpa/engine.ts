import { createRequire } from 'node:module';

/** The part of sherpa-onnx-node's synthesiser that we use; its package has no types of its own. */
export interface OfflineTts {
  readonly sampleRate: number;
  readonly numSpeakers: number;
  /** Samples in −1…1. External buffers are off: some runtimes forbid them. */
  generateAsync(request: {
    readonly text: string;
    readonly sid: number;
    readonly speed: number;
    readonly enableExternalBuffer: false;
  }): Promise<{ readonly samples: Float32Array; readonly sampleRate: number }>;
}

interface SherpaModule {
  readonly OfflineTts: { createAsync(config: object): Promise<OfflineTts> };
}

/** Loads the native library and the model. Some faults of a model end the process: probe it in another one first. */
export async function createOfflineTts(config: object): Promise<OfflineTts> {
  const require = createRequire(import.meta.url);
  const sherpa = require('sherpa-onnx-node') as SherpaModule;
  return await sherpa.OfflineTts.createAsync(config);
}
