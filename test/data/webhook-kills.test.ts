import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openDatabase } from '../../server/db/database.ts';
import { HttpReceiver } from '../support/http-receiver.ts';

const kills = 5;

function startChild(dataFolder: string, url: string, what: string): ChildProcess & { printed: () => string } {
  const script = join(import.meta.dirname, 'telling-child.ts');
  const child = spawn(process.execPath, [script, dataFolder, url, what], {
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return Object.assign(child, { printed: () => printed });
}

async function killed(child: ChildProcess): Promise<void> {
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.kill('SIGKILL');
  await closed;
}

test('a house that is killed again and again tells of every call that ended, each under one id', async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'landline-telling-'));
  onTestFinished(() => rmSync(dataFolder, { recursive: true, force: true }));
  const receiver = await HttpReceiver.start();
  receiver.answer = async () => {
    await wait(100);
    return { status: 200 };
  };
  const ended: string[] = [];
  for (let round = 0; round < kills; round++) {
    const child = startChild(dataFolder, receiver.url, 'make');
    await vi.waitFor(() => expect(child.printed()).toContain('ended'), { timeout: 30_000 });
    await wait(400 + 70 * round);
    await killed(child);
    ended.push(
      ...child
        .printed()
        .split('\n')
        .slice(0, -1)
        .map((line) => line.slice('ended '.length)),
    );
  }
  const last = startChild(dataFolder, receiver.url, 'listen');
  const told = () => receiver.bodies.map(({ data }) => (data as { id: string }).id);
  await vi.waitFor(() => expect(ended.filter((id) => !told().includes(id))).toEqual([]), { timeout: 60_000 });
  await wait(300);
  await killed(last);

  const idsByCall = new Map<string, Set<string>>();
  for (const [at, callId] of told().entries()) {
    const ids = idsByCall.get(callId) ?? new Set();
    idsByCall.set(callId, ids.add(String(receiver.received[at]?.headers['x-webhook-id'])));
  }
  expect([...idsByCall.values()].filter((ids) => ids.size !== 1)).toEqual([]);
  const repeated = told().length - idsByCall.size;
  // What was on its way at a kill is sent again: at most ten at each.
  expect(repeated).toBeLessThanOrEqual(10 * (kills + 1));
  const db = openDatabase(join(dataFolder, 'landline.db'));
  const unanalysed = db.prepare(
    `SELECT count(*) AS total FROM calls WHERE ended_at_ms IS NOT NULL AND id NOT IN (SELECT call_id FROM call_analyses)`,
  );
  expect(unanalysed.get()).toEqual({ total: 0 });
  const waiting = db.prepare("SELECT count(*) AS total FROM webhook_deliveries WHERE state != 'delivered'");
  expect(waiting.get()).toEqual({ total: 0 });
  db.close();
  console.info(`${kills} kills, ${ended.length} calls acknowledged as ended, ${repeated} told again`);
});
