/** A compiled program; may be sent to other threads. */
export interface WasmModule {
  readonly [Symbol.toStringTag]: string;
}

/** A running program's memory; `buffer` is a new one each time it has grown. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

type WasmImports = Readonly<Record<string, Readonly<Record<string, (...args: never[]) => unknown>>>>;

/** The runtime's WebAssembly as far as we use it: the compiler's library knows it only together with the whole DOM. */
export const webAssembly = (
  globalThis as unknown as {
    WebAssembly: {
      compile(bytes: Uint8Array): Promise<WasmModule>;
      Instance: new (module: WasmModule, imports: WasmImports) => { readonly exports: unknown };
    };
  }
).WebAssembly;
