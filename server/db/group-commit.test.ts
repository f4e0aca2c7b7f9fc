import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { VirtualClock } from '../lifetime/virtual-clock.ts';
import { GroupCommit, type GroupCommitOptions } from './group-commit.ts';

function setUp(options: GroupCommitOptions = {}) {
  const connection = new BetterSqlite3(':memory:');
  connection.exec('CREATE TABLE notes (text TEXT NOT NULL UNIQUE) STRICT');
  const insert = connection.prepare('INSERT INTO notes VALUES (?)');
  const clock = new VirtualClock();
  const commits = new GroupCommit(connection, clock, options);
  const write = (text: string) => commits.write(() => insert.run(text).changes);
  const notes = () =>
    connection
      .prepare<[], { text: string }>('SELECT text FROM notes')
      .all()
      .map(({ text }) => text);
  return { connection, clock, commits, write, notes };
}

test('writes of the same two milliseconds share one commit, in the order they were asked for', async () => {
  const { clock, commits, write, notes } = setUp();
  const first = write('a');
  await clock.advance(1);
  const second = write('b');
  expect(notes()).toEqual([]);
  await clock.advance(1);
  expect(await Promise.all([first, second])).toEqual([1, 1]);
  expect(notes()).toEqual(['a', 'b']);
  expect(commits.counters).toMatchObject({ commits: 1, writes: 2, failed: 0, waiting: 0 });
});

test('nothing is acknowledged before COMMIT has returned', async () => {
  const { connection, clock, commits, write } = setUp();
  const order: string[] = [];
  const exec = connection.exec.bind(connection);
  connection.exec = (sql) => {
    order.push(sql.split(' ')[0] as string);
    return exec(sql);
  };
  const written = write('a').then(() => order.push('acknowledged'));
  await clock.advance(2);
  await written;
  expect(order).toEqual(['BEGIN', 'SAVEPOINT', 'RELEASE', 'COMMIT', 'acknowledged']);
  expect(commits.counters.commits).toBe(1);
});

test('a write that fails undoes itself and nothing else', async () => {
  const { clock, commits, write, notes } = setUp();
  const settled = Promise.allSettled([
    write('a'),
    commits.write(() => {
      throw new Error('no');
    }),
    write('a'),
    write('b'),
  ]);
  await clock.advance(2);
  expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
  expect(notes()).toEqual(['a', 'b']);
  expect(commits.counters).toMatchObject({ failed: 2, commits: 1 });
});

test('when COMMIT fails every write of the group is refused and none is kept', async () => {
  const { connection, clock, write, notes } = setUp();
  connection.exec(`
    PRAGMA foreign_keys = ON;
    CREATE TABLE parents (id INTEGER PRIMARY KEY);
    CREATE TABLE children (parent INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED);
    CREATE TRIGGER orphan AFTER INSERT ON notes WHEN new.text = 'bad' BEGIN INSERT INTO children VALUES (1); END`);
  const settled = Promise.allSettled([write('good'), write('bad')]);
  await clock.advance(2);
  expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(notes()).toEqual([]);
  const after = write('after');
  await clock.advance(2);
  expect(await after).toBe(1);
});

test('one write too many is refused, counted, and does not harm those that wait', async () => {
  const { clock, commits, write, notes } = setUp({ limit: 2 });
  const waiting = [write('a'), write('b')];
  await expect(write('c')).rejects.toMatchObject({ code: 'database-busy' });
  await clock.advance(2);
  await Promise.all(waiting);
  expect(notes()).toEqual(['a', 'b']);
  expect(commits.counters.refused).toBe(1);
});

test('a write asked for inside a write waits for the next round', async () => {
  const { clock, commits, write, notes } = setUp();
  const inner = commits.write(() => write('inner'));
  await clock.advance(2);
  expect(notes()).toEqual([]);
  await clock.advance(2);
  await inner;
  expect(notes()).toEqual(['inner']);
});
