import type { ChatHistoryItem, ChatModelFunctionCall } from 'node-llama-cpp';
import type { FunctionCall, PromptMessage } from './llm-messages.ts';

/** What the model said and called in one go is one item. */
export function toHistory(messages: readonly PromptMessage[]): ChatHistoryItem[] {
  const items: ChatHistoryItem[] = [];
  for (const message of messages) {
    if (message.role === 'system' || message.role === 'user') {
      items.push({ type: message.role, text: message.text });
      continue;
    }
    const last = items.at(-1);
    const part = message.role === 'tool' ? calledWith(message, message.text) : message.text;
    if (last?.type === 'model') last.response.push(part);
    else items.push({ type: 'model', response: [part] });
  }
  return items;
}

export function calledWith({ name, params }: FunctionCall, result: string): ChatModelFunctionCall {
  return { type: 'functionCall', name, params, result };
}
