import type { ToolUseDraft } from '../../contract/call.ts';
import { messageOf } from '../../contract/errors.ts';
import type { Clock } from '../../lifetime/clock.ts';
import type { LlmToolArguments, LlmToolResult } from '../../providers/kinds/llm.ts';
import { abortable } from '../abortable.ts';
import type { ToolAnswer, Toolbox } from '../ports.ts';
import type { ToolSettings } from '../settings.ts';

export interface TurnToolsParts {
  readonly toolbox: Toolbox;
  readonly clock: Clock;
  readonly settings: ToolSettings;
  /** Milliseconds of call audio. */
  readonly positionMs: () => number;
  readonly turn: {
    /** Settles when it is certain that the turn is given. */
    readonly released: Promise<void>;
    readonly signal: AbortSignal;
  };
  readonly listener: ToolListener;
}

export interface ToolListener {
  /** The brain waits for a tool: until it is allowed to work, and while it does. */
  waiting(): void;
  /** Ends each `waiting`. */
  told(): void;
  /** The first tool begins to work, the last one has ended. */
  working(isWorking: boolean): void;
  used(use: ToolUseDraft): void;
}

/** Of a result; the rest is left out for brain and records alike. */
const longestResultChars = 4_000;
const longestArgumentsChars = 8_000;

/**
 * The tools as one turn of the agent uses them. Nothing is done before the turn is let out; a turn that is given up
 * stops what it has begun, and what became of that is noted as unknown.
 */
export class TurnTools {
  readonly #parts: TurnToolsParts;
  #atWork = 0;
  #rounds = 0;

  constructor(parts: TurnToolsParts) {
    this.#parts = parts;
  }

  /** Rejects with the signal's reason when turn or caller give up, and never else. */
  async use(name: string, args: LlmToolArguments, own?: AbortSignal): Promise<LlmToolResult> {
    const { listener, turn } = this.#parts;
    const refusal = this.#refusal(name, args);
    if (refusal !== undefined) return refusal;
    const signals = own === undefined || own === turn.signal ? [turn.signal] : [turn.signal, own];
    const given = new AbortController();
    const giveUp = () => given.abort(signals.find(({ aborted }) => aborted)?.reason);
    for (const signal of signals) signal.addEventListener('abort', giveUp);
    if (signals.some(({ aborted }) => aborted)) giveUp();
    listener.waiting();
    try {
      await abortable(turn.released, given.signal);
      return await this.#atWorkWhile(() => this.#run(name, args, given.signal));
    } finally {
      for (const signal of signals) signal.removeEventListener('abort', giveUp);
      listener.told();
    }
  }

  #refusal(name: string, args: LlmToolArguments): LlmToolResult | undefined {
    const { settings, toolbox } = this.#parts;
    const refused = (text: string): LlmToolResult => ({ ok: false, text });
    if (!toolbox.tools.some((tool) => tool.name === name)) return refused(`There is no tool "${name}".`);
    if (JSON.stringify(args).length > longestArgumentsChars)
      return refused(`The arguments are longer than ${longestArgumentsChars} characters.`);
    if (this.#atWork === 0 && this.#rounds >= settings.roundsPerTurn)
      return refused('No further tool can be used in this turn: answer with what is known.');
    if (this.#atWork >= settings.mostAtOnce) return refused('Too many tools are at work already.');
    return undefined;
  }

  /** Tools that work side by side are one round. */
  async #atWorkWhile<T>(work: () => Promise<T>): Promise<T> {
    const { listener } = this.#parts;
    if (this.#atWork++ === 0) {
      this.#rounds++;
      listener.working(true);
    }
    try {
      return await work();
    } finally {
      if (--this.#atWork === 0) listener.working(false);
    }
  }

  async #run(name: string, own: LlmToolArguments, signal: AbortSignal): Promise<LlmToolResult> {
    const { listener, positionMs, toolbox } = this.#parts;
    const args = toolbox.argumentsOf(name, own);
    const startMs = positionMs();
    const note = (answer: Pick<ToolUseDraft, 'outcome' | 'result'>) =>
      listener.used({ name, args, ...answer, startMs, endMs: Math.max(startMs, positionMs()) });
    try {
      const { outcome, text } = await this.#answerWithin(name, args, signal);
      const result = text.slice(0, longestResultChars);
      note({ outcome, result });
      return { ok: outcome === 'ok', text: result };
    } catch (gaveUp) {
      note({ outcome: 'aborted', result: 'Given up before there was an answer; it may have been done all the same.' });
      throw gaveUp;
    }
  }

  /** Rejects only when the signal aborts. */
  async #answerWithin(name: string, args: LlmToolArguments, signal: AbortSignal): Promise<ToolAnswer> {
    const { clock, settings, toolbox } = this.#parts;
    const limit = new AbortController();
    const stop = () => limit.abort(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    const late = Promise.withResolvers<ToolAnswer>();
    const timer = clock.after(settings.limitMs, () => {
      late.resolve({ outcome: 'timed-out', text: `There was no answer within ${settings.limitMs / 1_000} s.` });
      limit.abort(new Error('timeout'));
    });
    try {
      const answer = toolbox
        .use(name, args, limit.signal)
        .catch((failure: unknown): ToolAnswer => ({ outcome: 'failed', text: messageOf(failure) }));
      return await abortable(Promise.race([late.promise, answer]), signal);
    } finally {
      timer.cancel();
      signal.removeEventListener('abort', stop);
    }
  }
}
