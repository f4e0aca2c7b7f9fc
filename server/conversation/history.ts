import type { ChatMessage, SaidMessage, ToolMessage } from '../providers/kinds/llm.ts';

/** The conversation as both sides heard it. Messages of the same side in a row become one. */
export class History {
  readonly #messages: ChatMessage[] = [];

  get messages(): readonly ChatMessage[] {
    return [...this.#messages];
  }

  add(role: SaidMessage['role'], text: string): void {
    if (text.trim() === '') return;
    const last = this.#messages.at(-1);
    if (last?.role === role) this.#messages[this.#messages.length - 1] = { role, text: `${last.text} ${text.trim()}` };
    else this.#messages.push({ role, text: text.trim() });
  }

  addTool(message: ToolMessage): void {
    this.#messages.push(message);
  }

  /** The history as a brain sees it that answers `callerText`, which is not part of it yet. */
  with(callerText: string): readonly ChatMessage[] {
    const copy = new History();
    copy.#messages.push(...this.#messages);
    copy.add('caller', callerText);
    return copy.messages;
  }
}
