import { randomBytes } from 'node:crypto';
import { chooseChallenge, type DigestChallenge, parseChallenges } from './challenge.ts';
import { type Credentials, type DigestRequest, digestHeader } from './digest-response.ts';

/** The part of a response that a challenge is read from. */
export interface ChallengeSource {
  readonly status: number;
  get(name: string): string | undefined;
}

/** Headers to add to the request that is sent again. */
export type AuthorizationHeaders = Readonly<Record<string, string>>;

const headerNames = {
  401: { challenge: 'WWW-Authenticate', answer: 'Authorization' },
  407: { challenge: 'Proxy-Authenticate', answer: 'Proxy-Authorization' },
} as const;
type ChallengeStatus = keyof typeof headerNames;

interface NonceUse {
  readonly nonce: string;
  readonly cnonce: string;
  count: number;
}

/**
 * Digest credentials of one call (RFC 3261, 22; RFC 7616; RFC 8760): answers challenges with the strongest algorithm
 * offered and counts the uses of the nonce across the call's requests.
 */
export class DigestClient {
  readonly #credentials: Credentials;
  readonly #knownRealm: string | undefined;
  readonly #newCnonce: () => string;
  readonly #uses = new Map<ChallengeStatus, NonceUse>();

  constructor(
    credentials: Credentials,
    knownRealm?: string,
    newCnonce: () => string = () => randomBytes(16).toString('hex'),
  ) {
    this.#credentials = credentials;
    this.#knownRealm = knownRealm;
    this.#newCnonce = newCnonce;
  }

  /** Begins one request that may be challenged. */
  exchange(request: DigestRequest): DigestExchange {
    return new DigestExchange((challenges) => this.#headers(request, challenges), this.#knownRealm);
  }

  #headers(request: DigestRequest, challenges: ReadonlyMap<ChallengeStatus, DigestChallenge>): AuthorizationHeaders {
    const headers: Record<string, string> = {};
    for (const [status, challenge] of challenges) {
      const use = this.#use(status, challenge.nonce);
      const value = digestHeader(challenge, this.#credentials, request, use.cnonce, use.count);
      headers[headerNames[status].answer] = value;
    }
    return headers;
  }

  #use(status: ChallengeStatus, nonce: string): NonceUse {
    const before = this.#uses.get(status);
    const use = before?.nonce === nonce ? before : { nonce, cnonce: this.#newCnonce(), count: 0 };
    use.count++;
    this.#uses.set(status, use);
    return use;
  }
}

/**
 * The challenges to one request. A server and a proxy may each challenge once, and once more to say that the nonce was
 * stale; another challenge means that the credentials are wrong.
 */
export class DigestExchange {
  readonly #headers: (challenges: ReadonlyMap<ChallengeStatus, DigestChallenge>) => AuthorizationHeaders;
  readonly #knownRealm: string | undefined;
  readonly #challenges = new Map<ChallengeStatus, DigestChallenge>();
  readonly #refreshed = new Set<ChallengeStatus>();

  constructor(
    headers: (challenges: ReadonlyMap<ChallengeStatus, DigestChallenge>) => AuthorizationHeaders,
    knownRealm: string | undefined,
  ) {
    this.#headers = headers;
    this.#knownRealm = knownRealm;
  }

  /** The headers to try again with; undefined when the response is no challenge or trying again is pointless. */
  answer(response: ChallengeSource): AuthorizationHeaders | undefined {
    const { status } = response;
    if (status !== 401 && status !== 407) return undefined;
    const offered = parseChallenges(response.get(headerNames[status].challenge) ?? '');
    const challenge = chooseChallenge(offered, this.#knownRealm);
    if (challenge === undefined || !this.#mayAnswer(status, challenge)) return undefined;
    this.#challenges.set(status, challenge);
    return this.#headers(this.#challenges);
  }

  #mayAnswer(status: ChallengeStatus, challenge: DigestChallenge): boolean {
    const before = this.#challenges.get(status);
    if (before === undefined) return true;
    if (!challenge.stale || before.nonce === challenge.nonce || this.#refreshed.has(status)) return false;
    this.#refreshed.add(status);
    return true;
  }
}
