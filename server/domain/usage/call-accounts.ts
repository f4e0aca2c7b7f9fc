import type { Call } from '../calls/call.ts';
import type { TurnRepository } from '../calls/turn-repository.ts';
import type { Payer, WalletService } from '../wallets/wallet-service.ts';
import { measureCall } from './measure-call.ts';
import type { UsageRecorder } from './usage-recorder.ts';

export interface CallAccountsDeps {
  readonly wallets: WalletService;
  readonly usageRecorder: UsageRecorder;
  readonly turns: TurnRepository;
}

/** What a call has to do with money, inside the transaction that changes it. */
export class CallAccounts {
  readonly #deps: CallAccountsDeps;

  constructor(deps: CallAccountsDeps) {
    this.#deps = deps;
  }

  /** Throws `insufficient-credits` when enforcement is on and whoever pays has nothing left to spend. */
  requireFunds(payer: Payer, nowMs: number): void {
    this.#deps.wallets.requireFunds(payer, nowMs);
  }

  /** Writes down what an ended call used, and its debit; does nothing the second time. */
  meter(call: Call, nowMs: number): void {
    this.#deps.usageRecorder.record(measureCall(call, this.#deps.turns.ofCall(call.id)), nowMs);
  }
}
