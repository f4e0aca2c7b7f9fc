import { tagOf } from '../msg/name-addr.ts';
import type { SipRequest, SipResponse } from '../msg/sip-message.ts';
import type { Flow } from '../txn/transaction-layer.ts';
import type { ApplicationSide, SentListener } from './application-side.ts';
import { type Dialog, dialogAsUac, dialogAsUas, dialogOfEarlyNotify } from './dialog.ts';
import type { Way } from './next-hop.ts';
import { type IncomingRequest, OutgoingRequest } from './plain-requests.ts';
import type { UaContext } from './ua-context.ts';

const DEFAULT_EXPIRES_SECONDS = 3_600;
/** How long after its expiry a subscription may still be ended by its final NOTIFY. */
const GRACE_MS = 64_000;

interface PendingSubscribe {
  readonly request: SipRequest;
  readonly owner: ApplicationSide;
}

/** The dialogs of SUBSCRIBE: made by its 2xx or by the NOTIFY that overtook it, ended by the last NOTIFY or expiry. */
export class Subscriptions {
  readonly #context: UaContext;
  readonly #pending = new Map<string, PendingSubscribe>();

  constructor(context: UaContext) {
    this.#context = context;
  }

  subscribe(request: SipRequest, owner: ApplicationSide, way: Way | undefined, sent: SentListener<SipRequest>): void {
    const key = keyOf(request.headers.get('Call-ID'), tagOf(request.headers.get('From')));
    this.#pending.set(key, { request, owner });
    const outgoing = new OutgoingRequest(this.#context, request, owner, undefined, (response, flow) => {
      this.#pending.delete(key);
      return response.status < 300 && flow !== undefined ? this.#created(request, response, flow, owner) : undefined;
    });
    outgoing.start(way, sent);
  }

  /** The dialog that the application's 2xx to a SUBSCRIBE creates. */
  accepted(response: SipResponse, incoming: IncomingRequest): Dialog {
    const localTag = tagOf(response.headers.get('To')) ?? '';
    const dialog = dialogAsUas(incoming.request, localTag, incoming.flow, incoming.owner);
    this.#add(dialog, response);
    return dialog;
  }

  /** The dialog that this NOTIFY creates because it arrived before the 2xx to our SUBSCRIBE. */
  early(notify: SipRequest, toTag: string, flow: Flow): Dialog | undefined {
    const pending = this.#pending.get(keyOf(notify.headers.get('Call-ID'), toTag));
    if (pending === undefined) return undefined;
    const dialog = dialogOfEarlyNotify(pending.request, notify, flow, pending.owner);
    this.#add(dialog, notify);
    return dialog;
  }

  /** A SUBSCRIBE inside the dialog was accepted. */
  refreshed(dialog: Dialog, response: SipResponse): void {
    this.#expireLater(dialog, response.headers.get('Expires'));
  }

  /** A NOTIFY has had its final response, or is about to. */
  notified(dialog: Dialog, notify: SipRequest): void {
    if (dialog.method !== 'SUBSCRIBE') return;
    if (/^\s*terminated\b/i.test(notify.headers.get('Subscription-State') ?? '')) dialog.end();
  }

  #created(request: SipRequest, response: SipResponse, flow: Flow, owner: ApplicationSide): Dialog {
    const dialog = dialogAsUac(request, response, flow, owner);
    const known = this.#context.dialogs.find(dialog.callId, dialog.localTag, dialog.remoteTag);
    if (known !== undefined) {
      this.#expireLater(known, response.headers.get('Expires'));
      return known;
    }
    this.#add(dialog, response);
    return dialog;
  }

  #add(dialog: Dialog, message: SipRequest | SipResponse): void {
    dialog.confirm();
    this.#context.dialogs.add(dialog);
    this.#expireLater(dialog, message.headers.get('Expires'));
  }

  #expireLater(dialog: Dialog, expires: string | undefined): void {
    dialog.stopSessionTimer?.();
    const seconds = Number(expires ?? DEFAULT_EXPIRES_SECONDS);
    const timer = this.#context.clock.after(seconds * 1000 + GRACE_MS, () => dialog.end());
    dialog.stopSessionTimer = () => timer.cancel();
  }
}

const keyOf = (callId: string | undefined, localTag: string | undefined): string => `${callId}|${localTag}`;
