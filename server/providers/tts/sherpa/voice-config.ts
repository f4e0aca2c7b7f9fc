import { join } from 'node:path';
import type { InstalledModel, TtsManifest } from '../../../../models/manifest.ts';

/** sherpa-onnx's configuration object for a voice. One sentence at a time, so that a barge-in wastes at most one. */
export function voiceConfig({ folder, manifest }: InstalledModel<TtsManifest>, numThreads: number): object {
  const names: [string, string | undefined][] = Object.entries(manifest.files);
  const paths = Object.fromEntries(
    names.flatMap(([role, name]) => (name === undefined ? [] : [[role, join(folder, name)] as const])),
  );
  const options = {
    dataDir: manifest.dataDir === undefined ? undefined : join(folder, manifest.dataDir),
    lengthScale: 'lengthScale' in manifest ? manifest.lengthScale : undefined,
    noiseScale: 'noiseScale' in manifest ? manifest.noiseScale : undefined,
    noiseScaleW: 'noiseScaleW' in manifest ? manifest.noiseScaleW : undefined,
    lang: 'lang' in manifest ? manifest.lang : undefined,
  };
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return {
    model: { [manifest.loader]: { ...paths, ...given }, numThreads, provider: 'cpu', debug: 0 },
    maxNumSentences: 1,
  };
}
