import { expect, test } from 'vitest';
import { LogRing } from './log-ring.ts';
import { createLogger } from './logger.ts';

const all = { limit: 100, offset: 0 };

test('keeps time, level and sentence of a line, and nothing else of it', () => {
  const recent = new LogRing();
  const told: string[] = [];
  const log = createLogger('test', {
    level: 'debug',
    personalData: true,
    destination: { write: (line) => void told.push(line) },
    alsoTo: recent,
  });
  log.debug({ pii: { number: '+15550142' }, callId: 'c' }, 'a call ended');
  log.fatal('the end');
  expect(told.length).toBe(2);
  expect(recent.newest(undefined, all).items).toEqual([
    { timestamp: expect.stringMatching(/Z$/), level: 'error', message: 'the end' },
    { timestamp: expect.stringMatching(/Z$/), level: 'debug', message: 'a call ended' },
  ]);
});

test('takes what the logger lets through, and survives what is no line of a log', () => {
  const recent = new LogRing();
  const log = createLogger('test', { level: 'warn', destination: { write: () => {} }, alsoTo: recent });
  log.info('quiet');
  log.warn('loud');
  for (const ugly of ['', '{', 'null', '[]', '{"time":1,"msg":2}', '{"level":30}']) recent.write(ugly);
  expect(recent.newest(undefined, all).total).toBe(1);
});

test('drops the oldest line for a new one and cuts long sentences', () => {
  const recent = new LogRing();
  const line = (msg: string) => JSON.stringify({ level: 30, time: '2026-01-01T00:00:00.000Z', msg });
  for (let count = 1; count <= 1_001; count++) recent.write(line(String(count)));
  recent.write(line('x'.repeat(10_000)));
  const { items, total } = recent.newest('info', { limit: 1_000, offset: 1 });
  expect([total, items[0]?.message, items.at(-1)?.message]).toEqual([1_000, '1001', '3']);
  expect(recent.newest('info', all).items[0]?.message.length).toBe(500);
  expect(recent.newest('error', all)).toEqual({ items: [], total: 0 });
});
