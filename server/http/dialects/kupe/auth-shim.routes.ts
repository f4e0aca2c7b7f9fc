import { z } from 'zod';
import { LandlineError } from '../../../contract/errors.ts';
import type { IdentityService } from '../../../domain/sessions/identity-service.ts';
import type { TokenPair } from '../../../domain/sessions/session-service.ts';
import type { User } from '../../../domain/users/user.ts';
import type { UserService } from '../../../domain/users/user-service.ts';
import { signInBody } from '../../identity-fields.ts';
import { type Answer, invalidRequest, publicRoute, type Route, route } from '../../route.ts';
import type { KupeCaller } from './auth.ts';
import { isoTime, isoTimeOrNull } from './fields.ts';

export interface AuthShimParts {
  readonly identity: IdentityService;
  readonly users: UserService;
  readonly nowMs: () => number;
}

const group = 'Login service';
const audience = 'authenticated';

const userWire = z.object({
  id: z.uuid(),
  aud: z.literal('authenticated'),
  role: z.literal('authenticated'),
  email: z.string(),
  email_confirmed_at: z.string(),
  phone: z.string(),
  last_sign_in_at: z.string().nullable(),
  app_metadata: z.object({ provider: z.string(), providers: z.array(z.string()), role: z.string() }),
  user_metadata: z.object({ full_name: z.string().nullable() }),
  identities: z.array(z.never()),
  created_at: z.string(),
  updated_at: z.string(),
});

const tokenWire = z.object({
  access_token: z.string(),
  token_type: z.literal('bearer'),
  expires_in: z.int(),
  expires_at: z.int(),
  refresh_token: z.string(),
  user: userWire,
});

const refreshBody = z.object({ refresh_token: z.string().min(1, 'must not be empty').max(1_000) });

/** The login service that Supabase's clients expect at the same address: sign in, refresh, sign out, who am I. */
export function authShimRoutes(parts: AuthShimParts): readonly Route<KupeCaller>[] {
  const { identity, users } = parts;
  return [
    publicRoute({
      method: 'POST',
      path: '/auth/v1/token',
      summary: 'Sign in, or refresh a session',
      group,
      query: z.object({
        grant_type: z.enum(['password', 'refresh_token'], 'must be password or refresh_token'),
      }),
      body: z.looseObject({ ...signInBody.partial().shape, ...refreshBody.partial().shape }),
      responses: { 200: tokenWire },
      answer: ({ query, body, remoteAddress }) =>
        answering(async () => {
          if (query.grant_type === 'refresh_token') return byRefreshToken(parts, parse(refreshBody, body));
          const pair = await identity.signIn({ ...parse(signInBody, body), remoteAddress }, audience);
          return tokenAnswer(pair, pair.user, parts.nowMs());
        }),
    }),
    route({
      method: 'POST',
      path: '/auth/v1/logout',
      summary: 'End the session and all its tokens',
      group,
      responses: { 204: null },
      answer: async ({ caller }) => {
        await identity.signOut(requireToken(caller));
        return { kind: 'empty', status: 204 };
      },
    }),
    route({
      method: 'GET',
      path: '/auth/v1/user',
      summary: 'Who is signed in',
      group,
      responses: { 200: userWire },
      answer: ({ caller }) => {
        const user = users.get(caller, requireToken(caller).userId ?? '');
        return { kind: 'json', status: 200, data: userToWire(user) };
      },
    }),
  ];
}

async function byRefreshToken(
  { identity, users, nowMs }: AuthShimParts,
  body: z.infer<typeof refreshBody>,
): Promise<Answer> {
  const pair = await identity.refresh(body.refresh_token, audience);
  return tokenAnswer(pair, users.get(pair.principal, pair.principal.userId ?? ''), nowMs());
}

/** Each grant has a body of its own. Throws `invalid-request`. */
function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const toProblem = ({ path, message }: z.core.$ZodIssue) => ({ in: 'body' as const, field: path.join('.'), message });
  throw invalidRequest(parsed.error.issues.map(toProblem));
}

function requireToken(caller: KupeCaller): KupeCaller {
  if (caller.via === 'token') return caller;
  throw new LandlineError('unauthorized', 'This needs the access token of a session, not an API key');
}

function tokenAnswer(pair: TokenPair, user: User, nowMs: number): Answer {
  const data: z.infer<typeof tokenWire> = {
    access_token: pair.accessToken,
    token_type: 'bearer',
    expires_in: pair.expiresInS,
    expires_at: Math.floor(nowMs / 1_000) + pair.expiresInS,
    refresh_token: pair.refreshToken,
    user: userToWire(user),
  };
  return { kind: 'json', status: 200, data, headers: { 'Cache-Control': 'no-store' } };
}

function userToWire(user: User): z.infer<typeof userWire> {
  return {
    id: user.id,
    aud: 'authenticated',
    role: 'authenticated',
    email: user.email,
    email_confirmed_at: isoTime(user.createdAtMs),
    phone: user.phone ?? '',
    last_sign_in_at: isoTimeOrNull(user.lastSignInAtMs),
    app_metadata: { provider: 'email', providers: ['email'], role: user.role },
    user_metadata: { full_name: user.fullName },
    identities: [],
    created_at: isoTime(user.createdAtMs),
    updated_at: isoTime(user.updatedAtMs),
  };
}

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly text: string;
}

const refusals: Readonly<Record<string, Refusal>> = {
  'invalid-credentials': { status: 400, code: 'invalid_credentials', text: 'Invalid login credentials' },
  'token-invalid': { status: 400, code: 'refresh_token_not_found', text: 'Invalid Refresh Token' },
  'user-inactive': { status: 403, code: 'user_banned', text: 'User is banned' },
  'too-many-attempts': { status: 429, code: 'over_request_rate_limit', text: 'Request rate limit reached' },
  'too-busy': { status: 503, code: 'hook_timeout', text: 'Service temporarily unavailable' },
};

/** Its clients read `msg` and `error_code`, older ones `error` and `error_description`, Kupe's own `detail`. */
async function answering(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (thrown) {
    const refusal = thrown instanceof LandlineError ? refusals[thrown.code] : undefined;
    if (!refusal) throw thrown;
    const { status, code, text } = refusal;
    const data = {
      code: status,
      error_code: code,
      msg: text,
      error: status === 400 ? 'invalid_grant' : code,
      error_description: text,
      detail: text,
    };
    return { kind: 'json', status, data };
  }
}
