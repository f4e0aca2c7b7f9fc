/** Hash algorithms of RFC 7616 and RFC 8760, the strongest first. */
export const digestAlgorithms = ['SHA-512-256', 'SHA-256', 'MD5'] as const;
export type DigestAlgorithm = (typeof digestAlgorithms)[number];

/** One challenge that we are able to answer. */
export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque?: string;
  readonly algorithm: DigestAlgorithm;
  /** As it must be repeated; absent when the challenge named none. */
  readonly algorithmName?: string;
  /** `-sess` variant: the key depends on both nonces. */
  readonly session: boolean;
  /** Undefined: the old form without quality of protection (RFC 2069). */
  readonly qop?: 'auth' | 'auth-int';
  readonly stale: boolean;
  readonly userhash: boolean;
}

interface RawChallenge {
  readonly scheme: string;
  readonly parameters: Map<string, string>;
}

const longestHeader = 16_384;

/**
 * All challenges in the value of WWW-Authenticate or Proxy-Authenticate, also when several headers were joined by
 * commas. Challenges that we can't answer (Basic, unknown algorithm or quality of protection) are left out.
 */
export function parseChallenges(header: string): DigestChallenge[] {
  return header.length > longestHeader ? [] : split(header).flatMap(understand);
}

/** The strongest challenge; among equals the one for the realm we know, then the first. */
export function chooseChallenge(
  challenges: readonly DigestChallenge[],
  knownRealm?: string,
): DigestChallenge | undefined {
  const rank = ({ algorithm, realm }: DigestChallenge) =>
    digestAlgorithms.indexOf(algorithm) * 2 + (realm === knownRealm ? 0 : 1);
  return challenges.toSorted((one, other) => rank(one) - rank(other))[0];
}

function split(header: string): RawChallenge[] {
  const found: RawChallenge[] = [];
  const parameter = /[\s,]*([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/y;
  const scheme = /[\s,]*([\w!#$%&'*+.^`|~-]+)(?=\s)/y;
  for (let at = 0; at < header.length; ) {
    parameter.lastIndex = at;
    const pair = parameter.exec(header);
    if (pair) {
      const value = pair[2]?.replace(/\\(.)/g, '$1') ?? pair[3] ?? '';
      found.at(-1)?.parameters.set((pair[1] ?? '').toLowerCase(), value);
      at = parameter.lastIndex;
      continue;
    }
    scheme.lastIndex = at;
    const start = scheme.exec(header);
    if (!start) break;
    found.push({ scheme: (start[1] ?? '').toLowerCase(), parameters: new Map() });
    at = scheme.lastIndex;
  }
  return found;
}

function understand({ scheme, parameters }: RawChallenge): DigestChallenge[] {
  const [realm, nonce, opaque] = ['realm', 'nonce', 'opaque'].map((name) => parameters.get(name));
  const algorithmName = parameters.get('algorithm');
  const algorithm = digestAlgorithms.find(
    (known) => known === (algorithmName ?? 'MD5').toUpperCase().replace(/-SESS$/, ''),
  );
  const offered = parameters
    .get('qop')
    ?.split(',')
    .map((each) => each.trim().toLowerCase());
  const qop = (['auth', 'auth-int'] as const).find((known) => offered?.includes(known));
  if (scheme !== 'digest' || realm === undefined || nonce === undefined || algorithm === undefined) return [];
  if (offered !== undefined && qop === undefined) return [];
  return [
    {
      realm,
      nonce,
      algorithm,
      session: /-sess$/i.test(algorithmName ?? ''),
      stale: parameters.get('stale')?.toLowerCase() === 'true',
      userhash: parameters.get('userhash')?.toLowerCase() === 'true',
      ...(opaque === undefined ? {} : { opaque }),
      ...(algorithmName === undefined ? {} : { algorithmName }),
      ...(qop === undefined ? {} : { qop }),
    },
  ];
}
