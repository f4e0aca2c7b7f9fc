import loadFvad, { type FvadModule } from '@echogarden/fvad-wasm';
import loadSpeex, { type SpeexResamplerModule } from '@echogarden/speex-resampler-wasm/simd';

/** The two WebAssembly libraries of the media path, loaded once per process and handed to whoever needs them. */
export interface DspModules {
  readonly fvad: FvadModule;
  readonly speex: SpeexResamplerModule;
}

export async function loadDspModules(): Promise<DspModules> {
  const [fvad, speex] = await Promise.all([loadFvad(), loadSpeex()]);
  return { fvad, speex };
}
