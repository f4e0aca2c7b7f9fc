import type { WasmMemory } from './web-assembly.ts';

/** WASI error numbers that we answer with. */
const success = 0;
const badDescriptor = 8;
const noSeek = 70;

/** Descriptors: 0–2 are the standard ones, 3 is the one folder the program may open a file in, 4 is that file. */
const folderDescriptor = 3;
const fileDescriptor = 4;

/** Thrown out of a program that ends itself; its memory is not to be used again. */
export class ProgramExit extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`exit ${status}`);
    this.status = status;
  }
}

/**
 * The part of WASI preview 1 that a program needs which takes arguments and writes one file. The file is memory: what
 * an agent says never touches a disk.
 */
export class MemoryWasi {
  #args: readonly Buffer[] = [];
  #memory: WasmMemory | undefined;
  #file = Buffer.alloc(1 << 18);
  #position = 0;
  #size = 0;
  #console = '';

  /** What the program wrote into the one file it opened; a view that the next run overwrites. */
  get file(): Uint8Array {
    return this.#file.subarray(0, this.#size);
  }

  /** The last of its standard output and error, at most 2,000 characters. */
  get console(): string {
    return this.#console;
  }

  /** Gets ready for a run of the program that has this memory. */
  begin(memory: WasmMemory, args: readonly string[]): void {
    this.#memory = memory;
    this.#args = args.map((arg) => Buffer.from(`${arg}\0`, 'utf8'));
    this.#position = 0;
    this.#size = 0;
    this.#console = '';
  }

  /** The memory may have moved since the last call: a view lives for one call only. */
  get #view(): DataView {
    return new DataView((this.#memory as WasmMemory).buffer);
  }

  #bytes(at: number, length: number): Uint8Array {
    return new Uint8Array((this.#memory as WasmMemory).buffer, at, length);
  }

  /** What the program imports as `wasi_snapshot_preview1`. */
  functions(): Record<string, (...args: never[]) => number> {
    return {
      args_sizes_get: (countAt: number, sizeAt: number) => this.#argSizes(countAt, sizeAt),
      args_get: (pointersAt: number, bytesAt: number) => this.#argValues(pointersAt, bytesAt),
      clock_time_get: (_id: number, _precision: bigint, at: number) => this.#zero64(at),
      fd_close: () => success,
      fd_fdstat_get: (fd: number, at: number) => this.#describe(fd, at),
      fd_fdstat_set_flags: () => success,
      fd_prestat_get: (fd: number, at: number) => this.#prestat(fd, at),
      fd_prestat_dir_name: (_fd: number, at: number) => {
        this.#bytes(at, 1)[0] = 0x2f;
        return success;
      },
      fd_read: () => badDescriptor,
      fd_seek: (fd: number, offset: bigint, whence: number, at: number) => this.#seek(fd, Number(offset), whence, at),
      fd_write: (fd: number, vectors: number, count: number, at: number) => this.#write(fd, vectors, count, at),
      path_open: (...args: readonly unknown[]) => {
        this.#view.setUint32(args[8] as number, fileDescriptor, true);
        return success;
      },
      proc_exit: (status: number) => {
        throw new ProgramExit(status);
      },
    };
  }

  #argSizes(countAt: number, sizeAt: number): number {
    this.#view.setUint32(countAt, this.#args.length, true);
    this.#view.setUint32(
      sizeAt,
      this.#args.reduce((sum, arg) => sum + arg.length, 0),
      true,
    );
    return success;
  }

  #argValues(pointersAt: number, bytesAt: number): number {
    let at = bytesAt;
    for (const [index, arg] of this.#args.entries()) {
      this.#view.setUint32(pointersAt + 4 * index, at, true);
      this.#bytes(at, arg.length).set(arg);
      at += arg.length;
    }
    return success;
  }

  #zero64(at: number): number {
    this.#view.setBigUint64(at, 0n, true);
    return success;
  }

  /** File type (character device 2, folder 3, file 4) and every right there is. */
  #describe(fd: number, at: number): number {
    this.#bytes(at, 24).fill(0).fill(0xff, 8);
    this.#view.setUint8(at, fd === folderDescriptor ? 3 : fd === fileDescriptor ? 4 : 2);
    return success;
  }

  #prestat(fd: number, at: number): number {
    if (fd !== folderDescriptor) return badDescriptor;
    this.#view.setUint8(at, 0);
    this.#view.setUint32(at + 4, 1, true);
    return success;
  }

  #seek(fd: number, offset: number, whence: number, at: number): number {
    if (fd !== fileDescriptor) return noSeek;
    const from = whence === 0 ? 0 : whence === 1 ? this.#position : this.#size;
    this.#position = from + offset;
    this.#view.setBigUint64(at, BigInt(this.#position), true);
    return success;
  }

  #write(fd: number, vectors: number, count: number, at: number): number {
    let written = 0;
    for (let index = 0; index < count; index++) {
      const start = this.#view.getUint32(vectors + 8 * index, true);
      const bytes = this.#bytes(start, this.#view.getUint32(vectors + 8 * index + 4, true));
      if (fd === fileDescriptor) this.#append(bytes);
      else this.#console = (this.#console + Buffer.from(bytes).toString('utf8')).slice(-2_000);
      written += bytes.length;
    }
    this.#view.setUint32(at, written, true);
    return success;
  }

  #append(bytes: Uint8Array): void {
    const end = this.#position + bytes.length;
    if (end > this.#file.length) {
      const grown = Buffer.alloc(Math.max(end, this.#file.length * 2));
      this.#file.copy(grown, 0, 0, this.#size);
      this.#file = grown;
    }
    this.#file.set(bytes, this.#position);
    this.#position = end;
    this.#size = Math.max(this.#size, end);
  }
}
