/** Rows and columns of the keypad (ITU-T Q.23), in Hz. */
export const rowFrequencies = [697, 770, 852, 941] as const;
export const columnFrequencies = [1_209, 1_336, 1_477, 1_633] as const;
export const keypad = ['123A', '456B', '789C', '*0#D'] as const;

/** About −10 dB each. */
const amplitude = 7_000;

/** Fills `samples` with a digit's pair of tones from sample `from` of it on; false (nothing written) for what is no digit. */
export function dtmfTone(digit: string, sampleRate: number, from: number, samples: Int16Array): boolean {
  const row = keypad.findIndex((keys) => keys.includes(digit.toUpperCase()));
  const low = rowFrequencies[row];
  const high = columnFrequencies[keypad[row]?.indexOf(digit.toUpperCase()) ?? -1];
  if (low === undefined || high === undefined) return false;
  for (let i = 0; i < samples.length; i++) {
    const turns = (2 * Math.PI * (from + i)) / sampleRate;
    samples[i] = Math.round(amplitude * (Math.sin(turns * low) + Math.sin(turns * high)));
  }
  return true;
}
