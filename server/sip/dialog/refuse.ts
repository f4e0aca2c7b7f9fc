import { createResponse } from '../msg/build-message.ts';
import type { ServerTransaction } from '../txn/transaction-layer.ts';
import type { Refusal } from './capabilities.ts';
import type { UaContext } from './ua-context.ts';

/** Answers a request in nobody's name. */
export function refuse(context: UaContext, transaction: ServerTransaction, { status, reason, headers }: Refusal): void {
  transaction.respond(createResponse(transaction.request, status, { reason, headers, toTag: context.newTag() }));
}
