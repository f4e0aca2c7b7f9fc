import type { Request, Response } from 'express';
import type { Answer, Route } from './route.ts';

export type DialectName = 'kupe' | 'va' | 'voicera';

/** One public API: its route table and everything that is its own way of speaking. */
export interface Dialect<Caller, Name extends string = DialectName> {
  readonly name: Name;
  readonly routes: readonly Route<Caller>[];
  /** Whose pages may read our answers: an origin, `*`, or undefined for nobody. */
  allowedOrigin(request: Request): string | undefined;
  /** First of all, for every request that is ours. */
  open(request: Request, response: Response): void;
  /**
   * Who is calling; undefined only for a public route without a credential. Throws `unauthorized` or `forbidden`.
   */
  authenticate(
    request: Request,
    route: Route<Caller>,
    params: Readonly<Record<string, string>>,
  ): Promise<Caller | undefined> | Caller | undefined;
  /** Counts the request against the limits and sets their headers. Throws `rate-limited`. */
  admit(request: Request, response: Response, caller: Caller | undefined, route: Route<Caller>): void;
  /** The same for a request that no row takes, where those count, too. */
  admitRefused?(request: Request, response: Response): void;
  sendJson(response: Response, answer: Extract<Answer, { kind: 'json' }>, nowMs: number): void;
  /** Any failure in this dialect's own shape, logged when it is ours. */
  sendFailure(request: Request, response: Response, thrown: unknown, nowMs: number): void;
}
