import type { Context, Engines } from './context.ts';
import type { SipBackEnd } from './sip-back-end.ts';

/** Everything that is counted, by part. A part that does not answer now is null. */
export async function readCounters(
  context: Pick<Context, 'live' | 'admission' | 'tools' | 'telephony' | 'http' | 'database' | 'domain' | 'jobs'>,
  engines: Engines,
  sip: SipBackEnd | undefined,
): Promise<Readonly<Record<string, unknown>>> {
  const orNull = <T>(counted: Promise<T>) => counted.catch(() => null);
  const [media, speech, core] = await Promise.all([
    orNull(engines.media.stats()),
    orNull(engines.speech.stats()),
    orNull(Promise.resolve(sip?.stats())),
  ]);
  return {
    calls: { live: context.live.size, begun: context.live.begun, refused: context.admission.refused },
    tools: context.tools.counters,
    server: { rssBytes: process.memoryUsage.rss(), uptimeSeconds: Math.round(process.uptime()) },
    telephony: context.telephony.counters(),
    http: context.http.counters,
    database: context.database(),
    reports: context.domain.reports.counters,
    identity: context.domain.identity.counters,
    egress: context.domain.egress.counters,
    lists: {
      uploads: context.domain.tables.counters,
      imports: context.domain.contacts.importCounters,
      workbooks: context.domain.workbooks.counters,
    },
    ...context.jobs(),
    media,
    speech,
    sip: core,
  };
}
