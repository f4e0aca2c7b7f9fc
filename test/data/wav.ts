/** A stereo 16-bit 8 kHz WAV of this many sample pairs; a rising pattern, so that any shift shows. */
export function makeWav(frames: number, sizes: 'right' | 'unwritten' = 'right'): Buffer {
  const dataBytes = frames * 4;
  const wav = Buffer.alloc(44 + dataBytes);
  wav.write('RIFF', 0, 'latin1');
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(2, 22);
  wav.writeUInt32LE(8_000, 24);
  wav.writeUInt32LE(32_000, 28);
  wav.writeUInt16LE(4, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(sizes === 'right' ? 36 + dataBytes : 0, 4);
  wav.writeUInt32LE(sizes === 'right' ? dataBytes : 0, 40);
  for (let at = 44; at < wav.length; at += 2) wav.writeUInt16LE((at * 7) & 0xffff, at);
  return wav;
}
