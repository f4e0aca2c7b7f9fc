import type { LlmEvent, LlmProvider, LlmRequest } from '../providers/kinds/llm.ts';

/** What an agent sets for every answer of its brain. */
export type BrainLimits = Pick<LlmRequest, 'generation' | 'mayEndCall'>;

/** A brain within its agent's limits: it is told of them, and what they forbid doesn't happen. */
export class LimitedBrain implements LlmProvider {
  readonly name: string;
  readonly #brain: LlmProvider;
  readonly #limits: BrainLimits;

  constructor(brain: LlmProvider, limits: BrainLimits) {
    this.name = brain.name;
    this.#brain = brain;
    this.#limits = limits;
  }

  async *respond(request: LlmRequest, signal: AbortSignal): AsyncGenerator<LlmEvent, void, void> {
    for await (const event of this.#brain.respond({ ...request, ...this.#limits }, signal)) {
      if (event.kind === 'end-call' && this.#limits.mayEndCall === false) continue;
      yield event;
    }
  }

  /** The brain behind it is shared, and whoever opened it closes it. */
  close(): void {}
}
