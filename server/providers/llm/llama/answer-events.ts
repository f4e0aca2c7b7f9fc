import type { LlmEvent, TransferTarget } from '../../kinds/llm.ts';
import type { FunctionCall } from './llm-messages.ts';

const ownFunctions = ['end_call', 'transfer', 'take_message'] as const;

/** Whether the model can go on speaking after it. */
export function goesOn({ name }: FunctionCall): boolean {
  return name !== 'end_call' && name !== 'transfer';
}

/** Whether the function is one of the call's own; every other one is a tool. */
export function isOwnFunction({ name }: FunctionCall): boolean {
  return ownFunctions.some((own) => own === name);
}

/** What one of the call's own functions means to the conversation. */
export function callEvents({ name, params }: FunctionCall, targets: readonly TransferTarget[]): LlmEvent[] {
  if (name === 'end_call') return [{ kind: 'end-call' }];
  if (name === 'transfer') {
    const target = targets.find((each) => each.name === params['target']);
    return target === undefined ? [] : [{ kind: 'transfer', target }];
  }
  const message = { name: textOf(params['name']), number: textOf(params['number']), reason: textOf(params['reason']) };
  const taken = [message.name, message.number, message.reason].filter(Boolean).join(', ');
  return [
    { kind: 'message-taken', message },
    { kind: 'slots', slots: { message_taken: taken || 'yes' } },
  ];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}
