import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { LandlineError } from '../server/contract/errors.ts';

/** A file inside the model's folder: relative, and never out of it. */
const fileName = z
  .string()
  .min(1)
  .refine((name) => !isAbsolute(name) && !name.split(/[\\/]/).includes('..'), {
    message: 'must be a path inside the model folder',
  });

/** A folder; may lie beside the model's, since several voices share one copy of espeak-ng's data. */
const folderName = z.string().min(1);

const milliseconds = z.number().min(0).max(10_000);

const about = {
  /** Short name, as it appears in records. */
  id: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/i, 'must be letters, digits, ".", "_" and "-"'),
  /** BCP 47 tag. */
  language: z.string().min(2).max(35),
  licence: z.string().optional(),
  /** What the weights learned from; shown wherever the model is offered. */
  trainedOn: z.string().optional(),
};

const streaming = {
  ...about,
  kind: z.literal('stt'),
  /** Rate (Hz) and number of filterbank channels of the model's features. */
  featConfig: z.strictObject({
    sampleRate: z.number().int().min(8_000).max(48_000),
    featureDim: z.number().int().min(1).max(512),
  }),
  decodingMethod: z.enum(['greedy_search', 'modified_beam_search']).default('greedy_search'),
  /** sherpa-onnx reports CTC times as if an output frame were 40 ms: real time = reported × this. */
  frameScale: z.number().positive().max(20).default(1),
  /** Audio that one decoding step advances by. */
  chunkMs: milliseconds.default(320),
  /** Audio beyond the chunk that a step also looks at. */
  lookaheadMs: milliseconds.default(160),
  /** Silence that has to follow the last word before the model has said all of it. */
  tailMs: milliseconds.optional(),
};

const tokens = { tokens: fileName };
const graphOptions = { maxActive: z.number().int().min(10).max(100_000).default(3_000) };

/** Streaming recognisers, by sherpa-onnx's name of the loader; each with the files it insists on. */
const sttSchemas = [
  z.strictObject({
    ...streaming,
    ...graphOptions,
    loader: z.literal('nemoCtc'),
    files: z.strictObject({ model: fileName, ...tokens, graph: fileName.optional() }),
  }),
  z.strictObject({
    ...streaming,
    ...graphOptions,
    loader: z.literal('zipformer2Ctc'),
    files: z.strictObject({ model: fileName, ...tokens, graph: fileName.optional() }),
  }),
  z.strictObject({
    ...streaming,
    loader: z.literal('toneCtc'),
    files: z.strictObject({ model: fileName, ...tokens }),
  }),
  z.strictObject({
    ...streaming,
    loader: z.literal('transducer'),
    /** Needed where sherpa-onnx cannot tell the family from the file, e.g. `NeMo`. */
    modelType: z.string().optional(),
    maxActivePaths: z.number().int().min(1).max(64).default(4),
    files: z.strictObject({ encoder: fileName, decoder: fileName, joiner: fileName, ...tokens }),
  }),
  z.strictObject({
    ...streaming,
    loader: z.literal('paraformer'),
    files: z.strictObject({ encoder: fileName, decoder: fileName, ...tokens }),
  }),
] as const;

const voice = {
  ...about,
  kind: z.literal('tts'),
  /** Names of the voices inside the file, by speaker number; `default` picks the one used when none is asked for. */
  speakers: z.array(z.strictObject({ id: z.number().int().min(0), name: z.string().min(1) })).default([]),
  defaultSpeaker: z.number().int().min(0).default(0),
};

/** Voices, by sherpa-onnx's name of the family. */
const ttsSchemas = [
  z.strictObject({
    ...voice,
    loader: z.literal('vits'),
    noiseScale: z.number().min(0).max(2).optional(),
    noiseScaleW: z.number().min(0).max(2).optional(),
    lengthScale: z.number().min(0.2).max(5).optional(),
    dataDir: folderName.optional(),
    files: z.strictObject({ model: fileName, ...tokens, lexicon: fileName.optional() }),
  }),
  z.strictObject({
    ...voice,
    loader: z.literal('kokoro'),
    dataDir: folderName,
    lang: z.string().optional(),
    files: z.strictObject({ model: fileName, voices: fileName, ...tokens, lexicon: fileName.optional() }),
  }),
  z.strictObject({
    ...voice,
    loader: z.literal('matcha'),
    dataDir: folderName.optional(),
    noiseScale: z.number().min(0).max(2).optional(),
    lengthScale: z.number().min(0.2).max(5).optional(),
    files: z.strictObject({
      acousticModel: fileName,
      vocoder: fileName,
      ...tokens,
      lexicon: fileName.optional(),
    }),
  }),
  z.strictObject({
    ...voice,
    loader: z.literal('kitten'),
    dataDir: folderName,
    lengthScale: z.number().min(0.2).max(5).optional(),
    files: z.strictObject({ model: fileName, voices: fileName, ...tokens }),
  }),
] as const;

const sttManifest = z.discriminatedUnion('loader', sttSchemas);
const ttsManifest = z.discriminatedUnion('loader', ttsSchemas);

export type SttManifest = z.infer<typeof sttManifest>;
export type TtsManifest = z.infer<typeof ttsManifest>;

/** A model that was found complete: its manifest, and the folder that the manifest's paths start from. */
export interface InstalledModel<M> {
  readonly folder: string;
  readonly manifest: M;
}

/**
 * Reads `manifest.json` of a recogniser's folder and checks that every file it names is there.
 * Fails with `model-missing` (folder or files) or `model-broken` (the manifest itself), naming every problem at once.
 */
export function readSttModel(folder: string): Promise<InstalledModel<SttManifest>> {
  return readModel(folder, sttManifest);
}

/** The same for a voice. */
export function readTtsModel(folder: string): Promise<InstalledModel<TtsManifest>> {
  return readModel(folder, ttsManifest);
}

async function readModel<M extends SttManifest | TtsManifest>(
  folder: string,
  schema: z.ZodType<M>,
): Promise<InstalledModel<M>> {
  const path = join(folder, 'manifest.json');
  const parsed = schema.safeParse(await readJson(path));
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'manifest'}: ${issue.message}`);
    throw new LandlineError(
      'model-broken',
      `The model manifest ${path} is wrong: ${problems.join('; ')}. Correct the file or install the model again.`,
      { file: path, problems },
    );
  }
  await checkFiles(folder, parsed.data);
  return { folder, manifest: parsed.data };
}

async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new LandlineError(
      'model-missing',
      `There is no model manifest at ${path}. Put the model's folder there, or name the folder that holds it.`,
      { file: path },
      cause,
    );
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LandlineError(
      'model-broken',
      `The model manifest ${path} is not JSON (${(cause as Error).message}). Correct it or install the model again.`,
      { file: path },
      cause,
    );
  }
}

async function checkFiles(folder: string, manifest: SttManifest | TtsManifest): Promise<void> {
  const names: string[] = Object.values(manifest.files).filter((name) => name !== undefined);
  const problems: string[] = [];
  for (const name of names) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found === undefined) problems.push(`${name} is missing`);
    else if (!found.isFile() || found.size === 0) problems.push(`${name} is empty or not a file`);
  }
  if (manifest.kind === 'tts' && manifest.dataDir !== undefined) {
    const found = await stat(join(folder, manifest.dataDir)).catch(() => undefined);
    if (!found?.isDirectory()) problems.push(`the folder ${manifest.dataDir} is missing`);
  }
  if (problems.length === 0) return;
  throw new LandlineError(
    'model-missing',
    `The model in ${folder} is not complete: ${problems.join('; ')}. Copy what is missing or install the model again.`,
    { folder, problems },
  );
}
