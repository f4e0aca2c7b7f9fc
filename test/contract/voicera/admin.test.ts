import { pino } from 'pino';
import { expect, test } from 'vitest';
import { LogRing } from '../../../server/log/log-ring.ts';
import { writeHistory } from './history.ts';
import { VoiceraHouse } from './voicera-house.ts';

test('an administrator counts their organization, a super administrator the whole house', async () => {
  const house = await VoiceraHouse.open();
  const agent = await house.agent();
  await house.campaign();
  await house.call(agent);
  await writeHistory(house, agent, [{ startedAtMs: Date.now() - 3 * 86_400_000 }]);
  const { token } = await house.stranger();
  const own = { users: 1, agents: 0, campaigns: 0, calls_today: 0, active_calls: 0 };
  expect((await house.request('GET', '/admin/system/stats', undefined, token)).body).toMatchObject(own);
  const mine = await house.request('GET', '/admin/system/stats');
  expect(mine.body).toMatchObject({ users: 1, agents: 3, campaigns: 1, calls_today: 1, active_calls: 1 });
  expect(mine.at('disk_free_bytes')).toBeGreaterThan(0);
  const chief = await house.person('super_admin');
  const whole = await house.request('GET', '/admin/system/stats', undefined, chief.token);
  expect(whole.body).toMatchObject({ users: 3, agents: 3, calls_today: 1, active_calls: 1 });
});

test('each part says how it is', async () => {
  const house = await VoiceraHouse.open();
  const { body } = await house.request('GET', '/admin/system/health');
  const ok = { status: 'ok' };
  expect(body).toMatchObject({ database: ok, storage: ok, cache: ok, media: ok, speech: { status: 'error' } });
});

test('while the house is maintained other routes answer 503, and its administrators can end it', async () => {
  const house = await VoiceraHouse.open();
  const chief = await house.person('super_admin');
  const set = (enabled: boolean, token = chief.token) =>
    house.request('POST', '/admin/system/maintenance', { enabled }, token);
  expect((await set(true, house.admin.token)).failure).toEqual([403, 'AUTH_004']);
  expect((await set(true)).at('maintenance_mode')).toBe(true);
  for (const path of ['/agents', '/campaigns', '/call-logs', '/analytics/calls', '/users', '/webhooks']) {
    expect((await house.request('GET', path)).failure).toEqual([503, 'SERVER_002']);
  }
  for (const path of ['/liveness', '/readiness', '/version', '/health']) {
    expect((await house.request('GET', path, undefined, null)).status).toBe(200);
  }
  expect((await house.request('GET', '/auth/me')).status).toBe(200);
  expect((await set(false)).at('maintenance_mode')).toBe(false);
  expect((await house.request('GET', '/agents')).status).toBe(200);
  expect((await set('yes' as never)).failure).toEqual([422, 'VALIDATION_001']);
});

test('the newest lines of the log are shown, without personal data', async () => {
  const recentLogs = new LogRing();
  const log = pino({ timestamp: pino.stdTimeFunctions.isoTime }, recentLogs);
  const house = await VoiceraHouse.open({ recentLogs });
  const { token } = await house.person('super_admin');
  log.info({ pii: { number: '+15550142' }, callId: 'c' }, 'a call ended');
  log.warn('the disk is nearly full');
  const logs = await house.request('GET', '/admin/logs', undefined, token);
  expect(logs.items).toMatchObject([
    { level: 'warn', message: 'the disk is nearly full' },
    { level: 'info', message: 'a call ended' },
  ]);
  expect(logs.text).not.toContain('+15550142');
  const warnings = await house.request('GET', '/admin/logs?level=warn&limit=1', undefined, token);
  expect([warnings.at('total'), warnings.items.length]).toEqual([1, 1]);
  for (let count = 0; count < 1_200; count++) log.info(`line ${count}`);
  expect((await house.request('GET', '/admin/logs', undefined, token)).at('total')).toBe(1_000);
  expect((await house.request('GET', '/admin/logs?level=loud', undefined, token)).status).toBe(422);
});

test('probes answer without a credential', async () => {
  const house = await VoiceraHouse.open();
  const probe = (path: string) => house.request('GET', path, undefined, null);
  expect((await probe('/liveness')).at('status')).toBe('ok');
  expect((await probe('/version')).body).toMatchObject({ version: '0.0.0-test', name: 'Landline' });
  house.db.close();
  const readiness = await probe('/readiness');
  expect([readiness.status, readiness.at('database'), readiness.at('storage')]).toEqual([503, 'error', 'ok']);
  expect((await probe('/health')).status).toBe(503);
});
