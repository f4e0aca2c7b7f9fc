import { z } from 'zod';

/** What a client may say on the voice socket. */
export type ClientMessage =
  | { readonly type: 'auth'; readonly token: string; readonly agentId: string }
  /** 16-bit little-endian mono samples at 16 kHz. */
  | { readonly type: 'audio'; readonly samples: Buffer }
  | { readonly type: 'unsupported-audio'; readonly why: string }
  | { readonly type: 'control'; readonly action: 'pause' | 'resume' | 'end' }
  | { readonly type: 'metadata'; readonly values: Readonly<Record<string, unknown>> }
  | { readonly type: 'invalid'; readonly why: string };

const messages = z.discriminatedUnion('type', [
  z.object({ type: z.literal('auth'), token: z.string().default(''), agent_id: z.string().toLowerCase() }),
  z.object({ type: z.literal('audio'), format: z.string().default('pcm_16k'), data: z.base64() }),
  z.object({ type: z.literal('control'), action: z.enum(['pause', 'resume', 'end']) }),
  z.looseObject({ type: z.literal('metadata') }),
]);

/** Containers that a browser's MediaRecorder makes, by their first bytes: no samples, whatever they are called. */
const containers: readonly (readonly [string, readonly number[]])[] = [
  ['WebM', [0x1a, 0x45, 0xdf, 0xa3]],
  ['Ogg', [0x4f, 0x67, 0x67, 0x53]],
  ['MP3', [0x49, 0x44, 0x33]],
  ['FLAC', [0x66, 0x4c, 0x61, 0x43]],
];

/** Fields may lie flat in the message or under `payload`. */
export function readMessage(text: string): ClientMessage {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { type: 'invalid', why: 'The message is not valid JSON.' };
  }
  const { payload, ...flat } = Object(json) as { readonly payload?: unknown };
  const parsed = messages.safeParse({ ...flat, ...(typeof payload === 'object' ? payload : {}) });
  if (!parsed.success) {
    const why = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'message'}: ${message}`).join('; ');
    return { type: 'invalid', why };
  }
  return toMessage(parsed.data);
}

function toMessage(message: z.infer<typeof messages>): ClientMessage {
  switch (message.type) {
    case 'auth':
      return { type: 'auth', token: message.token, agentId: message.agent_id };
    case 'control':
      return { type: 'control', action: message.action };
    case 'metadata':
      return { type: 'metadata', values: metadataValues(message) };
    case 'audio':
      return readAudio(message.format, Buffer.from(message.data, 'base64'));
  }
}

function readAudio(format: string, bytes: Buffer): ClientMessage {
  if (format !== 'pcm_16k') return { type: 'unsupported-audio', why: `The format "${format}" is not pcm_16k.` };
  const container = containers.find(([, signature]) => signature.every((byte, index) => bytes[index] === byte));
  if (container) {
    return {
      type: 'unsupported-audio',
      why: `The data is ${container[0]}, not 16-bit samples: send plain PCM at 16 kHz.`,
    };
  }
  if (isMp4(bytes))
    return { type: 'unsupported-audio', why: 'The data is MP4, not 16-bit samples: send plain PCM at 16 kHz.' };
  // A WAV header before the samples is sent by some clients with their first piece.
  const samples = bytes.subarray(0, 4).toString('latin1') === 'RIFF' ? bytes.subarray(44) : bytes;
  if (samples.length % 2 === 0) return { type: 'audio', samples };
  return { type: 'unsupported-audio', why: 'The data is an odd number of bytes; samples have two each.' };
}

function isMp4(bytes: Buffer): boolean {
  return bytes.subarray(4, 8).toString('latin1') === 'ftyp';
}

/** Numbers and names of the caller become values that the agent may use. */
function metadataValues(message: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const known = Object.entries(message).filter(([key, value]) => {
    return !['type', 'session_id', 'timestamp', 'agent_config'].includes(key) && typeof value !== 'object';
  });
  return Object.fromEntries(known);
}
