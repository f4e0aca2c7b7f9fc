import { expect, onTestFinished, test } from 'vitest';
import { openFirstHouse } from '../../../test/support/first-house.ts';
import type { TaskDraft } from '../../domain/tasks/task.ts';
import { TaskExecution } from '../../domain/tasks/task-execution.ts';
import { VirtualClock } from '../../lifetime/virtual-clock.ts';
import { silentLogger } from '../../log/logger.ts';
import { type Script, ScriptedTelephone } from '../testing/scripted-telephone.ts';
import { TaskScheduler } from './task-scheduler.ts';

const answers: Script = { kind: 'answers', afterMs: 1_000, talksMs: 4_000 };

async function open() {
  const clock = new VirtualClock(Date.UTC(2030, 0, 1, 12));
  const { domain, first } = await openFirstHouse({ clock, timeZone: 'UTC' });
  const { organizationId, agentId } = first;
  const telephone = new ScriptedTelephone(domain, clock, () => answers);
  const liveCalls = { end: () => Promise.resolve(false) };
  const execution = new TaskExecution({ ...domain, dialer: telephone, liveCalls });
  const scheduler = new TaskScheduler({ domain, execution, dialer: telephone, clock, log: silentLogger });
  onTestFinished(() => scheduler.stop());
  const task = async (toNumber: string, inMs: number | null, more: Partial<TaskDraft> = {}) => {
    const scheduledAtMs = inMs === null ? null : clock.now() + inMs;
    const made = await domain.tasks.create(organizationId, { agentId, name: 'Call', toNumber, scheduledAtMs, ...more });
    return made.id;
  };
  const status = (id: string) => domain.tasks.find(id)?.status;
  return { domain, clock, telephone, scheduler, organizationId, agentId, task, status };
}

test('a task is run at its time and not before; one without a time never by itself', async () => {
  const { clock, telephone, scheduler, task, status } = await open();
  scheduler.start();
  const later = await task('+15550100', 3_600_000);
  const never = await task('+15550101', null);
  await clock.advance(3_599_000);
  expect(telephone.dialled).toEqual([]);
  await clock.advance(1_000);
  expect(telephone.dialled).toEqual(['+15550100']);
  await clock.advance(10_000);
  expect([status(later), status(never)]).toEqual(['completed', 'pending']);
});

test('tasks whose time came while the house was off run at its start, by priority, time and creation', async () => {
  const { clock, telephone, scheduler, task } = await open();
  telephone.lines = 1;
  await task('+15550103', 2_000);
  await task('+15550102', 1_000);
  await task('+15550104', 2_000);
  await task('+15550101', 3_000, { priority: 5 });
  await clock.advance(60_000);
  scheduler.start();
  await clock.advance(60_000);
  expect(telephone.dialled).toEqual(['+15550101', '+15550102', '+15550103', '+15550104']);
  expect(telephone.mostLive).toBe(1);
});

test('what the organization may dial per hour makes a task wait; what it may not dial at all fails it', async () => {
  const { domain, clock, telephone, scheduler, organizationId, task, status } = await open();
  await domain.outboundRules.set(organizationId, { allowedPrefixes: ['+1'], maxCallsPerHour: 1 });
  scheduler.start();
  const ids = [await task('+15550100', 1_000), await task('+15550101', 1_000), await task('+4930123456', 1_000)];
  await clock.advance(1_800_000);
  expect(telephone.dialled).toHaveLength(1);
  expect(ids.map(status)).toEqual(['completed', 'pending', 'pending']);
  await clock.advance(1_860_000);
  expect(ids.map(status)).toEqual(['completed', 'completed', 'failed']);
  expect(domain.tasks.find(ids[2] ?? '')?.errorMessage).toContain('+4930123456');
});

test('a task that was reset runs again only when it gets a new time', async () => {
  const { domain, clock, telephone, scheduler, organizationId, task, status } = await open();
  scheduler.start();
  const id = await task('+15550100', 1_000);
  await clock.advance(20_000);
  await domain.tasks.release(organizationId, id);
  await clock.advance(60_000);
  expect([status(id), telephone.dialled.length]).toEqual(['pending', 1]);
  await domain.tasks.update(organizationId, id, { scheduledAtMs: clock.now() + 5_000 });
  await clock.advance(20_000);
  expect([status(id), telephone.dialled.length]).toEqual(['completed', 2]);
});
