import type { ToolUseDraft } from '../contract/call.ts';
import type { Clock } from '../lifetime/clock.ts';
import type { LlmRequest } from '../providers/kinds/llm.ts';
import { History } from './history.ts';
import type { Knowledge } from './ports.ts';
import { fillPlaceholders } from './prompt.ts';
import type { ConversationSettings } from './settings.ts';

/** What a brain gets to know when it is asked: the agent's settings, the history as it was heard, its own slots. */
export class BrainMemory {
  readonly #settings: ConversationSettings;
  readonly #knowledge: Knowledge;
  readonly #clock: Clock;
  readonly #history = new History();
  #slots: Readonly<Record<string, string>> = {};
  #contextData: Readonly<Record<string, string>>;

  constructor(settings: ConversationSettings, knowledge: Knowledge, clock: Clock) {
    this.#settings = settings;
    this.#knowledge = knowledge;
    this.#clock = clock;
    this.#contextData = settings.contextData;
  }

  /** What is known of the call from now on. */
  setVariables(values: Readonly<Record<string, string>>): void {
    this.#contextData = { ...this.#contextData, ...values };
  }

  callerSaid(text: string): void {
    this.#history.add('caller', text);
  }

  /** What the conversation said by itself while a tool worked is nothing that a brain should learn to say. */
  agentSaid(text: string): void {
    this.#history.add('agent', text.replaceAll(this.#settings.behaviour.phrases.toolWait, ' ').replaceAll(/\s+/g, ' '));
  }

  toolUsed({ name, args, outcome, result }: ToolUseDraft): void {
    this.#history.addTool({ role: 'tool', name, args, ok: outcome === 'ok', text: result });
  }

  /** Sets slots; an empty string removes one. */
  setSlots(slots: Readonly<Record<string, string>>): void {
    const all = Object.entries({ ...this.#slots, ...slots });
    this.#slots = Object.fromEntries(all.filter(([, value]) => value !== ''));
  }

  /** `callerText`: what the caller said last, not in the history yet; empty when the brain is asked for another reason. */
  request(
    occasion: LlmRequest['occasion'],
    callerText: string,
    tools: Pick<LlmRequest, 'tools' | 'useTool'>,
  ): LlmRequest {
    const { callId, agentName, transferTargets, timeZone } = this.#settings;
    const contextData = this.#contextData;
    const fill = (text: string) => fillPlaceholders(text, contextData);
    return {
      callId,
      agentName,
      systemPrompt: fill(this.#settings.systemPrompt),
      context: this.#settings.context.map(fill),
      contextData,
      knowledge: fill(this.#settings.knowledge),
      history: this.#history.with(callerText),
      slots: this.#slots,
      occasion,
      transferTargets,
      timeZone,
      nowMs: this.#clock.now(),
      search: (text, limit) => this.#knowledge.search(text, limit),
      ...tools,
    };
  }
}
