import { randomUUID } from 'node:crypto';
import type { Response } from 'express';
import type { Answer } from '../../route.ts';

/** `meta` of every answer of this dialect. */
interface Meta {
  readonly timestamp: string;
  readonly request_id: string;
}

/** Gives the response its request id; everything sent later carries it. */
export function beginResponse(response: Response): void {
  response.setHeader('X-Request-Id', randomUUID());
}

export function sendData(response: Response, answer: Extract<Answer, { kind: 'json' }>, nowMs: number): void {
  const { status, data, meta } = answer;
  response.status(status).json({ success: true, data, meta: { ...makeMeta(response, nowMs), ...meta } });
}

export interface VaFailure {
  readonly status: number;
  readonly error: string;
  readonly details: Readonly<Record<string, unknown>> | null;
}

export function sendFailure(response: Response, failure: VaFailure, nowMs: number): void {
  const { status, error, details } = failure;
  response.status(status).json({ success: false, error, details, meta: makeMeta(response, nowMs) });
}

function makeMeta(response: Response, nowMs: number): Meta {
  return { timestamp: new Date(nowMs).toISOString(), request_id: String(response.getHeader('X-Request-Id')) };
}
