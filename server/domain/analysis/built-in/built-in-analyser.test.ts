import { expect, test } from 'vitest';
import type { Call, Turn } from '../../calls/call.ts';
import type { CallMaterial } from '../call-analyser.ts';
import { BuiltInAnalyser } from './built-in-analyser.ts';
import { followUpDate } from './lead.ts';

/** A Thursday. */
const startedAtMs = Date.parse('2026-01-08T10:00:00Z');

function material(said: readonly string[], fields: Partial<Call> = {}): CallMaterial {
  const call: Call = {
    id: 'c1',
    organizationId: 'o1',
    agentId: 'a1',
    taskId: null,
    requestId: 'r1',
    userId: null,
    channel: 'sip',
    campaignId: null,
    campaignMemberId: null,
    callerNumberId: null,
    direction: 'inbound',
    identity: { from: '+15550100', to: '100', fromUri: 'sip:x@y', toUri: 'sip:y@y' },
    sipCallId: null,
    status: 'completed',
    endReason: 'caller-hangup',
    errorMessage: null,
    brain: null,
    stt: null,
    tts: null,
    message: null,
    extracted: {},
    variables: {},
    notes: null,
    answeredBy: null,
    startedAtMs,
    ringingAtMs: null,
    answeredAtMs: startedAtMs,
    endedAtMs: startedAtMs + 65_000,
    updatedAtMs: startedAtMs,
    ...fields,
  };
  const turns = said.map((line, at): Turn => {
    const isAgent = line.startsWith('agent: ');
    return {
      callId: 'c1',
      seq: at + 1,
      role: isAgent ? 'agent' : 'caller',
      text: isAgent ? line.slice(7) : line,
      startMs: at * 1_000,
      endMs: at * 1_000 + 900,
      interrupted: false,
      provider: 'test',
      marks: {},
      createdAtMs: startedAtMs,
    };
  });
  return { call, turns, agent: undefined };
}

const findings = (said: readonly string[], fields: Partial<Call> = {}) =>
  new BuiltInAnalyser().findings(material(said, fields));

test('a conversation is summed up by what was said and how it ended, and who did so is named', async () => {
  const found = await findings([
    'agent: How can I help?',
    'My kitchen sink is leaking.',
    'Please send a plumber today.',
  ]);
  expect(found).toMatchObject({ engine: 'built-in (deterministic)', outcome: 'answered', sentiment: 'negative' });
  expect(found.summary).toContain('My kitchen sink is leaking');
  expect(found.summary).toContain('answered by the agent');
  expect(found.keyPhrases).toContain('kitchen sink');
  expect(found.actionItems).toEqual(['Please send a plumber today.']);
});

test('the message that the agent took down wins over what can be read out of the words', async () => {
  const message = { name: 'Mary Jones', number: '+15550142', reason: 'the invoice' };
  const found = await findings(['my name is marie jonas'], { message, extracted: { message } });
  expect(found.outcome).toBe('message-taken');
  expect(found.extracted).toMatchObject({ name: 'Mary Jones', phone_number: '+15550142', message });
  expect(found.lead).toMatchObject({
    customerName: 'Mary Jones',
    mobileNumber: '+15550142',
    status: 'Follow-up Required',
  });
});

test.each([
  ['my name is john smith and I have a question', { name: 'John Smith' }],
  ["hi this is o'neill speaking", { name: "O'Neill" }],
  ['this is great', {}],
  ["I'm calling from Acme Roofing about the bill", { company: 'Acme Roofing' }],
  ['you reach me at 555 0142 33', { phone_number: '555014233', numbers: ['555014233'] }],
  ['my e-mail is Jane.Doe@example.com.', { email: 'jane.doe@example.com' }],
  ['write to jane dot doe at example dot com', { email: 'jane.doe@example.com' }],
  ['call me on Tuesday afternoon', { when: 'on Tuesday afternoon' }],
] as const)('"%s" holds %o', async (text, expected) => {
  expect((await findings([text])).extracted).toEqual(expected);
});

test.each([
  [['I am interested in the offer, send me the details by email.'], {}, 'Interested', 'Hot'],
  [["I'm not interested, please remove me from your list."], {}, 'Not Interested', 'Cold'],
  [['You have the wrong number.'], {}, 'Disqualified', 'Cold'],
  [['Call me back next week, I am busy right now.'], {}, 'Follow-up Required', 'Warm'],
  [['What are your opening hours?'], {}, null, 'Cold'],
  [[], { answeredAtMs: null, direction: 'outbound', status: 'failed', endReason: 'no-answer' }, null, null],
] as const)('the lead of %j is %s', async (said, fields, status, temperature) => {
  const { lead } = await findings(said, fields);
  expect([lead.status, lead.temperature]).toEqual([status, temperature]);
  if (lead.score !== null) expect(lead.score).toBeGreaterThanOrEqual(0);
});

test.each([
  [
    { answeredAtMs: null, direction: 'outbound', status: 'failed', endReason: 'busy' },
    'not-reached',
    'Nobody was reached (busy).',
  ],
  [{ answeredBy: 'voicemail', direction: 'outbound' }, 'voicemail', 'A voicemail answered.'],
  [{ endReason: 'transferred' }, 'transferred', 'The call was transferred.'],
  [{}, 'no-conversation', 'Nobody spoke with the agent.'],
] as const)('a call without words is summed up by its end: %o', async (fields, outcome, summary) => {
  expect(await findings([], fields)).toMatchObject({ outcome, summary, sentiment: 'neutral', keyPhrases: [] });
});

test('days are counted from the call', () => {
  const dates = ['tomorrow', 'on Monday', 'next Thursday', 'next week', 'today', 'march 3rd', null];
  expect(dates.map((when) => followUpDate(when, startedAtMs))).toEqual([
    '2026-01-09',
    '2026-01-12',
    '2026-01-15',
    '2026-01-15',
    '2026-01-08',
    null,
    null,
  ]);
});

test('a question with a schema is answered from the call’s own record before anything else', async () => {
  const analyser = new BuiltInAnalyser();
  const call = material(['My name is Mary Jones.'], { variables: { order_id: 'A-17' }, extracted: { pin: '1234' } });
  const outputSchema = {
    type: 'object',
    properties: Object.fromEntries(
      ['order_id', 'pin', 'customer_name', 'sentiment', 'duration_seconds', 'favourite_colour'].map((name) => [
        name,
        {},
      ]),
    ),
  };
  const question = { name: 'Order', analysisType: 'structured_output', prompt: 'Which order?', outputSchema } as const;
  const answer = await analyser.answer(call, await analyser.findings(call), question);
  expect(answer.structured).toEqual({
    order_id: 'A-17',
    pin: '1234',
    customer_name: 'Mary Jones',
    sentiment: 'neutral',
    duration_seconds: 65,
    favourite_colour: null,
  });
});

test('an hour of talking does not keep the house from answering', async () => {
  const line = 'The delivery of the garden furniture was late and the third chair is damaged again, I am annoyed.';
  const hour = material(Array.from({ length: 1_200 }, (_, at) => `${line} It was order ${at}.`));
  const startedMs = performance.now();
  await new BuiltInAnalyser().findings(hour);
  expect(performance.now() - startedMs).toBeLessThan(2_000);
});
