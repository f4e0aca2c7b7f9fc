/** Length of a plain PCM header: RIFF, `fmt ` (16 bytes) and the start of `data`. */
export const wavHeaderBytes = 44;

export interface WavFacts {
  /** The header with both sizes set to what the file holds. */
  readonly header: Buffer;
  /** Length of the file when it ends on a whole sample of all channels. */
  readonly fileBytes: number;
  readonly durationMs: number;
}

/**
 * Reads the 44-byte PCM header of a recording whose sizes may never have been written, and sets them from the length
 * of the file. Undefined when it is no such header or no sample follows it.
 */
export function readWavHeader(header: Buffer, fileBytes: number): WavFacts | undefined {
  if (header.length < wavHeaderBytes || fileBytes <= wavHeaderBytes) return undefined;
  const tags = [header.toString('latin1', 0, 4), header.toString('latin1', 8, 16), header.toString('latin1', 36, 40)];
  if (tags.join('|') !== 'RIFF|WAVEfmt |data') return undefined;
  const byteRate = header.readUInt32LE(28);
  const blockAlign = header.readUInt16LE(32);
  if (byteRate === 0 || blockAlign === 0) return undefined;
  const dataBytes = Math.floor((fileBytes - wavHeaderBytes) / blockAlign) * blockAlign;
  if (dataBytes === 0) return undefined;
  const mended = Buffer.from(header.subarray(0, wavHeaderBytes));
  mended.writeUInt32LE(wavHeaderBytes - 8 + dataBytes, 4);
  mended.writeUInt32LE(dataBytes, 40);
  return {
    header: mended,
    fileBytes: wavHeaderBytes + dataBytes,
    durationMs: Math.round((dataBytes * 1000) / byteRate),
  };
}
