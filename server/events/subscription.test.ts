import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openDatabase } from '../db/database.ts';
import { VirtualClock } from '../lifetime/virtual-clock.ts';
import { silentLogger } from '../log/logger.ts';
import { EventBus } from './bus.ts';
import { EventLog } from './event-log.ts';
import type { FactKind, StoredFact } from './fact.ts';
import { Subscription } from './subscription.ts';
import { UnitOfWork } from './unit-of-work.ts';

function setUp() {
  const folder = mkdtempSync(join(tmpdir(), 'landline-events-'));
  const db = openDatabase(join(folder, 'landline.db'), { collectMs: 0 });
  onTestFinished(() => {
    db.close();
    rmSync(folder, { recursive: true });
  });
  const clock = new VirtualClock();
  const bus = new EventBus(silentLogger);
  const eventLog = new EventLog(db);
  const unitOfWork = new UnitOfWork(db, eventLog, bus, clock);
  const happen = (...ids: string[]) =>
    unitOfWork.run((record) => {
      for (const agentId of ids) record('org', { kind: 'agent-changed', agentId });
    });
  const subscribe = (
    after: number,
    handle: (fact: StoredFact) => Promise<void> | void,
    kinds?: readonly FactKind[],
  ) => {
    const parts = { name: 'reader', eventLog, bus, clock, log: silentLogger };
    const subscription = new Subscription({ ...parts, after, handle, ...(kinds ? { kinds } : {}) });
    subscription.start();
    onTestFinished(() => subscription.stop());
    return subscription;
  };
  return { bus, clock, eventLog, unitOfWork, happen, subscribe };
}

const idOf = ({ fact }: StoredFact) => ('agentId' in fact ? fact.agentId : '');

test('facts are numbered in the transaction of the change and published after it, in order', async () => {
  const { bus, eventLog, happen, unitOfWork } = setUp();
  const heard: number[] = [];
  bus.onFact((fact) => {
    expect(eventLog.lastSeq()).toBeGreaterThanOrEqual(fact.seq);
    heard.push(fact.seq);
  });
  await Promise.all([happen('a', 'b'), happen('c')]);
  const failing = unitOfWork.run((record) => {
    record('org', { kind: 'agent-changed', agentId: 'never' });
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(heard).toEqual([1, 2, 3]);
  expect(eventLog.after(0, 10).map(idOf)).toEqual(['a', 'b', 'c']);
});

test('a listener that fails keeps no other from hearing, nor the change from being made', async () => {
  const { bus, happen } = setUp();
  const heard: string[] = [];
  bus.onFact(() => {
    throw new Error('deaf');
  });
  bus.onFact((fact) => heard.push(idOf(fact)));
  await happen('a');
  expect(heard).toEqual(['a']);
});

test('a reader gets what happened before it came and while it was busy, each once and in order', async () => {
  const { clock, happen, subscribe } = setUp();
  await happen('old', 'a');
  const handled: string[] = [];
  const subscription = subscribe(1, async (fact) => {
    await Promise.resolve();
    handled.push(idOf(fact));
  });
  for (let round = 0; round < 250; round++) await happen(`b${round}`);
  await clock.advance(1);
  expect(handled).toEqual(['a', ...Array.from({ length: 250 }, (_, round) => `b${round}`)]);
  expect(subscription.cursor).toBe(252);
});

test('a fact whose handling fails is tried again, and those after it wait', async () => {
  const { clock, happen, subscribe } = setUp();
  const tried: string[] = [];
  let failures = 2;
  subscribe(0, (fact) => {
    tried.push(idOf(fact));
    if (idOf(fact) === 'a' && failures-- > 0) throw new Error('not now');
  });
  await happen('a', 'b');
  await clock.advance(1_000);
  expect(tried).toEqual(['a', 'a', 'a', 'b']);
});

test('stopping waits for the fact in hand and takes no other', async () => {
  const { clock, happen, subscribe } = setUp();
  const handled: string[] = [];
  let release: () => void = () => {};
  const subscription = subscribe(0, async (fact) => {
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    handled.push(idOf(fact));
  });
  await happen('a', 'b');
  await clock.advance(1);
  const stopped = subscription.stop();
  release();
  await stopped;
  expect([handled, subscription.cursor]).toEqual([['a'], 1]);
});

test('a reader of some kinds is neither woken by others nor reads over them again', async () => {
  const { clock, eventLog, happen, subscribe, unitOfWork } = setUp();
  const deleted = (agentId: string) => unitOfWork.run((record) => record('org', { kind: 'agent-deleted', agentId }));
  await happen('a', 'b');
  await deleted('c');
  const handled: string[] = [];
  const reads = vi.spyOn(eventLog, 'after');
  const subscription = subscribe(0, (fact) => void handled.push(idOf(fact)), ['agent-deleted']);
  await clock.advance(1);
  expect([handled, subscription.cursor]).toEqual([['c'], 3]);
  const readsBefore = reads.mock.calls.length;
  await happen('d', 'e');
  await clock.advance(1);
  expect(reads.mock.calls.length).toBe(readsBefore);
  await deleted('f');
  await clock.advance(1);
  expect([handled, subscription.cursor]).toEqual([['c', 'f'], 6]);
  expect(reads.mock.lastCall?.[0]).toBe(3);
});
