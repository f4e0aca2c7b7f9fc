import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../db/database.ts';
import { migrations } from '../db/migrations/index.ts';
import { realClock } from '../lifetime/clock.ts';
import { silentLogger } from '../log/logger.ts';
import { createDomain } from './domain.ts';

const key = `va_${'k'.repeat(20)}${'e'.repeat(12)}${'y'.repeat(11)}`;

/** A data folder as the first version left it: an organization with a key, an agent on a number, and two people. */
function oldFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'landline-upgrade-'));
  const old = openDatabase(join(folder, 'landline.db'), { migrations: migrations.slice(0, 1) });
  const hash = createHash('sha256').update(key).digest('hex');
  old.prepare("INSERT INTO organizations VALUES ('o', 'Old house', 1, 2)").run();
  old
    .prepare("INSERT INTO credentials VALUES ('c', 'o', 'va', 'First key', ?, 'va_kkkkkkk', NULL, NULL, NULL, 3)")
    .run(hash);
  old
    .prepare(
      `INSERT INTO users VALUES ('a', 'o', 'ada@example.com', 'Ada', 'admin', 4, 4),
       ('b', 'o', 'bob@example.com', NULL, 'member', 5, 5)`,
    )
    .run();
  old
    .prepare(
      `INSERT INTO agents VALUES ('g', 'o', 'Desk', NULL, 'You answer.', NULL, 1, NULL, NULL, '', 'UTC', '[]', 1, NULL,
       '{}', NULL, 1, '{}', 6, 6, NULL)`,
    )
    .run();
  old.prepare("INSERT INTO numbers VALUES ('4711', 'o', 'g', 7)").run();
  old.close();
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('a house of the first version goes on with its key, people, agent and number', async () => {
  const dataFolder = oldFolder();
  const db = openDatabase(join(dataFolder, 'landline.db'), { collectMs: 0 });
  onTestFinished(() => db.close());
  const domain = createDomain({ db, clock: realClock, log: silentLogger, dataFolder });
  expect(await domain.ensureFirstStart({ url: 'http://127.0.0.1' })).toBeUndefined();
  expect(existsSync(join(dataFolder, 'first-keys.env'))).toBe(false);

  expect(domain.credentials.authenticate(key)).toMatchObject({ organizationId: 'o', role: 'developer', userId: null });
  const organization = domain.organizations.find('o');
  expect(organization).toMatchObject({ name: 'Old house', orgType: 'internal', settings: {}, isRegistered: false });
  expect(organization?.shortId).toMatch(/^[0-9a-f]{6}$/);
  expect(domain.users.findByEmail('ada@example.com')).toMatchObject({ role: 'org_admin', isActive: true });
  expect(domain.users.findByEmail('bob@example.com')).toMatchObject({ role: 'user' });
  expect(domain.agents.resolveDialled('4711')).toMatchObject({ kind: 'found', agent: { id: 'g' } });
});

test('people without a password are let in by nothing until an administrator gives them one', async () => {
  const dataFolder = oldFolder();
  const db = openDatabase(join(dataFolder, 'landline.db'), { collectMs: 0 });
  onTestFinished(() => db.close());
  const domain = createDomain({ db, clock: realClock, log: silentLogger, dataFolder });
  await domain.ensureFirstStart({ url: 'http://127.0.0.1' });
  const ada = { email: 'ada@example.com', remoteAddress: '127.0.0.1' };
  await expect(domain.identity.signIn({ ...ada, password: '' }, 'voicera-api')).rejects.toMatchObject({
    code: 'invalid-credentials',
  });
  const root = await domain.setup.complete({
    token: domain.setup.offerToken() ?? '',
    email: 'root@example.com',
    password: 'Root-Password',
  });
  const { principal } = await domain.identity.signIn(
    { email: root.email, password: 'Root-Password', remoteAddress: '127.0.0.1' },
    'authenticated',
  );
  const { token } = await domain.identity.createReset(principal, 'a');
  await domain.identity.resetPassword(token, 'Ada-Password');
  const { user } = await domain.identity.signIn({ ...ada, password: 'Ada-Password' }, 'voicera-api');
  expect(user.id).toBe('a');
});

