import type { Scope } from '../lifetime/scope.ts';
import type { LlmProvider, LlmRequest } from '../providers/kinds/llm.ts';
import { type AgentTurnParts, AgentTurnRun, type SentenceSource } from './agent-turn.ts';
import { AnswerStream } from './answer-stream.ts';
import type { BrainMemory } from './brain-memory.ts';
import { SentenceCutter } from './sentences.ts';

/** What texts that no brain made are recorded as made by. */
const fixedTextProvider = 'agent settings';

export interface AgentTurnMakerParts extends AgentTurnParts {
  readonly llm: LlmProvider;
  readonly memory: BrainMemory;
  readonly brainLimitMs: number;
  /** Settles when what was cut before is off the line and in the history. */
  readonly lineFree: () => Promise<void>;
}

/** Makes turns of the agent, prepared but silent: from a fixed text, or from what the brain answers. */
export class AgentTurnMaker {
  readonly #parts: AgentTurnMakerParts;
  readonly #scope: Scope;

  constructor(parts: AgentTurnMakerParts, scope: Scope) {
    this.#parts = parts;
    this.#scope = scope;
  }

  fixed(text: string): AgentTurnRun {
    const { lineFree } = this.#parts;
    return this.#prepared(fixedTextProvider, async function* () {
      await lineFree();
      const cutter = new SentenceCutter();
      yield* cutter.push(text);
      yield* cutter.end();
    });
  }

  /** `callerText`: what the caller said and the history doesn't hold yet. */
  answer(occasion: LlmRequest['occasion'], callerText: string): AgentTurnRun {
    const { llm, clock, brainLimitMs } = this.#parts;
    return this.#prepared(llm.name, ({ signal, ...listener }) => {
      const events = this.#respond(occasion, callerText, signal);
      return new AnswerStream(events, clock, brainLimitMs, listener, signal).sentences();
    });
  }

  async *#respond(occasion: LlmRequest['occasion'], callerText: string, signal: AbortSignal) {
    const { llm, memory, lineFree } = this.#parts;
    await lineFree();
    yield* llm.respond(memory.request(occasion, callerText), signal);
  }

  #prepared(provider: string, source: SentenceSource): AgentTurnRun {
    const run = new AgentTurnRun(provider, source, this.#parts, this.#scope.child('turn'));
    run.prepare();
    return run;
  }
}
