import '../../native/runtime-guard.ts';
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../../server/db/database.ts';
import { createDomain } from '../../server/domain/domain.ts';
import { TokenSigner } from '../../server/http/signed-token.ts';
import { createWebhookPayloads } from '../../server/http/webhook-payloads.ts';
import { AfterCalls } from '../../server/jobs/after-calls.ts';
import { Metering } from '../../server/jobs/metering/metering.ts';
import { realClock } from '../../server/lifetime/clock.ts';
import { silentLogger } from '../../server/log/logger.ts';
import { administratorOf } from '../support/principals.ts';

/**
 * Analyses calls and tells a webhook of them; with `make` as third argument it also makes calls until it is killed, and
 * says `ended <call id>` on stdout for each whose end was acknowledged.
 */
const [, , dataFolder = '', receiverUrl = '', what] = process.argv;
const db = openDatabase(join(dataFolder, 'landline.db'));
const egress = { allow: ['127.0.0.1'] };
const domain = createDomain({ db, clock: realClock, log: silentLogger, dataFolder, egress });
await domain.ensureFirstStart({ url: 'http://127.0.0.1' });
const organizationId = domain.organizations.first()?.id ?? '';
const agentId = domain.agents.default()?.id ?? '';
const identity = { from: '100', to: '200', fromUri: 'sip:100@127.0.0.1', toUri: 'sip:200@127.0.0.1' };
const principal = administratorOf(organizationId);

if (domain.webhooks.endpoints(principal, { limit: 1, offset: 0 }).total === 0) {
  await domain.webhooks.createEndpoint(principal, { url: receiverUrl, events: ['call.completed'] });
}
await domain.calls.closeInterrupted();
new Metering({ ...domain, clock: realClock, log: silentLogger }).start();
const payloads = createWebhookPayloads({ signer: new TokenSigner(realClock), origin: () => 'http://127.0.0.1' });
await new AfterCalls({ domain, payloads, clock: realClock, log: silentLogger }).start();

async function makeCalls(): Promise<never> {
  for (;;) {
    const { id } = await domain.calls.begin({ organizationId, agentId, direction: 'inbound', identity });
    await domain.calls.answered(id, realClock.now());
    const times = { startMs: 0, endMs: 500 };
    const said = { role: 'caller', text: 'Hello there.', interrupted: false, provider: 'test', marks: {} } as const;
    await domain.calls.addTurn(id, { ...said, ...times });
    await domain.calls.finish(id, { status: 'completed', endReason: 'caller-hangup', endedAtMs: realClock.now() });
    // Synchronous, so that the line is in the pipe before anything else can happen.
    writeSync(1, `ended ${id}\n`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

if (what === 'make') await makeCalls();