/** Agents after the upgrade of a house that had some of its migrations, by what their dialects kept of them. */
function agentsAfter(
  migrated: number,
  extras: Readonly<Record<string, object>>,
  { targets = [], turnSettings = {} }: { readonly targets?: readonly object[]; readonly turnSettings?: object } = {},
) {
  const dataFolder = mkdtempSync(join(tmpdir(), 'landline-upgrade-'));
  onTestFinished(() => rmSync(dataFolder, { recursive: true }));
  const path = join(dataFolder, 'landline.db');
  const old = openDatabase(path, { migrations: migrations.slice(0, migrated) });
  old
    .prepare("INSERT INTO organizations (id, name, created_at_ms, updated_at_ms) VALUES ('o', 'Old house', 1, 2)")
    .run();
  const insert = old.prepare(
    `INSERT INTO agents (id, organization_id, name, system_prompt, enabled, knowledge, time_zone, transfer_targets,
       recording_enabled, turn_settings, is_default, extras, created_at_ms, updated_at_ms)
     VALUES (?, 'o', 'Desk', '', 1, '', 'UTC', ?, 1, ?, 0, ?, 6, 6)`,
  );
  for (const [id, kept] of Object.entries(extras))
    insert.run(id, JSON.stringify(targets), JSON.stringify(turnSettings), JSON.stringify(kept));
  old.close();
  const db = openDatabase(path, { collectMs: 0 });
  onTestFinished(() => db.close());
  return createDomain({ db, clock: realClock, log: silentLogger, dataFolder }).agents;
}

test('agents that Kupe’s clients had put under HIPAA rules are confidential', () => {
  const agents = agentsAfter(11, {
    yes: { kupe: { agent: { hipaa_compliance: true, apply_noise_reduction: true } } },
    no: { kupe: { agent: { hipaa_compliance: false } } },
    other: {},
  });
  expect(['yes', 'no', 'other'].map((id) => agents.find(id)?.isConfidential)).toEqual([true, false, false]);
  expect(agents.find('yes')?.extras).toEqual({ kupe: { agent: { apply_noise_reduction: true } } });
  expect(agents.find('no')?.extras).toEqual({ kupe: { agent: {} } });
});

test('what Kupe’s clients had stored of an agent’s behaviour takes effect', () => {
  const before = { maxDurationMs: 180_000, timeUpMessage: 'Bye.' };
  const agents = agentsAfter(
    12,
    {
      plain: { kupe: { specific: { session_timeout: 180, message_of_cut: 'Bye.' } } },
      full: {
        kupe: {
          specific: {
            session_timeout: 180,
            auto_terminate_call: true,
            max_output_tokens: 40,
            time_to_cut: 30,
            message_of_cut: ' Bye. ',
          },
          model: { temperature: 0.2, max_tokens: 90 },
        },
      },
      own: {
        kupe: { specific: { session_timeout: 60, time_to_cut: 9, end_call_message_mode: 'context_aware' }, model: {} },
      },
      changed: { kupe: { specific: { auto_terminate_call: false } } },
      other: {},
    },
    { turnSettings: before },
  );
  const behaviourOf = (id: string) => agents.find(id)?.turnSettings;
  const generation = { maxTokens: 370, temperature: 0.7 };
  expect(behaviourOf('plain')).toEqual({ ...before, mayHangUp: false, generation });
  expect(behaviourOf('full')).toEqual({
    maxDurationMs: 180_000,
    timeUpWarning: { beforeMs: 30_000, text: 'Bye.' },
    mayHangUp: true,
    generation: { maxTokens: 40, temperature: 0.2 },
  });
  expect(behaviourOf('own')).toMatchObject({ timeUpWarning: { beforeMs: 9_000 }, mayHangUp: false });
  expect(behaviourOf('own')?.timeUpWarning).not.toHaveProperty('text');
  expect(behaviourOf('changed')).toEqual(before);
  expect(behaviourOf('other')).toEqual(before);
});

test('the conditions of transfers that Kupe’s clients had stored take effect', () => {
  const desk = { name: 'Desk', target: '12' };
  const shop = { name: 'Shop', target: '34' };
  const route = { display_name: 'Desk', phone_number: '12', condition_when_to_transfer: ' On bills. ' };
  const agents = agentsAfter(
    12,
    { routed: { kupe: { specific: { inbound_transfer_routes: [route] } } }, other: {} },
    { targets: [desk, shop] },
  );
  expect(agents.find('routed')?.transferTargets).toEqual([{ ...desk, when: 'On bills.' }, shop]);
  expect(agents.find('other')?.transferTargets).toEqual([desk, shop]);
  const single = { inbound_transfer_call_number: '12', inbound_transfer_trigger_condition: 'On bills.' };
  const older = agentsAfter(12, { single: { kupe: { specific: single } } }, { targets: [desk] });
  expect(older.find('single')?.transferTargets).toEqual([{ ...desk, when: 'On bills.' }]);
});
