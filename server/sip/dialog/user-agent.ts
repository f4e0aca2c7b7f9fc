import type { Clock } from '../../lifetime/clock.ts';
import { tagOf } from '../msg/name-addr.ts';
import type { SipRequest, SipResponse } from '../msg/sip-message.ts';
import type { SipTimers } from '../txn/timers.ts';
import type { ServerTransaction, TransactionHandler, TransactionLayer } from '../txn/transaction-layer.ts';
import type {
  ApplicationSelector,
  ApplicationSide,
  HeaderPairs,
  RequestDraft,
  ResponseDraft,
  SentListener,
} from './application-side.ts';
import { inspect, refuseUnrouted } from './capabilities.ts';
import { CSeqSource, composeRequest, randomToken } from './compose-request.ts';
import { ContactBindings } from './contact-bindings.ts';
import type { Dialog } from './dialog.ts';
import { DialogRequests } from './dialog-requests.ts';
import { DialogTable } from './dialog-table.ts';
import { endDialog } from './ending.ts';
import { InDialogDispatch } from './in-dialog-dispatch.ts';
import { IncomingInvite } from './incoming-invite.ts';
import { hopOf, type Router } from './next-hop.ts';
import { OutgoingInvite } from './outgoing-invite.ts';
import { IncomingRequest, OutgoingRequest } from './plain-requests.ts';
import { refuse } from './refuse.ts';
import { intervalProblem } from './session-timer.ts';
import { Subscriptions } from './subscriptions.ts';
import type { UaContext } from './ua-context.ts';

export interface UserAgentOptions {
  readonly clock: Clock;
  readonly timers: SipTimers;
  readonly layer: TransactionLayer;
  readonly router: Router;
  readonly applications: ApplicationSelector;
}

export interface UserAgentCounters {
  readonly dialogs: number;
  readonly incoming: number;
  readonly outgoingInvites: number;
}

/** Requests that only make sense inside a dialog or a transaction. */
const NEVER_OUTSIDE = new Set(['ACK', 'BYE', 'PRACK', 'CANCEL', 'UPDATE']);

/**
 * The SIP user agent: takes requests from the transaction layer to the applications and back, and keeps the dialogs
 * (RFC 3261 8, 12 to 15). It is never a proxy.
 */
export class UserAgent {
  /** What the transaction layer tells of the network. */
  readonly handler: TransactionHandler;
  readonly #options: UserAgentOptions;
  readonly #context: UaContext;
  readonly #dispatch: InDialogDispatch;
  readonly #dialogRequests: DialogRequests;
  readonly #subscriptions: Subscriptions;
  readonly #cseqs: CSeqSource;
  readonly #bindings: ContactBindings;
  readonly #invites = new Map<ServerTransaction, IncomingInvite>();

