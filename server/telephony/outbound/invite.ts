import { messageOf } from '../../contract/errors.ts';
import { createDialog, type Srf, type SrfDialog, type SrfRequest, type SrfResponse } from '../connection/srf.ts';

export type InviteOutcome =
  | {
      readonly kind: 'answered';
      readonly dialog: SrfDialog;
      readonly sdp: string;
      /** Sends the ACK, which nobody else does; until then the 200 is repeated (RFC 3261, 13.2.2.4). */
      readonly acknowledge: () => void;
    }
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
  /** The other side rings, or plays something before it answers (RFC 3261, 21.1.2 and 21.1.5). */
  readonly onRinging: () => void;
}

type Acknowledge = (options?: { readonly body?: string }) => void;

/** One INVITE transaction of ours. */
export class Invite {
  readonly outcome: Promise<InviteOutcome>;
  /** Resolves with the first provisional response, 100 included. */
  readonly progress: Promise<void>;
  readonly #srf: Srf;
  readonly #options: InviteOptions;
  #progressed: () => void = () => {};
  #resolve: (outcome: InviteOutcome) => void = () => {};
  #earlySdp = '';
  #request: SrfRequest | undefined;
  #cancelWanted = false;
  #cancelSent = false;

  constructor(srf: Srf, options: InviteOptions) {
    this.#srf = srf;
    this.#options = options;
    this.progress = new Promise((resolve) => {
      this.#progressed = resolve;
    });
    this.outcome = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#send();
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

  #send(): void {
    const { uri, headers, sdp, proxy } = this.#options;
    const route = proxy === undefined ? {} : { proxy };
    try {
      this.#srf.request(uri, { method: 'INVITE', headers: { ...headers }, body: sdp, ...route }, (error, request) => {
        if (request !== undefined && !error) this.#sent(request);
        else this.#resolve({ kind: 'unsent', why: messageOf(error) });
      });
    } catch (failure) {
      this.#resolve({ kind: 'unsent', why: messageOf(failure) });
    }
  }

  #sent(request: SrfRequest): void {
    this.#request = request;
    request.on('response', (response: SrfResponse, acknowledge: Acknowledge) => {
      if (response.status < 200) this.#provisional(response, acknowledge);
      else this.#resolve(this.#final(request, response, acknowledge));
    });
    // An offer before the answer (RFC 3311, 5.2): what we offered is what we have.
    request.on('update', (_update: SrfRequest, response: SrfResponse) => {
      response.send(200, { body: this.#options.sdp });
    });
    if (this.#cancelWanted) this.cancel();
  }

  #provisional(response: SrfResponse, acknowledge: Acknowledge): void {
    if (response.body?.startsWith('v=')) this.#earlySdp = response.body;
    this.#progressed();
    if (response.status > 100) this.#options.onRinging();
    // PRACK (RFC 3262, 4).
    if (response.has('RSeq')) acknowledge();
  }

  #final(request: SrfRequest, response: SrfResponse, acknowledge: Acknowledge): InviteOutcome {
    const { status, reason } = response;
    if (status >= 300) {
      acknowledge();
      return { kind: 'final', status, reason, response };
    }
    try {
      const dialog = createDialog(this.#srf, request, response);
      // An answer that came in a provisional response need not be repeated in the 200 (RFC 3261, 13.2.1).
      const sdp = dialog.remote.sdp ?? '';
      return { kind: 'answered', dialog, sdp: sdp === '' ? this.#earlySdp : sdp, acknowledge: () => acknowledge() };
    } catch (failure) {
      acknowledge();
      return { kind: 'final', status: 500, reason: messageOf(failure), response };
    }
  }
}
