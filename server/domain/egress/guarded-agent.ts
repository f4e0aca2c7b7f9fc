import { lookup as systemLookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { getCACertificates } from 'node:tls';
import { Agent, buildConnector } from 'undici';
import { LandlineError } from '../../contract/errors.ts';
import type { EgressRules } from './egress-rules.ts';

/** All addresses of a host name. */
export type Resolver = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

export const systemResolver: Resolver = (host) => systemLookup(host, { all: true });

const connectTimeoutMs = 5_000;
/** Connections to one origin at the same time. */
const connectionsPerOrigin = 10;

/**
 * Connects only where the rules allow: the addresses that were judged are the addresses that are connected to, at
 * every connection anew, so a name whose answer changes is judged by the answer that is used. `authorities` (PEM) are
 * trusted beside those that everybody trusts.
 */
export function guardedAgent(rules: EgressRules, resolve: Resolver, authorities?: string): Agent {
  const connect = buildConnector({
    timeout: connectTimeoutMs,
    lookup: guardedLookup(rules, resolve),
    ...(authorities === undefined ? {} : { ca: [...getCACertificates('default'), authorities] }),
  });
  return new Agent({
    connections: connectionsPerOrigin,
    keepAliveTimeout: 4_000,
    connect: (options, callback) => {
      const host = options.hostname.replace(/^\[|\]$/g, '');
      // Node never looks an address up, so it has to be judged here.
      const verdict = isIP(host) === 0 ? { ok: true as const } : rules.judge(host, host);
      if (verdict.ok) connect(options, callback);
      else callback(refused(verdict.why), null);
    },
  });
}

function guardedLookup(rules: EgressRules, resolve: Resolver): LookupFunction {
  const lookUp = async (...[host, options, callback]: Parameters<LookupFunction>): Promise<void> => {
    try {
      const addresses = await judgedAddresses(rules, resolve, host);
      const [first] = addresses;
      if (options.all === true) callback(null, [...addresses]);
      else callback(null, first?.address ?? '', first?.family ?? 4);
    } catch (thrown) {
      callback(thrown as NodeJS.ErrnoException, options.all === true ? [] : '', 4);
    }
  };
  return (host, options, callback) => void lookUp(host, options, callback);
}

async function judgedAddresses(rules: EgressRules, resolve: Resolver, host: string) {
  const addresses = await resolve(host);
  const verdicts = addresses.map(({ address }) => rules.judge(host, address));
  const allowed = addresses.filter((_address, at) => verdicts[at]?.ok === true);
  if (allowed.length > 0) return allowed;
  const bad = verdicts.find((verdict) => !verdict.ok);
  throw refused(bad && !bad.ok ? bad.why : `${host} has no address.`);
}

function refused(why: string): LandlineError {
  return new LandlineError('egress-refused', why);
}
