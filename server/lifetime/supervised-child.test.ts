import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { MessagePort } from './message-port.ts';
import { type ChildExit, SupervisedChild } from './supervised-child.ts';

/** A child that answers every number with its double and crashes on "crash". */
function childFile(): string {
  const path = join(mkdtempSync(join(tmpdir(), 'landline-child-')), 'child.mjs');
  writeFileSync(
    path,
    `process.on('message', (m) => { if (m === 'crash') { console.error('boom'); process.exit(3); } process.send(m * 2); });
     process.on('disconnect', () => process.exit(0));`,
  );
  return path;
}

test('a child that crashes is started again and its exit is told with what it wrote', async () => {
  const ups: MessagePort<number, number | string>[] = [];
  const exits: ChildExit[] = [];
  let wake = () => {};
  const child = new SupervisedChild<number, number | string>(
    { name: 'doubler', entry: childFile() },
    {
      up: (port) => {
        ups.push(port);
        wake();
      },
      down: (exit) => exits.push(exit),
    },
  );
  const restarted = new Promise<void>((resolve) => {
    wake = () => ups.length === 2 && resolve();
  });
  child.start();
  ups[0]?.send('crash');
  await restarted;
  expect(exits).toHaveLength(1);
  expect(exits[0]).toMatchObject({ code: 3, crashesInARow: 1 });
  expect(exits[0]?.stderrTail).toContain('boom');
  const answer = new Promise<number>((resolve) => ups[1]?.onMessage(resolve));
  ups[1]?.send(21);
  expect(await answer).toBe(42);
  await child.stop();
  expect(child.restarts).toBe(1);
  expect(child.pid).toBeUndefined();
});
