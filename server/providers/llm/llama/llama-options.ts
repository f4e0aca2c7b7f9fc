export interface LlamaOptions {
  /** Path of the GGUF file. */
  readonly file: string;
  /** Name in records; the file's name without its ending unless given. */
  readonly name?: string;
  /** `auto` takes a graphics card where one is found; without, the processor does the work. */
  readonly gpu?: 'auto' | false;
  /** Answers made at the same time; more wait. */
  readonly sequences?: number;
  /** Tokens of each conversation that the model keeps in mind. */
  readonly contextTokens?: number;
  readonly maxAnswerTokens?: number;
  readonly temperature?: number;
}

/** The same with nothing left open. */
export interface ResolvedLlamaOptions extends Required<Omit<LlamaOptions, 'name'>> {
  readonly threads: number;
}

/** @param cores leaves one of them to the calls themselves. */
export function resolveOptions(options: LlamaOptions, cores: number): ResolvedLlamaOptions {
  return {
    file: options.file,
    gpu: options.gpu ?? false,
    sequences: options.sequences ?? 4,
    contextTokens: options.contextTokens ?? 4_096,
    maxAnswerTokens: options.maxAnswerTokens ?? 200,
    temperature: options.temperature ?? 0.4,
    threads: Math.max(1, cores - 1),
  };
}
