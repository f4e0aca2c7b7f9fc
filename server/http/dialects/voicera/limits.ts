import type { Request, Response } from 'express';
import { LandlineError } from '../../../contract/errors.ts';
import type { Clock } from '../../../lifetime/clock.ts';
import { applyVerdict, RateLimiter } from '../../rate-limit.ts';
import type { Route } from '../../route.ts';
import type { VoiceraCaller } from './auth.ts';

/** Per minute and user, or per client address for who has not signed in. */
export interface VoiceraLimitSettings {
  readonly general: number;
  readonly auth: number;
  readonly uploadBytes: number;
}

export const publishedLimits: VoiceraLimitSettings = { general: 100, auth: 10, uploadBytes: 10 * 1024 * 1024 };

/** What counts as signing in, and so against the small limit. */
const authPath = /^\/auth\/(register|login|refresh-token|forgot-password|reset-password)$/;
/** Probes of a monitor must not be turned away. */
const unlimitedPath = /^\/(readiness|liveness|version)$/;

export class VoiceraLimits {
  readonly #general: RateLimiter;
  readonly #auth: RateLimiter;
  readonly #upload: RateLimiter;

  constructor(settings: VoiceraLimitSettings, clock: Clock) {
    this.#general = new RateLimiter(settings.general, clock);
    this.#auth = new RateLimiter(settings.auth, clock);
    this.#upload = new RateLimiter(settings.uploadBytes, clock);
  }

  /** Counts the request and sets `X-RateLimit-*`. Throws `rate-limited`. */
  take(
    request: Request,
    response: Response,
    caller: VoiceraCaller | undefined,
    route: Pick<Route<unknown>, 'path' | 'maxBodyBytes'>,
  ): void {
    if (unlimitedPath.test(route.path)) return;
    const key = caller?.userId ?? caller?.credentialId ?? request.ip ?? '';
    const limiter = authPath.test(route.path) ? this.#auth : this.#general;
    applyVerdict(response, limiter.take(key));
    const uploaded = this.#upload.take(key, bodyBytes(request, route.maxBodyBytes));
    if (uploaded.allowed) return;
    throw new LandlineError('rate-limited', 'Upload limit exceeded', {
      limitBytes: uploaded.limit,
      reset: uploaded.resetAtS,
    });
  }
}

/** A body that doesn't say its length counts as the longest that the route takes. */
function bodyBytes(request: Request, longest: number): number {
  if (request.headers['transfer-encoding'] !== undefined) return longest;
  const length = Number(request.headers['content-length'] ?? 0);
  return Number.isFinite(length) ? length : longest;
}
