import { describe, expect, test } from 'vitest';
import { bareRequest } from '../../../../test/support/bare-request.ts';
import type { LlmRequest } from '../../kinds/llm.ts';
import { promptMessages } from './prompt.ts';

const request: LlmRequest = {
  ...bareRequest,
  systemPrompt: 'You are the front desk of Hill Clinic.',
  context: ['Task: remind the caller of the visit.'],
  contextData: { customer_name: 'John Doe' },
  knowledge: 'The clinic opens at nine.',
  history: [
    { role: 'agent', text: 'Hello.' },
    { role: 'caller', text: 'When do you open?' },
  ],
  occasion: { kind: 'caller-turn', text: 'When do you open?' },
  transferTargets: [{ name: 'billing', target: 'sip:billing@example.com' }],
  timeZone: 'Europe/Berlin',
};

describe('the prompt of a language model', () => {
  test('begins with all that stays the same through a call', () => {
    const [first] = promptMessages(request, []);
    const later = { ...request, nowMs: request.nowMs + 60_000, slots: { name: 'Doe' } };
    expect(first?.role).toBe('system');
    expect(first?.text).toContain('Hill Clinic');
    expect(first?.text).toContain('opens at nine');
    expect(first?.text).toContain('customer_name: John Doe');
    expect(first?.text).toContain('billing');
    expect(promptMessages(later, [{ text: 'Found.', score: 1 }])[0]).toEqual(first);
  });

  test('ends with what was said now, the time in the agent’s zone, what was noted and what was found', () => {
    const noted = { ...request, slots: { caller_name: 'Doe' } };
    const last = promptMessages(noted, [{ text: 'Open on Sundays, too.', score: 0.9 }]).at(-1);
    expect(last?.role).toBe('user');
    expect(last?.text).toMatch(/^When do you open\?/);
    expect(last?.text).toContain('Monday, November 23, 2026 at 3:30');
    expect(last?.text).toContain('caller name: Doe');
    expect(last?.text).toContain('Open on Sundays, too.');
  });

  test('what was said before stays as it was, so that the model need not read it again', () => {
    const history = [
      ...request.history,
      { role: 'agent', text: 'At nine.' },
      { role: 'caller', text: 'Thanks.' },
    ] as const;
    const messages = promptMessages({ ...request, history, occasion: { kind: 'caller-turn', text: 'Thanks.' } }, []);
    expect(messages.slice(1, -1)).toEqual([
      { role: 'model', text: 'Hello.' },
      { role: 'user', text: 'When do you open?' },
      { role: 'model', text: 'At nine.' },
    ]);
  });

  test('roles take turns whatever the history looks like', () => {
    const history = [
      { role: 'caller', text: 'Hello?' },
      { role: 'caller', text: 'Anyone?' },
      { role: 'agent', text: 'Yes.' },
      { role: 'agent', text: 'Sorry.' },
    ] as const;
    const roles = promptMessages({ ...request, history, occasion: { kind: 'silence', prompts: 1 } }, []).map(
      ({ role }) => role,
    );
    expect(roles).toEqual(['system', 'user', 'model', 'user']);
  });

  test('leaves the end of the call to the caller where the agent does', () => {
    const system = (mayEndCall?: boolean) =>
      promptMessages({ ...request, ...(mayEndCall === undefined ? {} : { mayEndCall }) }, [])[0]?.text;
    expect(system()).toContain('end_call');
    expect(system(true)).toContain('end_call');
    expect(system(false)).not.toContain('end_call');
    expect(system(false)).toContain('it is the caller who hangs up');
  });

  test('says when callers are to be passed on', () => {
    const transferTargets = [
      { name: 'billing', target: 'sip:b@x', when: 'for questions about invoices' },
      { name: 'sales', target: 'sip:s@x' },
    ];
    const system = promptMessages({ ...request, transferTargets }, [])[0]?.text;
    expect(system).toContain('You can transfer the caller to: billing (for questions about invoices), sales.');
  });

  test('keys, silence and a refused transfer are told in words', () => {
    const text = (occasion: LlmRequest['occasion']) =>
      promptMessages({ ...request, history: [{ role: 'agent', text: 'Hello.' }], occasion }, []).at(-1)?.text;
    expect(text({ kind: 'digits', digits: '42' })).toContain('pressed the keys 4 2');
    expect(text({ kind: 'silence', prompts: 1 })).toContain('still there');
    expect(text({ kind: 'time-short', secondsLeft: 40 })).toContain('ended in 40 seconds');
    expect(text({ kind: 'transfer-refused', target: 'billing' })).toContain('The transfer to billing did not work');
  });

  test('shows what tools answered, the latest at length, and says what may be claimed', () => {
    const tool = (text: string, ok = true) => ({ role: 'tool', name: 'find', args: { order: 7 }, ok, text }) as const;
    const history = [
      { role: 'caller', text: 'Where is my order?' } as const,
      ...Array.from({ length: 4 }, (_, at) => tool(`${at}`.repeat(3_000))),
      { role: 'agent', text: 'It is on its way.' } as const,
      { role: 'caller', text: 'And the other one?' } as const,
    ];
    const offered = [{ name: 'find', description: 'Finds.', parameters: {} }];
    const messages = promptMessages({ ...request, history, tools: offered }, []);
    expect(messages.map(({ role, text }) => `${role} ${text.length > 100 ? text.length : text}`).slice(1, -1)).toEqual([
      'user Where is my order?',
      'tool 200',
      'tool 1500',
      'tool 1500',
      'tool 1500',
      'model It is on its way.',
    ]);
    expect(messages[0]?.text).toContain('only if the result of a function in this call says so');
    expect(promptMessages(request, [])[0]?.text).toContain(
      'You cannot look up, book, change or send anything yourself',
    );
    const failed = promptMessages({ ...request, history: [tool('It answered 500.', false)] }, []);
    expect(failed[1]).toEqual({
      role: 'tool',
      name: 'find',
      params: { order: 7 },
      text: 'It did not work: It answered 500.',
    });
  });
});
