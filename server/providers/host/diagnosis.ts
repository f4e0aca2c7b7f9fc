/** How a probe process ended. */
export interface ProbeExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

export interface Diagnosis {
  /** File of the model that is at fault, relative to its folder, if it can be told. */
  readonly file: string | undefined;
  readonly problem: string;
}

interface Symptom {
  readonly pattern: RegExp;
  /** Roles (keys of the manifest's `files`) that the symptom points to, the likeliest first. */
  readonly roles: readonly string[];
  readonly problem: (match: RegExpMatchArray) => string;
}

const networks = ['model', 'encoder', 'acousticModel', 'decoder', 'joiner', 'vocoder'];

/** What sherpa-onnx and ONNX Runtime write before they end the process, and what it means. */
const symptoms: readonly Symptom[] = [
  {
    pattern: /Protobuf parsing failed|ModelProto does not have a graph|Failed to load model/i,
    roles: networks,
    problem: () => 'it is cut short or no ONNX file',
  },
  {
    pattern: /'([^']+)' does not exist in the metadata/,
    roles: networks,
    problem: (match) =>
      `it lacks the metadata "${match[1]}", so it belongs to another model family than the manifest says`,
  },
  {
    pattern: /tokens\.txt contains the symbol/,
    roles: ['tokens'],
    problem: () => 'it has no blank symbol (<blk>, <eps> or <blank>)',
  },
  {
    pattern: /Reading FST|FstHeader::Read|ConstFst::Read|error reading FST/i,
    roles: ['graph'],
    problem: () => 'it is cut short or no decoding graph',
  },
  {
    pattern: /invalid dimensions for input[^\n]*\n?[^\n]*Got: (\d+) Expected: (\d+)/i,
    roles: networks,
    problem: (match) => `it takes features of ${match[2]} channels, and the manifest's featureDim says ${match[1]}`,
  },
  { pattern: /^model: (.+)/m, roles: networks, problem: (match) => match[1] as string },
  { pattern: /^tokens: (.+)/m, roles: ['tokens'], problem: (match) => match[1] as string },
];

/** Reads out of a probe's end which file is at fault and why. */
export function diagnose(exit: ProbeExit, files: object): Diagnosis {
  for (const { pattern, roles, problem } of symptoms) {
    const match = exit.stderr.match(pattern);
    if (match !== null) return { file: fileAtFault(exit.stderr, roles, files), problem: problem(match) };
  }
  const lastWords = exit.stderr.trim().split('\n').at(-1) ?? '';
  const how = exit.signal === null ? `exit code ${exit.code}` : `signal ${exit.signal}`;
  return { file: undefined, problem: `loading it ended the process (${how}${lastWords && `: ${lastWords}`})` };
}

/** The file that the text names, else the first of the likely roles. */
function fileAtFault(stderr: string, roles: readonly string[], files: object): string | undefined {
  const candidates = Object.entries(files)
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string' && roles.includes(entry[0]))
    .sort(([a], [b]) => roles.indexOf(a) - roles.indexOf(b))
    .map(([, name]) => name);
  return candidates.find((name) => stderr.includes(name)) ?? candidates[0];
}
