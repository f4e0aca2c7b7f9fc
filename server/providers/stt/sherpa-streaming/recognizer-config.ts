import { join } from 'node:path';
import type { InstalledModel, SttManifest } from '../../../../models/manifest.ts';

/**
 * sherpa-onnx's configuration object for a model. Turn ends are the conversation's to decide, so the engine's own
 * endpoint rules stay off; one thread, because the decode tick already batches all calls.
 */
export function recognizerConfig({ folder, manifest }: InstalledModel<SttManifest>): object {
  const path = (name: string) => join(folder, name);
  const graph = 'graph' in manifest.files ? manifest.files.graph : undefined;
  return {
    featConfig: manifest.featConfig,
    modelConfig: {
      ...familyConfig(manifest, path),
      tokens: path(manifest.files.tokens),
      numThreads: 1,
      provider: 'cpu',
      debug: 0,
    },
    decodingMethod: manifest.decodingMethod,
    enableEndpoint: false,
    ...(manifest.loader === 'transducer' && { maxActivePaths: manifest.maxActivePaths }),
    ...(graph !== undefined &&
      'maxActive' in manifest && { ctcFstDecoderConfig: { graph: path(graph), maxActive: manifest.maxActive } }),
  };
}

function familyConfig(manifest: SttManifest, path: (name: string) => string): object {
  if (manifest.loader === 'transducer') {
    const { encoder, decoder, joiner } = manifest.files;
    return {
      transducer: { encoder: path(encoder), decoder: path(decoder), joiner: path(joiner) },
      ...(manifest.modelType !== undefined && { modelType: manifest.modelType }),
    };
  }
  if (manifest.loader === 'paraformer') {
    return { paraformer: { encoder: path(manifest.files.encoder), decoder: path(manifest.files.decoder) } };
  }
  return { [manifest.loader]: { model: path(manifest.files.model) } };
}
