import { workerData } from 'node:worker_threads';
import { answerAsks } from '../lifetime/answering-thread.ts';
import { lowerThreadPriority } from '../lifetime/priority.ts';
import type { Statement } from './database.ts';
import { openReadOnly } from './read-only-database.ts';
import type { ReadQuery } from './read-thread.ts';

/** Entry of the thread that reads. Its data: the path of the database. */
lowerThreadPriority(19);
const database = openReadOnly(workerData as string);
const statements = new Map<string, Statement<unknown>>();
/** Shapes of reports in use at once. */
const mostStatements = 200;

answerAsks(
  ({ sql, values }: ReadQuery) => (Array.isArray(values) ? prepared(sql).all(...values) : prepared(sql).all(values)),
  () => database.close(),
);

function prepared(sql: string): Statement<unknown> {
  const known = statements.get(sql);
  if (known) return known;
  const oldest = statements.size < mostStatements ? undefined : statements.keys().next().value;
  if (oldest !== undefined) statements.delete(oldest);
  const made = database.prepare(sql);
  statements.set(sql, made);
  return made;
}
