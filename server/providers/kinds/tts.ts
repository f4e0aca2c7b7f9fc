export interface SynthesisRequest {
  /** One sentence or clause, already written out for speaking. */
  readonly text: string;
  readonly voice?: string;
  /** 1 is the voice's own pace; 0.7–1.2. */
  readonly speed?: number;
  /** Rate wanted: the line's (8000 or 16000). The provider converts once, here. */
  readonly sampleRate: number;
}

export interface SynthesisChunk {
  readonly samples: Int16Array;
  readonly sampleRate: number;
}

export interface TtsProvider {
  readonly name: string;
  /** Aborting stops the work as soon as the engine allows; nothing is yielded after it. */
  synthesize(request: SynthesisRequest, signal: AbortSignal): AsyncIterable<SynthesisChunk>;
  close(): void | Promise<void>;
}