  constructor(options: UserAgentOptions) {
    this.#options = options;
    const { clock, timers, layer, router } = options;
    this.#context = {
      clock,
      timers,
      layer,
      router,
      dialogs: new DialogTable(),
      incoming: new Map(),
      outgoingInvites: new Map(),
      newTag: randomToken,
      sendRefresh: (dialog, method, headers, done) => this.#dialogRequests.refresh(dialog, method, headers, done),
    };
    this.#cseqs = new CSeqSource(clock);
    this.#bindings = new ContactBindings(clock);
    this.#subscriptions = new Subscriptions(this.#context);
    this.#dialogRequests = new DialogRequests(this.#context, this.#subscriptions);
    this.#dispatch = new InDialogDispatch(this.#context, this.#subscriptions, (transaction, invite) =>
      this.#track(transaction, invite),
    );
    this.handler = {
      request: (transaction) => this.#request(transaction),
      ack: (request, flow) => this.#dispatch.ack(request, flow),
      cancel: (invite, cancel) => this.#invites.get(invite)?.cancel(cancel),
      // A 2xx later than 64*T1: its dialog has been answered or given up long ago.
      strayResponse: () => {},
    };
  }

  counters(): UserAgentCounters {
    const { dialogs, incoming, outgoingInvites } = this.#context;
    return { dialogs: dialogs.size, incoming: incoming.size, outgoingInvites: outgoingInvites.size };
  }

  /** Sends a request outside any dialog; `routeUri` names the outbound proxy for it. */
  send(
    owner: ApplicationSide,
    draft: RequestDraft,
    routeUri: string | undefined,
    sent: SentListener<SipRequest>,
  ): void {
    if (NEVER_OUTSIDE.has(draft.method)) {
      sent({ ok: false, reason: 'unable to find dialog' });
      return;
    }
    const bound = routeUri === undefined ? this.#bindings.find(draft.uri) : undefined;
    const destination = bound === undefined ? hopOf(routeUri ?? draft.uri) : [bound];
    if (destination === undefined) {
      sent({ ok: false, reason: `no transport for ${routeUri ?? draft.uri}` });
      return;
    }
    this.#context.router.find(destination, (way) => {
      const home = this.#context.router.home;
      const address = way?.flow.localAddress ?? home.address;
      const port = way?.flow.localPort ?? home.port;
      const transport = way?.flow.transport ?? 'udp';
      const composed = composeRequest(draft, { transport, address, port }, this.#cseqs);
      if (!composed.ok) {
        sent(composed);
      } else if (draft.method === 'INVITE') new OutgoingInvite(this.#context, composed.request, owner).start(way, sent);
      else if (draft.method === 'SUBSCRIBE') this.#subscriptions.subscribe(composed.request, owner, way, sent);
      else new OutgoingRequest(this.#context, composed.request, owner, undefined, () => undefined).start(way, sent);
    });
  }

  /** Sends a request (also ACK, PRACK, BYE) inside the dialog of this handle. */
  sendInDialog(handle: string, draft: RequestDraft, sent: SentListener<SipRequest>): void {
    this.#dialogRequests.send(handle, draft, sent);
  }

  /** Cancels an INVITE of ours; the CANCEL goes out at once or with the first provisional response. */
  cancel(id: string, headers: HeaderPairs, sent: SentListener<SipRequest>): void {
    const invite = this.#context.outgoingInvites.get(id);
    const message = invite?.cancel(headers);
    if (invite === undefined || message === undefined) sent({ ok: false, reason: 'no INVITE to cancel' });
    else sent({ ok: true, message, flow: invite.flow, dialog: undefined, id: randomToken() });
  }

  respond(id: string, draft: ResponseDraft, sent: SentListener<SipResponse>): void {
    const incoming = this.#context.incoming.get(id);
    if (incoming === undefined) sent({ ok: false, reason: 'unable to find transaction' });
    else incoming.respond(draft, sent);
  }

  /** The application is gone: BYE for its live calls, an end for everything it had under way. */
  lost(owner: ApplicationSide): void {
    const { incoming, outgoingInvites, dialogs } = this.#context;
    for (const open of incoming.values()) {
      if (open.owner !== owner) continue;
      if (open.request.method === 'INVITE') open.refuse(487);
      else open.refuse(open.request.method === 'BYE' ? 200 : open.dialog === undefined ? 503 : 481);
    }
    for (const invite of outgoingInvites.values()) if (invite.owner === owner) invite.abandon();
    for (const dialog of dialogs.all()) {
      if (dialog.owner !== owner) continue;
      if (dialog.method !== 'INVITE') dialog.end();
      else if (dialog.state === 'confirmed') endDialog(this.#context, dialog, 'application lost', false);
    }
  }

  /** Ends every call of every application. */
  lostAll(): void {
    const { incoming, outgoingInvites, dialogs } = this.#context;
    const owners = new Set<ApplicationSide>();
    for (const { owner } of [...incoming.values(), ...outgoingInvites.values(), ...dialogs.all()]) owners.add(owner);
    for (const owner of owners) this.lost(owner);
  }

  #request(transaction: ServerTransaction): void {
    const { request } = transaction;
    const refusal = inspect(request);
    if (refusal !== undefined) {
      refuse(this.#context, transaction, refusal);
      return;
    }
    const toTag = tagOf(request.headers.get('To'));
    if (toTag === undefined) this.#outside(transaction);
    else this.#dispatch.request(transaction, toTag);
  }

  #outside(transaction: ServerTransaction): void {
    const { request } = transaction;
    const { method } = request;
    const { applications } = this.#options;
    const owner = NEVER_OUTSIDE.has(method) ? undefined : applications.select(method);
    if (owner === undefined) {
      refuse(this.#context, transaction, refuseUnrouted(method, applications.present));
      return;
    }
    if (method === 'INVITE') this.#newInvite(transaction, owner);
    else
      owner.request(new IncomingRequest(this.#context, transaction, owner, undefined, (r, i) => this.#answered(r, i)));
  }

  #newInvite(transaction: ServerTransaction, owner: ApplicationSide): void {
    const tooShort = intervalProblem(transaction.request);
    if (tooShort !== undefined) {
      refuse(this.#context, transaction, tooShort);
      return;
    }
    const invite = new IncomingInvite(this.#context, transaction, owner);
    this.#track(transaction, invite);
    owner.request(invite);
  }

  #track(transaction: ServerTransaction, invite: IncomingInvite): void {
    this.#invites.set(transaction, invite);
    transaction.onTerminated(() => this.#invites.delete(transaction));
  }

  #answered(response: SipResponse, incoming: IncomingRequest): Dialog | undefined {
    if (response.status >= 300) return undefined;
    if (incoming.request.method === 'SUBSCRIBE') return this.#subscriptions.accepted(response, incoming);
    if (incoming.request.method === 'REGISTER') this.#bindings.learn(incoming.request, response, incoming.flow);
    return undefined;
  }
}
