import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { RunningAppliance } from '../support/running-appliance.ts';
import { SipPhone } from '../support/sip-phone.ts';

test("a call that Kupe's client orders rings a real phone, speaks, and is in the log with its recording", async () => {
  const appliance = await RunningAppliance.start();
  onTestFinished(() => appliance.stop());
  const phone = await SipPhone.open({ user: 'ada' });
  onTestFinished(() => phone.close());
  const [, key = ''] = /^LANDLINE_KUPE_KEY=(\S+)$/m.exec(keysOf(appliance)) ?? [];
  const ask = async (method: string, path: string, body?: object) => {
    const response = await fetch(`http://127.0.0.1:${appliance.httpPort}${path}`, {
      method,
      headers: { 'x-api-key': key, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect([path, response.ok]).toEqual([path, true]);
    return (await response.json()) as Readonly<Record<string, unknown>>;
  };
  const made = await ask('POST', '/api/v1/agents', {
    agent: { name: 'Caller', first_response_message: 'Hello {{name}}, your table is ready.' },
    tts_config: { voice_name: 'Anushka' },
  });
  const { id: agentId } = made['agent'] as { readonly id: string };
  const query = `phoneNumber=${encodeURIComponent(phone.uri)}&agent_id=${agentId}`;
  const ringing = phone.incoming();
  const ordered = await ask('POST', `/api/call/create_call?${query}`, { variable_values: { name: 'Ada' } });
  expect(ordered).toMatchObject({ status: 'success', telephony_provider: 'pstn' });
  const call = await (await ringing).answer();
  const log = () => ask('GET', `/api/v1/call-analytics?request_id=${String(ordered['request_id'])}`);
  await expect.poll(async () => (await log())['status'], { timeout: 10_000 }).toBe('in_progress');
  await expect
    .poll(async () => JSON.stringify((await log())['call_transcript']), { timeout: 20_000 })
    .toContain('Hello Ada, your table is ready.');
  await call.hangup();
  await expect.poll(async () => (await log())['recording_url'], { timeout: 10_000 }).toEqual(expect.any(String));
  const ended = await log();
  expect(ended).toMatchObject({ status: 'completed', call_type: 'outbound', variable_values: { name: 'Ada' } });
  const played = await fetch(String(ended['recording_url']));
  expect(
    Buffer.from(await played.arrayBuffer())
      .subarray(0, 4)
      .toString(),
  ).toBe('RIFF');
}, 90_000);

function keysOf({ dataFolder }: RunningAppliance): string {
  return readFileSync(join(dataFolder, 'first-keys.env'), 'utf8');
}
