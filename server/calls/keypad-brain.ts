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
    yield* eventsOf(rule.action, contextData);
  }

  /** The brain behind it is shared, and whoever opened it closes it. */
  close(): void {}
}

function* eventsOf(action: KeypadRule['action'], contextData: LlmRequest['contextData']): Generator<LlmEvent> {
  switch (action.kind) {
    case 'say':
      return yield { kind: 'text', text: fillPlaceholders(action.text, contextData) };
    case 'transfer':
      yield { kind: 'text', text: handOver };
      return yield { kind: 'transfer', target: { name: action.name, target: action.target } };
    case 'end-call':
      if (action.text !== '') yield { kind: 'text', text: fillPlaceholders(action.text, contextData) };
      return yield { kind: 'end-call' };
    case 'send-digits':
      return yield { kind: 'send-digits', digits: action.digits };
    case 'set-variable':
      return yield { kind: 'variables', values: { [action.name]: fillPlaceholders(action.value, contextData) } };
  }
}
