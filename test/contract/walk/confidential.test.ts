import { expect, test } from 'vitest';
import { KupeHouse } from '../kupe/kupe-house.ts';
import { credentialsOf, walked } from './documents.ts';
import { makeWorld, type World } from './world.ts';

const secret = 'marzipan';

/** What the caller said, the message that was taken of it, and the analysis hold a word that stands nowhere else. */
async function sayIt({ domain }: KupeHouse, world: World): Promise<{ agentId: string; callId: string }> {
  const { call_id: callId = '', agent_id: agentId = '' } = world.params({
    api: 'kupe',
    method: 'GET',
    path: '/',
    mark: '',
  });
  const text = `My name is Ann and I would like a ${secret} cake. Please call me back about the ${secret}.`;
  const said = { role: 'caller', text, startMs: 600, endMs: 900 } as const;
  await domain.calls.addTurn(callId, { ...said, interrupted: false, provider: 'test', marks: {} });
  const used = {
    name: 'bake',
    args: { cake: secret },
    outcome: 'ok',
    result: secret,
    startMs: 900,
    endMs: 950,
  } as const;
  await domain.calls.addToolUse(callId, used);
  await domain.calls.messageTaken(callId, { name: 'Ann', number: '+15550123', reason: secret });
  await domain.analysis.analyse(callId);
  return { agentId, callId };
}

/** Every reading operation, and those that work something out anew, asked by an administrator of the organization. */
async function operationsThatTell(house: KupeHouse, world: World): Promise<readonly string[]> {
  const owner = await credentialsOf(house, world.owner);
  const telling: string[] = [];
  for (const operation of walked) {
    const { api, method, path } = operation;
    if (method !== 'GET' && !/\/(transcript|report|transcribe)$/.test(path)) continue;
    const params = world.params(operation);
    const filled = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => params[name] ?? 'unknown');
    const headers = { ...owner(operation).at(-1), 'content-type': 'application/json' };
    const response = await fetch(
      `${house.server.url}${filled}`,
      method === 'GET' ? { headers } : { method, headers, body: '{}' },
    );
    const text = await response.text();
    const isAudio = response.headers.get('content-type')?.startsWith('audio/') === true;
    if (isAudio || text.includes(secret)) telling.push(`${api} ${method} ${path}`);
  }
  return telling;
}

test('what was said in a confidential agent’s call is told by no operation, and again when it is none any more', async () => {
  const house = await KupeHouse.open({ voiceraLimits: { general: 100_000, auth: 100_000 } });
  const world = await makeWorld(house);
  const { agentId, callId } = await sayIt(house, world);
  const before = await operationsThatTell(house, world);
  expect(before).toEqual(
    expect.arrayContaining([
      'kupe GET /api/v1/call-analytics',
      'va GET /api/v1/calls',
      'va GET /api/v1/calls/{id}',
      'va GET /api/v1/calls/{id}/transcript',
      'va GET /api/v1/calls/{id}/recording/stream',
      'va GET /api/v1/calls/{id}/report',
      'va POST /api/v1/calls/{id}/transcript',
      'voicera GET /call-logs',
      'voicera GET /call-logs/{call_id}',
      'voicera GET /call-logs/{call_id}/transcript',
      'voicera GET /call-recordings/{call_id}/download',
      'voicera GET /call-recordings/{call_id}/transcript/download',
      'voicera GET /analytics/top-phrases',
    ]),
  );
  const { organizationId } = world.owner;
  await house.domain.agents.update(organizationId, agentId, { isConfidential: true });
  expect(await operationsThatTell(house, world)).toEqual([]);
  expect(house.domain.calls.turns(callId)).toHaveLength(2);
  await house.domain.agents.update(organizationId, agentId, { isConfidential: false });
  expect(await operationsThatTell(house, world)).toEqual(before);
});
