import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { openDatabase } from '../../../server/db/database.ts';
import { createDomain } from '../../../server/domain/domain.ts';
import { createHttpServer } from '../../../server/http/http-server.ts';
import { realClock } from '../../../server/lifetime/clock.ts';
import { createLogger } from '../../../server/log/logger.ts';

/** Something that only an answer holds which was made after the row was committed. */
export interface Written {
  readonly shown: string;
}

/**
 * The data and HTTP side of the house in one process, as the server runs it: `node house-server.ts <data folder>`. The
 * message `agents` or `calls` makes it commit one row of that table, and answer with what shows it.
 */
const dataFolder = process.argv[2] ?? '';
const log = createLogger('bench', { level: 'warn' });
const db = openDatabase(join(dataFolder, 'landline.db'), { clock: realClock, log });
const domain = createDomain({ db, clock: realClock, log, dataFolder });
const http = createHttpServer({
  domain,
  dialer: {
    hasFreeLine: () => false,
    canDial: () => ({ ok: false, why: 'This server has no telephone.' }),
    start: () => Promise.reject(new Error('This server has no telephone.')),
  },
  liveCalls: { end: () => Promise.resolve(false) },
  isPeerHost: () => false,
  host: '127.0.0.1',
  port: 0,
  extraPorts: { vaSocketPort: null, voicePort: null, voiceraPort: null },
  version: 'bench',
  log,
  rateLimit: 1_000_000_000,
  readCounters: async () => db.counters,
});
await http.start();

const organizationId = domain.organizations.first()?.id ?? '';
const [agent] = domain.agents.list({ organizationId }, { limit: 1, offset: 0 }).items;

/** Commits one row and says what the next answer must show of it. */
async function write(table: 'agents' | 'calls'): Promise<Written> {
  if (!agent) throw new Error('The data folder holds no agent.');
  const id = randomUUID();
  if (table === 'agents') {
    await domain.agents.update(organizationId, agent.id, { description: `Changed ${id}` });
    return { shown: `Changed ${id}` };
  }
  const identity = { from: '+15550100', to: '+15550199', fromUri: 'sip:a@127.0.0.1', toUri: 'sip:b@127.0.0.1' };
  await domain.calls.begin({ id, organizationId, agentId: agent.id, direction: 'inbound', identity });
  return { shown: id };
}

process.on('message', (table: 'agents' | 'calls') => {
  void write(table).then((written) => process.send?.(written));
});
process.on('disconnect', () => process.exit());
process.send?.({ url: http.url });
