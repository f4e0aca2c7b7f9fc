/** Where a message being taken stands. It lives in the request's slots. */
export interface MessageState {
  readonly step: 'name' | 'number' | 'reason' | 'confirm' | 'correct';
  readonly name: string;
  readonly number: string;
  readonly reason: string;
  /** Tries of this step that gave nothing. */
  readonly tries: number;
}

const steps = ['name', 'number', 'reason', 'confirm', 'correct'] as const;
const clearedSlots = { flow: '', message_name: '', message_number: '', message_reason: '', message_tries: '' };

export function readMessage(slots: Readonly<Record<string, string>>): MessageState | undefined {
  const step = steps.find((name) => slots['flow'] === `message-${name}`);
  return (
    step && {
      step,
      name: slots['message_name'] ?? '',
      number: slots['message_number'] ?? '',
      reason: slots['message_reason'] ?? '',
      tries: Number(slots['message_tries'] ?? 0) || 0,
    }
  );
}

export function messageSlots(state: MessageState | undefined): Readonly<Record<string, string>> {
  if (!state) return clearedSlots;
  return {
    flow: `message-${state.step}`,
    message_name: state.name,
    message_number: state.number,
    message_reason: state.reason,
    message_tries: state.tries > 0 ? String(state.tries) : '',
  };
}
