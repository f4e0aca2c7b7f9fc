import { LandlineError } from '../../contract/errors.ts';

export const wavHeaderBytes = 44;
const bytesPerSample = 2;
/** RIFF sizes are 32 bits; a longer recording says this much and is still playable. */
const largestDataBytes = 0xffff_ffff - wavHeaderBytes;

/** 16-bit PCM, one array per channel, all of the same length. */
export interface WavAudio {
  readonly sampleRate: number;
  readonly channels: readonly Int16Array[];
}

/** Canonical 44-byte header of a 16-bit PCM file. */
export function wavHeader(sampleRate: number, channels: number, dataBytes: number): Buffer {
  const header = Buffer.alloc(wavHeaderBytes);
  const bytes = Math.min(dataBytes, largestDataBytes);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(wavHeaderBytes - 8 + bytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * channels * bytesPerSample, 28);
  header.writeUInt16LE(channels * bytesPerSample, 32);
  header.writeUInt16LE(8 * bytesPerSample, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(bytes, 40);
  return header;
}

/** The bytes of a 16-bit PCM file. */
export function writeWav({ sampleRate, channels }: WavAudio): Buffer {
  const length = Math.max(0, ...channels.map((channel) => channel.length));
  const dataBytes = length * channels.length * bytesPerSample;
  const file = Buffer.alloc(wavHeaderBytes + dataBytes);
  wavHeader(sampleRate, channels.length, dataBytes).copy(file);
  channels.forEach((channel, index) => {
    channel.forEach((sample, i) => {
      file.writeInt16LE(sample, wavHeaderBytes + (i * channels.length + index) * bytesPerSample);
    });
  });
  return file;
}

/**
 * Reads 16-bit PCM. A data size larger than the file (a recording that was cut off) is taken as what is there.
 * Throws `bad-wav` for anything else.
 */
export function readWav(file: Buffer): WavAudio {
  const chunks = findChunks(file);
  const format = chunks.get('fmt ');
  const data = chunks.get('data');
  if (!format || format.length < 16 || !data) throw badWav('it is no RIFF/WAVE file with format and data');
  if (format.readUInt16LE(0) !== 1 || format.readUInt16LE(14) !== 16) throw badWav('it is not 16-bit PCM');
  const count = format.readUInt16LE(2);
  if (count < 1) throw badWav('it has no channels');
  const length = Math.floor(data.length / (count * bytesPerSample));
  const channels = Array.from({ length: count }, (_, channel) =>
    Int16Array.from({ length }, (_, i) => data.readInt16LE((i * count + channel) * bytesPerSample)),
  );
  return { sampleRate: format.readUInt32LE(4), channels };
}

function findChunks(file: Buffer): Map<string, Buffer> {
  const chunks = new Map<string, Buffer>();
  if (file.length < 12 || file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE')
    return chunks;
  for (let at = 12; at + 8 <= file.length; ) {
    const size = file.readUInt32LE(at + 4);
    chunks.set(file.toString('latin1', at, at + 4), file.subarray(at + 8, at + 8 + size));
    at += 8 + size + (size % 2);
  }
  return chunks;
}

function badWav(why: string): LandlineError {
  return new LandlineError('bad-wav', `The WAV file cannot be read: ${why}. Convert it to 16-bit PCM.`);
}
