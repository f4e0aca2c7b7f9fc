import type { LlmEvent, TransferTarget } from '../../kinds/llm.ts';
import type { FunctionCall } from './llm-messages.ts';

/** What a function that the model called means to the conversation. */
export function callEvents(call: FunctionCall, targets: readonly TransferTarget[]): LlmEvent[] {
  const { name, params } = call;
  if (name === 'end_call') return [{ kind: 'end-call' }];
  if (name === 'transfer') {
    const target = targets.find((each) => each.name === params['target']);
    return target === undefined ? [] : [{ kind: 'transfer', target }];
  }
  const message = { name: params['name'] ?? '', number: params['number'] ?? '', reason: params['reason'] ?? '' };
  const taken = [message.name, message.number, message.reason].filter(Boolean).join(', ');
  return [
    { kind: 'message-taken', message },
    { kind: 'slots', slots: { message_taken: taken || 'yes' } },
  ];
}
