import { randomUUID } from 'node:crypto';
import type { Timer } from '../../lifetime/clock.ts';
import { createResponse } from '../msg/build-message.ts';
import type { SipRequest, SipResponse } from '../msg/sip-message.ts';
import { patienceMs } from '../txn/timers.ts';
import type { Flow, ServerTransaction } from '../txn/transaction-layer.ts';
import type { ApplicationSide, Outgoing, ResponseDraft, SentListener } from './application-side.ts';
import type { Dialog } from './dialog.ts';
import type { Way } from './next-hop.ts';
import { buildResponse, tagWanted } from './response-building.ts';
import { launch, type OpenIncoming, type UaContext } from './ua-context.ts';

/** A request that is not INVITE, from its arrival to its final response. */
export class IncomingRequest implements OpenIncoming {
  readonly id = randomUUID();
  readonly owner: ApplicationSide;
  readonly dialog: Dialog | undefined;
  readonly #context: UaContext;
  readonly #transaction: ServerTransaction;
  readonly #final: (response: SipResponse, incoming: IncomingRequest) => Dialog | undefined;
  readonly #patience: Timer;
  #isOpen = true;

  /**
   * `final` is called with the application's final response before it goes out, and may name the dialog that this
   * response creates.
   */
  constructor(
    context: UaContext,
    transaction: ServerTransaction,
    owner: ApplicationSide,
    dialog: Dialog | undefined,
    final: (response: SipResponse, incoming: IncomingRequest) => Dialog | undefined,
  ) {
    this.#context = context;
    this.#transaction = transaction;
    this.owner = owner;
    this.dialog = dialog;
    this.#final = final;
    context.incoming.set(this.id, this);
    // The other side's own timer F ends with this: a later answer would find nobody.
    this.#patience = context.clock.after(patienceMs(context.timers), () => this.refuse(500));
  }

  get request(): SipRequest {
    return this.#transaction.request;
  }

  get flow(): Flow {
    return this.#transaction.flow;
  }

  respond(draft: ResponseDraft, sent: SentListener<SipResponse>): void {
    if (!this.#isOpen) {
      sent({ ok: false, reason: 'the transaction has had its final response' });
      return;
    }
    const toTag = this.dialog?.localTag ?? tagWanted(draft) ?? this.#context.newTag();
    const built = buildResponse(this.request, draft, this.flow, toTag);
    if (!built.ok) {
      sent(built);
      return;
    }
    let { dialog } = this;
    if (draft.status >= 200) {
      this.#close();
      dialog = this.#final(built.response, this) ?? dialog;
    }
    this.#transaction.respond(built.response);
    sent({ ok: true, message: built.response, flow: this.flow, dialog, id: this.id });
  }

  refuse(status: number): void {
    if (!this.#isOpen) return;
    this.#close();
    const toTag = this.dialog?.localTag ?? this.#context.newTag();
    const response = createResponse(this.request, status, { toTag });
    this.#final(response, this);
    this.#transaction.respond(response);
  }

  #close(): void {
    this.#isOpen = false;
    this.#context.incoming.delete(this.id);
    this.#patience.cancel();
  }
}

/** A request of ours that is not INVITE. */
export class OutgoingRequest implements Outgoing {
  readonly id = randomUUID();
  readonly owner: ApplicationSide;
  readonly #context: UaContext;
  readonly #dialog: Dialog | undefined;
  readonly #final: (response: SipResponse, flow: Flow | undefined) => Dialog | undefined;
  #request: SipRequest;

  /** `final` is called with the final response before the owner hears it, and may name the dialog it creates. */
  constructor(
    context: UaContext,
    request: SipRequest,
    owner: ApplicationSide,
    dialog: Dialog | undefined,
    final: (response: SipResponse, flow: Flow | undefined) => Dialog | undefined,
  ) {
    this.#context = context;
    this.#request = request;
    this.owner = owner;
    this.#dialog = dialog;
    this.#final = final;
  }

  get request(): SipRequest {
    return this.#request;
  }

  start(way: Way | undefined, sent: SentListener<SipRequest>): void {
    launch(this.#context, this.#request, way, {
      sent: (message, flow) => {
        this.#request = message;
        sent({ ok: true, message, flow, dialog: this.#dialog, id: this.id });
      },
      response: (response, flow) => this.#response(response, flow),
      failed: (response) => this.#response(response, undefined),
    });
  }

  #response(response: SipResponse, flow: Flow | undefined): void {
    const created = response.status >= 200 ? this.#final(response, flow) : undefined;
    this.owner.response(this, response, flow, created ?? this.#dialog);
  }
}
