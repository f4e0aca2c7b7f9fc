import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from '../../../server/db/database.ts';
import { createDomain } from '../../../server/domain/domain.ts';
import { realClock } from '../../../server/lifetime/clock.ts';
import { silentLogger } from '../../../server/log/logger.ts';

export interface SeededHouse {
  readonly dataFolder: string;
  readonly kupeKey: string;
  readonly vaKey: string;
  readonly agentId: string;
}

const agents = 50;
const batch = 5_000;

/** A data folder with 50 agents and so many finished calls of four turns each, ended over the last 90 days. */
export async function seedHouse(calls: number): Promise<SeededHouse> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'landline-bench-api-'));
  const db = openDatabase(join(dataFolder, 'landline.db'));
  const domain = createDomain({ db, clock: realClock, log: silentLogger, dataFolder });
  const first = await domain.ensureFirstStart({ url: 'http://127.0.0.1' });
  if (!first) throw new Error('A fresh folder has a first start');
  const { organizationId } = first;
  const ids = [first.agentId];
  while (ids.length < agents) {
    const draft = {
      name: `Agent ${ids.length}`,
      systemPrompt: prompt,
      description: 'One of fifty.',
      startingMessage: 'Hello.',
    };
    ids.push((await domain.agents.create(organizationId, draft)).id);
  }
  for (let from = 0; from < calls; from += batch)
    await insertCalls(db, { organizationId, ids, from, to: Math.min(calls, from + batch) });
  db.close();
  const keys = readFileSync(join(dataFolder, 'first-keys.env'), 'utf8');
  const key = (name: string) => new RegExp(`^${name}=(\\S+)`, 'm').exec(keys)?.[1] ?? '';
  return { dataFolder, kupeKey: key('LANDLINE_KUPE_KEY'), vaKey: key('LANDLINE_VA_KEY'), agentId: first.agentId };
}

const prompt =
  'You are the receptionist of a clinic. We are open Monday to Friday from nine to five. Be friendly and brief.';
const said = [
  ['agent', 'Hello, how can I help you?'],
  ['caller', 'What are your opening hours?'],
  ['agent', 'We are open Monday to Friday from nine to five.'],
  ['caller', 'Thank you, goodbye.'],
] as const;

function insertCalls(
  db: Database,
  range: {
    readonly organizationId: string;
    readonly ids: readonly string[];
    readonly from: number;
    readonly to: number;
  },
): Promise<void> {
  const call = db.prepare(
    `INSERT INTO calls (id, organization_id, agent_id, direction, from_user, to_user, from_uri, to_uri, status, end_reason,
       brain, extracted, request_id, channel, outcome, started_at_ms, answered_at_ms, ended_at_ms, updated_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'completed', 'caller-hangup', 'starter (scripted)', '{}', ?, 'sip', 'completed', ?, ?, ?, ?)`,
  );
  const turn = db.prepare(
    `INSERT INTO turns (call_id, seq, role, text, start_ms, end_ms, interrupted, provider, marks, created_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, 0, 'starter (scripted)', '{}', ?)`,
  );
  const firstMs = realClock.now() - 90 * 86_400_000;
  return db.write(() => {
    for (let number = range.from; number < range.to; number++) {
      const [id, atMs] = [randomUUID(), Math.round(firstMs + number * 77_000)];
      const agentId = range.ids[number % range.ids.length];
      const [from, to] = [`+1555${1_000_000 + number}`, '+15550100'];
      const direction = number % 3 === 0 ? 'outbound' : 'inbound';
      call.run(
        id,
        range.organizationId,
        agentId,
        direction,
        from,
        to,
        `sip:${from}@pbx`,
        `sip:${to}@pbx`,
        randomUUID(),
        atMs,
        atMs + 3_000,
        atMs + 60_000,
        atMs + 60_000,
      );
      for (const [index, [role, text]] of said.entries())
        turn.run(id, index + 1, role, text, index * 4_000, index * 4_000 + 3_000, atMs);
    }
  });
}
