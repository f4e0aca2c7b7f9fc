import type { CallEndReason } from '../../contract/call.ts';
import type { Agent } from '../agents/agent.ts';
import type { JsonObject } from '../json-column.ts';

/** Samples at 16 kHz in network byte order, or G.711 µ-law at 8 kHz. */
export type WebAudioFormat = 'L16' | 'PCMU';

export interface WebCallOrder {
  readonly agent: Agent;
  readonly userId: string | null;
  readonly format: WebAudioFormat;
  /** Values for `{{key}}` in prompt and greeting. */
  readonly variables: JsonObject;
  /** Who calls, as far as the client says: a number or a name. */
  readonly from: string;
}

/** What a web caller gets to hear and to know. Called only after `open` has resolved. */
export interface WebCaller {
  /** 20 ms of the agent's side, in the order's format. */
  audio(payload: Buffer): void;
  /** The agent was interrupted: what the client has not played yet is not to be heard. */
  interrupted(): void;
  /** Once, when the call is over. */
  ended(reason: CallEndReason): void;
}

/** A web call that is on. */
export interface WebCall {
  readonly callId: string;
  /** Audio of the caller, any length, in the order's format. */
  audio(payload: Buffer): void;
  digit(digit: string): void;
  /** On hold nothing is heard, said or timed. */
  hold(held: boolean): void;
  /** The caller hangs up. Resolves when the call is written down. */
  hangUp(): Promise<void>;
}

/** Calls of people who come by WebSocket: the same conversation as a phone call's. `calls` implements it. */
export interface WebCalls {
  /** Throws `too-many-calls` or `agent-disabled`; resolves when the agent is about to speak. */
  open(order: WebCallOrder, caller: WebCaller): Promise<WebCall>;
}
