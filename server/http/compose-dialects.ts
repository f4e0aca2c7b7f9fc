import type { HouseSettings } from '../domain/settings/house-settings.ts';
import { TaskExecution } from '../domain/tasks/task-execution.ts';
import type { Clock } from '../lifetime/clock.ts';
import { LogRing } from '../log/log-ring.ts';
import { DialectHost } from './dialect-host.ts';
import { appDialect } from './dialects/app/app-dialect.ts';
import { appRoutes } from './dialects/app/app-routes.ts';
import { kupeDialect } from './dialects/kupe/kupe-dialect.ts';
import { kupeRoutes } from './dialects/kupe/kupe-routes.ts';
import { printedLists as kupeLists } from './dialects/kupe/moving-in.wire.ts';
import { agentRoutes } from './dialects/va/agents.routes.ts';
import { apiKeyRoutes } from './dialects/va/api-keys.routes.ts';
import { callRoutes } from './dialects/va/calls.routes.ts';
import { printedLists as vaLists } from './dialects/va/moving-in.wire.ts';
import { organizationRoutes } from './dialects/va/organizations.routes.ts';
import { sessionRoutes } from './dialects/va/session.routes.ts';
import { taskRoutes } from './dialects/va/tasks.routes.ts';
import { userRoutes } from './dialects/va/users.routes.ts';
import { vaDialect } from './dialects/va/va-dialect.ts';
import type { Envelope } from './dialects/voicera/envelope.ts';
import { publishedLimits, VoiceraLimits } from './dialects/voicera/limits.ts';
import { printedLists as voiceraLists } from './dialects/voicera/moving-in.wire.ts';
import { voiceraDialect } from './dialects/voicera/voicera-dialect.ts';
import { voiceraRoutes } from './dialects/voicera/voicera-routes.ts';
import type { HttpServerOptions } from './http-server-options.ts';
import { Maintenance } from './maintenance.ts';
import { RateLimiter } from './rate-limit.ts';
import type { TokenSigner } from './signed-token.ts';
import { SystemHealth } from './system-health.ts';

export interface DialectParts {
  readonly options: HttpServerOptions;
  readonly signer: TokenSigner;
  readonly clock: Clock;
  /** Our own origin, for requests whose Host header is none. */
  readonly fallbackOrigin: () => string;
}

/** The public APIs, each with its rows over the domain. */
export function composeDialects(parts: DialectParts): readonly DialectHost[] {
  const hosting = { clock: parts.clock, fallbackOrigin: parts.fallbackOrigin };
  return [
    new DialectHost(va(parts), hosting),
    new DialectHost(kupe(parts), hosting),
    new DialectHost(voicera(parts), hosting),
  ];
}

/** Landline's own API, for its console and its tools. */
export function composeOwn({ options, clock, fallbackOrigin }: DialectParts): DialectHost<'app'> {
  const { domain, log, readCounters } = options;
  const { credentials, identity } = domain;
  const { catalog } = domain;
  const printed = { kupe: kupeLists(catalog), va: vaLists(catalog), voicera: voiceraLists(catalog) };
  const routes = appRoutes({ domain, clock, printed, readCounters });
  return new DialectHost(appDialect({ routes, credentials, identity, log }), { clock, fallbackOrigin });
}

function va({ options, signer, clock }: DialectParts) {
  const { domain, dialer, liveCalls, isPeerHost, log } = options;
  const { agents, calls, credentials, tasks } = domain;
  const execution = new TaskExecution({ tasks, agents, dialer, liveCalls, outboundRules: domain.outboundRules });
  const nowMs = () => clock.now();
  return vaDialect({
    routes: [
      ...agentRoutes(domain),
      ...taskRoutes({
        agents,
        tasks,
        execution,
        isPeerHost,
        isListedHost: (host) => domain.egress.rules.isListed(host),
      }),
      ...callRoutes({ ...domain, liveCalls, signer }),
      ...sessionRoutes({ ...domain, nowMs }),
      ...apiKeyRoutes(credentials, nowMs),
      ...organizationRoutes(domain.organizations),
      ...userRoutes(domain.users, domain.invitations),
    ],
    credentials,
    identity: domain.identity,
    calls,
    signer,
    log,
    rateLimiter: new RateLimiter(options.rateLimit ?? 1_000, clock),
    allowedOrigins: options.allowedOrigins ?? [],
  });
}

function kupe({ options: { allowedOrigins, dialer, domain, isPeerHost, log }, clock, signer }: DialectParts) {
  const { credentials } = domain;
  return kupeDialect({
    routes: kupeRoutes({ domain, clock, dialer, signer, isPeerHost }),
    principalOfKey: (key) => credentials.authenticate(key, 'kupe'),
    principalOfToken: (token) => domain.identity.verifyToken(token, 'authenticated'),
    allowedOrigins: allowedOrigins ?? [],
    log,
  });
}

function voicera({ options, signer, clock }: DialectParts) {
  const { domain, log, readCounters, version } = options;
  const maintenance = new Maintenance();
  const systemHealth = new SystemHealth({ domain, readCounters });
  const recentLogs = options.recentLogs ?? new LogRing();
  return voiceraDialect({
    routes: voiceraRoutes({ domain, clock, signer, maintenance, systemHealth, recentLogs, version, log }),
    principalOfToken: (token) => domain.identity.verifyToken(token, 'voicera-api'),
    calls: domain.calls,
    signer,
    envelope: () => envelopeNow(domain.settings),
    limits: new VoiceraLimits({ ...publishedLimits, ...options.voiceraLimits }, clock),
    maintenance,
    log,
  });
}

/** Probes are to be answered when the database is gone, too. */
function envelopeNow(settings: HouseSettings): Envelope {
  try {
    return settings.get('voiceraEnvelope');
  } catch {
    return 'hybrid';
  }
}
