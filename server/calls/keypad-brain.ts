import { fillPlaceholders } from '../conversation/prompt.ts';
import { type KeypadRule, ruleFor } from '../domain/agents/keypad-rules.ts';
import type { LlmEvent, LlmProvider, LlmRequest } from '../providers/kinds/llm.ts';

const handOver = 'One moment, please.';

/** Does what the agent's keypad rules say of pressed keys; everything else is for the brain behind it. */
export class KeypadBrain implements LlmProvider {
  readonly name: string;
  readonly #brain: LlmProvider;
  readonly #rules: readonly KeypadRule[];

  constructor(brain: LlmProvider, rules: readonly KeypadRule[]) {
    this.name = brain.name;
    this.#brain = brain;
    this.#rules = rules;
  }

  async *respond(request: LlmRequest, signal: AbortSignal): AsyncGenerator<LlmEvent, void, void> {
    const { contextData, occasion } = request;
    const rule = occasion.kind === 'digits' ? ruleFor(occasion.digits, this.#rules) : undefined;
    if (rule === undefined) {
      yield* this.#brain.respond(request, signal);
      return;
    }
    signal.throwIfAborted();
    const { action } = rule;
    const text = action.kind === 'transfer' ? handOver : fillPlaceholders(action.text, contextData);
    if (text !== '') yield { kind: 'text', text };
    if (action.kind === 'transfer') {
      yield { kind: 'transfer', target: { name: action.name, target: action.target } };
    }
    if (action.kind === 'end-call') yield { kind: 'end-call' };
  }

  /** The brain behind it is shared, and whoever opened it closes it. */
  close(): void {}
}
