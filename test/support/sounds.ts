import type { RtpPhone } from '../../server/caller/rtp-phone.ts';

/** A burst of noise with a sharp start that dies away, as long as a cough; 8 kHz. */
export function cough(lengthMs: number, seed = 7): Int16Array {
  const samples = new Int16Array(lengthMs * 8);
  let state = seed;
  for (let at = 0; at < samples.length; at++) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    samples[at] = (state / 2 ** 31 - 0.5) * 9_000 * Math.exp((-3 * at) / samples.length);
  }
  return samples;
}

/** Sends back what the phone hears, this much quieter and later: a line without echo cancellation. */
export function addEcho(phone: RtpPhone, lossDb: number, delayMs: number): void {
  const waiting: Int16Array[] = Array.from({ length: delayMs / 20 }, () => new Int16Array(160));
  const gain = 10 ** (-lossDb / 20);
  phone.onFrame(({ samples }) => {
    waiting.push(samples.map((sample) => sample * gain));
    if (waiting.length > delayMs / 20 + 10) waiting.shift();
  });
  phone.setBackground(() => waiting.shift());
}
