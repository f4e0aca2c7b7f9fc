import type { Response } from 'express';
import type { Answer } from '../../route.ts';
import { isoSeconds } from './fields.ts';

/**
 * How a successful answer is wrapped. The published page of this API declares `{success,data,error,timestamp}` and
 * prints bare bodies: `hybrid` satisfies readers of both (the body's fields beside the envelope's; arrays stay bare),
 * `bare` and `envelope` one of them each.
 */
const envelopes = ['bare', 'hybrid', 'envelope'] as const;
export type Envelope = (typeof envelopes)[number];

export function sendData(
  response: Response,
  answer: Extract<Answer, { kind: 'json' }>,
  { envelope, nowMs }: { readonly envelope: Envelope; readonly nowMs: number },
): void {
  response.status(answer.status).json(wrap(answer.data, envelope, nowMs));
}

/** A body's own field wins over the envelope's of the same name. */
export function wrap(data: unknown, envelope: Envelope, nowMs: number): unknown {
  const whole = { success: true, data, error: null, timestamp: isoSeconds(nowMs) };
  switch (envelope) {
    case 'bare':
      return data;
    case 'envelope':
      return whole;
    case 'hybrid':
      return Array.isArray(data) ? data : { ...whole, ...Object(data) };
  }
}

export interface VoiceraFailure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly details: unknown;
}

/** The error bodies of both published pages in one. */
export function sendFailure(response: Response, failure: VoiceraFailure, nowMs: number): void {
  const { status, code, message, details } = failure;
  response.status(status).json({
    success: false,
    data: null,
    error: { code, message, details },
    timestamp: isoSeconds(nowMs),
    detail: message,
    error_code: code,
    status_code: status,
  });
}
