import { writeFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { makeWav } from '../../data/wav.ts';
import { HttpReceiver } from '../../support/http-receiver.ts';
import { OutsideHouse } from '../../support/outside-house.ts';
import { KupeHouse } from './kupe-house.ts';

const patience = { timeout: 10_000, interval: 20 };

test('hipaa_compliance makes an agent confidential in every API, and is shown whichever API set it', async () => {
  const house = await KupeHouse.open();
  const made = await house.request('POST', '/api/v1/agents', { agent: { name: 'Clinic', hipaa_compliance: true } });
  const agentId = made.id('agent', 'id');
  const path = `/api/v1/agents/${agentId}`;
  expect(house.domain.agents.find(agentId)?.isConfidential).toBe(true);
  expect((await house.request('GET', path)).at('agent', 'hipaa_compliance')).toBe(true);
  await house.request('PUT', path, { agent: { description: 'Ours' } });
  expect(house.domain.agents.find(agentId)?.isConfidential).toBe(true);
  await house.domain.agents.update(house.organizationId, agentId, { isConfidential: false });
  expect((await house.request('GET', path)).at('agent', 'hipaa_compliance')).toBe(false);
});

test('the link of a recording ends when its agent comes under HIPAA rules', async () => {
  const house = await KupeHouse.open();
  const agentId = await house.agent();
  const ordered = await house.request('POST', `/api/call/create_call?phoneNumber=%2B15550142&agent_id=${agentId}`);
  const callId = ordered.id('call_session_id');
  const { path } = await house.domain.recordings.open(callId);
  const wav = makeWav(8_000);
  writeFileSync(path, wav);
  await house.telephone.end(callId, 'end');
  await house.domain.recordings.finished(callId, { durationMs: 1_000, sizeBytes: wav.length });
  const logs = await house.request('GET', `/api/v1/call-analytics?request_id=${ordered.id('request_id')}`);
  const url = String(logs.at('recording_url'));
  expect((await fetch(url)).status).toBe(200);
  await house.request('PUT', `/api/v1/agents/${agentId}`, { agent: { hipaa_compliance: true } });
  expect((await fetch(url)).status).toBe(403);
});

test('the webhook of an agent under HIPAA rules tells of the call, and nothing that was said or made of it', async () => {
  const [house, receiver] = [await OutsideHouse.open(), await HttpReceiver.start()];
  await house.startJobs();
  await house.domain.agents.update(house.principal.organizationId, house.agentId, { isConfidential: true });
  await house.domain.webhooks.changeOfAgent(house.principal, house.agentId, {
    outgoing: { enabled: true, url: receiver.url },
  });
  const call = await house.call(['agent: Hello.', 'My name is Ann. The test was positive.']);
  await vi.waitFor(() => expect(receiver.bodies).toHaveLength(1), patience);
  expect(receiver.bodies[0]).toMatchObject({
    event: 'voiceCallCompleted',
    call_id: call.id,
    call_status: 'completed',
    hipaa_redacted: true,
    full_conversation: [],
    recording_url: null,
    summary: null,
    sentiment_analysis: null,
    extracted_variables: {},
    post_call_analyses: [],
    customer_name: null,
  });
  expect(receiver.received[0]?.text).not.toMatch(/positive|Ann/);
});
