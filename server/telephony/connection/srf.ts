import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';

/**
 * The part of drachtio-srf 5.0.29 that Landline uses, as it behaves (its own declarations leave out or mistype half of
 * it). Nothing else in the house may know that library.
 */
export interface SrfMessage {
  /** Several headers of one name come joined by commas. */
  get(name: string): string | undefined;
  has(name: string): boolean;
  readonly body: string | undefined;
  readonly source_address: string;
  readonly source_port: number;
  readonly protocol: string;
}

export interface SrfRequest extends SrfMessage, EventEmitter {
  readonly method: string;
  readonly uri: string;
  /** `application` for a BYE that the core made by itself. */
  readonly source: 'network' | 'application';
  readonly stackDialogId: string | undefined;
  /** Parts of a multipart body, or the one body. */
  readonly payload: readonly { readonly type?: string | null; readonly content?: string }[];
  /** Only for a request of ours. Throws when the connection is gone. */
  cancel(done: (error: Error | null) => void): void;
}

export interface SrfSendOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface SrfResponse extends SrfMessage, EventEmitter {
  readonly status: number;
  readonly reason: string;
  readonly finalResponseSent: boolean;
  send(status: number, options?: SrfSendOptions): void;
  send(status: number, reason: string, options?: SrfSendOptions): void;
}

export interface SrfDialog extends EventEmitter {
  readonly id: string;
  connected: boolean;
  readonly sip: { readonly callId: string; readonly localTag: string; readonly remoteTag: string };
  readonly local: { readonly contact: string | undefined };
  readonly remote: { readonly uri: string; readonly sdp: string | undefined };
  readonly req: SrfRequest;
  readonly res: SrfResponse;
  request(
    options: { readonly method: string } & SrfSendOptions,
    done: (error: Error | null, response?: SrfResponse) => void,
  ): void;
}

export type SrfRoute = (request: SrfRequest, response: SrfResponse) => void;

export interface SrfConnectOptions {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
  /** With 1 the library leaves reconnecting to us. */
  readonly reconnect: { readonly maxAttempts: number };
}

export interface Srf extends EventEmitter {
  connect(options: SrfConnectOptions): void;
  disconnect(): void;
  use(verb: string, route: SrfRoute): void;
  createUAS(
    request: SrfRequest,
    response: SrfResponse,
    options: { readonly localSdp: string; readonly headers: Readonly<Record<string, string>> },
    done: (error: Error | null, dialog?: SrfDialog) => void,
  ): void;
  /** `sent` hears of the request once it is out, or why it isn't. */
  request(uri: string, options: SrfInviteOptions, sent: (error: Error | null, request?: SrfRequest) => void): void;
  addDialog(dialog: SrfDialog): void;
  removeDialog(dialog: SrfDialog): void;
}

export interface SrfInviteOptions {
  readonly method: 'INVITE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly proxy?: string;
}

interface SrfClass {
  new (): Srf;
  readonly Dialog: new (
    srf: Srf,
    type: 'uac',
    made: { readonly req: SrfRequest; readonly res: SrfResponse },
  ) => SrfDialog;
}

const SrfClass = createRequire(import.meta.url)('drachtio-srf') as SrfClass;

export function createSrf(): Srf {
  return new SrfClass();
}

/**
 * The dialog that a 2xx to our INVITE makes. `createUAC` does the same, but sends the ACK before anyone hears of the
 * answer. Throws for a response without a usable Contact.
 */
export function createDialog(srf: Srf, req: SrfRequest, res: SrfResponse): SrfDialog {
  const dialog = new SrfClass.Dialog(srf, 'uac', { req, res });
  srf.addDialog(dialog);
  return dialog;
}
