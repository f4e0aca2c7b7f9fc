import { expect, test } from 'vitest';
import { behaviourDefaults } from '../conversation/settings.ts';
import { type Agent, makeAgent } from '../domain/agents/agent.ts';
import { profileOf } from './agent-profile.ts';

const identity = { from: '', to: '', fromUri: '', toUri: '' };
const hourMs = 3_600_000;

function profile(fields: Partial<Agent>) {
  const draft = { name: 'Ada', systemPrompt: '', timeZone: 'UTC', ...fields };
  const agent = makeAgent(draft, { id: 'a', organizationId: 'o', isDefault: false, nowMs: 0 });
  const toolsOf = () => ({ organizationId: 'o', tools: [] });
  return profileOf(agent, undefined, identity, { recogniserName: 'ear', maxDurationMs: hourMs, toolsOf });
}

test('an agent that sets nothing has the defaults, and its brain no limits', () => {
  const { brainLimits, conversation } = profile({});
  expect(brainLimits).toEqual({});
  expect(conversation.behaviour).toEqual({ ...behaviourDefaults, maxDurationMs: hourMs });
});

test('what an agent sets for its brain reaches every request', () => {
  const generation = { maxTokens: 40, temperature: 0.2 };
  expect(profile({ turnSettings: { mayHangUp: false, generation } }).brainLimits).toEqual({
    mayEndCall: false,
    generation,
  });
  expect(profile({ turnSettings: { mayHangUp: true } }).brainLimits).toEqual({ mayEndCall: true });
});

test('a warning comes before the end of a call that is long enough for it, else its words come at the end', () => {
  const turnSettings = { maxDurationMs: 60_000, timeUpWarning: { beforeMs: 20_000, text: 'Hurry.' } };
  const warned = profile({ turnSettings }).conversation.behaviour;
  expect(warned.timeShort).toEqual({ beforeEndMs: 20_000, text: 'Hurry.' });
  expect(warned.phrases).toEqual(behaviourDefaults.phrases);
  const short = profile({ turnSettings: { ...turnSettings, maxDurationMs: 20_000 } }).conversation.behaviour;
  expect([short.timeShort.beforeEndMs, short.phrases.maxDurationFarewell]).toEqual([0, 'Hurry.']);
  const both = profile({ turnSettings: { ...turnSettings, timeUpMessage: 'Bye.' } }).conversation.behaviour;
  expect([both.timeShort.text, both.phrases.maxDurationFarewell]).toEqual(['Hurry.', 'Bye.']);
});

test('a hash is a key where a rule of the agent has it', () => {
  const takesHash = (digit: string) => {
    const dtmfRules = { rules: [{ digit, action: 'say', value: 'Hello.' }] };
    return profile({ dtmfRules }).conversation.behaviour.digits.takesHash;
  };
  expect([takesHash('#'), takesHash('1')]).toEqual([true, false]);
});
