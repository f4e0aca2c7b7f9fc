import { messageOf } from '../../contract/errors.ts';
import type { Srf, SrfDialog, SrfError, SrfRequest, SrfResponse } from '../connection/srf.ts';

export type InviteOutcome =
  | { readonly kind: 'answered'; readonly dialog: SrfDialog; readonly sdp: string }
  /** A final response from the network, or made by the core (408, 503). */
  | { readonly kind: 'final'; readonly status: number; readonly reason: string; readonly response?: SrfResponse }
  /** The core refused to send it. */
  | { readonly kind: 'unsent'; readonly why: string };

export interface InviteOptions {
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly sdp: string;
  /** Next hop that isn't the URI's. */
  readonly proxy?: string;
}

/** One INVITE transaction of ours. */
export class Invite {
  readonly outcome: Promise<InviteOutcome>;
  /** Resolves with the first provisional response, 100 included. */
  readonly progress: Promise<void>;
  #request: SrfRequest | undefined;
  #cancelWanted = false;
  #cancelSent = false;

  constructor(srf: Srf, options: InviteOptions) {
    let progressed = () => {};
    this.progress = new Promise((resolve) => {
      progressed = resolve;
    });
    this.outcome = new Promise((resolve) => {
      let earlySdp = '';
      const { uri, headers, sdp, proxy } = options;
      const cbRequest = (error: Error | null, request?: SrfRequest) => {
        if (!error && request) this.#sent(request);
      };
      const cbProvisional = (response: SrfResponse) => {
        earlySdp = response.body?.startsWith('v=') ? response.body : earlySdp;
        progressed();
      };
      const done = (error: SrfError | null, dialog?: SrfDialog) => resolve(outcomeOf(error, dialog, earlySdp));
      try {
        const target = { localSdp: sdp, headers: { ...headers }, ...(proxy === undefined ? {} : { proxy }) };
        srf.createUAC(uri, target, { cbRequest, cbProvisional }, done);
      } catch (failure) {
        resolve({ kind: 'unsent', why: messageOf(failure) });
      }
    });
  }

  /** The INVITE as it went out. */
  get request(): SrfRequest | undefined {
    return this.#request;
  }

  /** Sends CANCEL, at once or as soon as the INVITE is out; the core holds it until a provisional has come. */
  cancel(): void {
    this.#cancelWanted = true;
    const request = this.#request;
    if (request === undefined || this.#cancelSent) return;
    this.#cancelSent = true;
    try {
      request.cancel(() => {});
    } catch {
      // The connection is gone, and the transaction with it.
    }
  }

  #sent(request: SrfRequest): void {
    this.#request = request;
    if (this.#cancelWanted) this.cancel();
  }
}

function outcomeOf(error: SrfError | null, dialog: SrfDialog | undefined, earlySdp: string): InviteOutcome {
  if (dialog !== undefined) {
    // An answer that came in a provisional response need not be repeated in the 200 (RFC 3261, 13.2.1).
    const sdp = dialog.remote.sdp ?? '';
    return { kind: 'answered', dialog, sdp: sdp === '' ? earlySdp : sdp };
  }
  if (error?.status === undefined) return { kind: 'unsent', why: messageOf(error) };
  const { status, reason = '', res } = error;
  return { kind: 'final', status, reason, ...(res === undefined ? {} : { response: res }) };
}
