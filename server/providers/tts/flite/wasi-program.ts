import { MemoryWasi, ProgramExit } from './memory-wasi.ts';
import { type WasmMemory, type WasmModule, webAssembly } from './web-assembly.ts';

export interface ProgramResult {
  readonly status: number;
  /** What the program wrote into the one file it opened; a view that the next run overwrites. */
  readonly file: Uint8Array;
  readonly console: string;
}

interface Instance {
  readonly memory: WasmMemory;
  readonly start: () => void;
  /** Its memory as it was before the first run. */
  readonly pristine: Uint8Array;
}

/**
 * A command-line program that is run again and again in one memory, put back to its beginning each time: 2 ms instead
 * of the 9 ms of a new instance, and no 18 MB left to the garbage collector.
 */
export class WasiProgram {
  readonly #module: WasmModule;
  readonly #wasi = new MemoryWasi();
  #instance: Instance | undefined;

  constructor(module: WasmModule) {
    this.#module = module;
  }

  /** Runs it to its end. Synchronous. */
  run(args: readonly string[]): ProgramResult {
    const instance = this.#pristineInstance();
    this.#wasi.begin(instance.memory, args);
    try {
      instance.start();
      return { status: 0, file: this.#wasi.file, console: this.#wasi.console };
    } catch (thrown) {
      this.#instance = undefined;
      if (!(thrown instanceof ProgramExit)) throw thrown;
      return { status: thrown.status, file: this.#wasi.file, console: this.#wasi.console };
    }
  }

  #pristineInstance(): Instance {
    this.#instance ??= this.#instantiate();
    const { memory, pristine } = this.#instance;
    const bytes = new Uint8Array(memory.buffer);
    bytes.set(pristine);
    bytes.fill(0, pristine.length);
    return this.#instance;
  }

  #instantiate(): Instance {
    const instance = new webAssembly.Instance(this.#module, { wasi_snapshot_preview1: this.#wasi.functions() });
    const { memory, _start: start } = instance.exports as { memory: WasmMemory; _start: () => void };
    return { memory, start, pristine: new Uint8Array(memory.buffer).slice() };
  }
}
