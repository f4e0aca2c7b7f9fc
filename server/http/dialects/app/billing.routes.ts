import { z } from 'zod';
import { requireRole } from '../../../domain/credentials/principal.ts';
import { type Price, serviceTypes, usageUnits } from '../../../domain/usage/usage.ts';
import type { UsageService } from '../../../domain/usage/usage-service.ts';
import { currency } from '../../../domain/wallets/wallet.ts';
import type { WalletService } from '../../../domain/wallets/wallet-service.ts';
import { type Route, route } from '../../route.ts';
import { isoTime, shortText } from '../../wire-fields.ts';
import type { AppCaller } from './auth.ts';
import { done } from './people.wire.ts';

export interface BillingRouteParts {
  readonly usage: UsageService;
  readonly wallets: WalletService;
}

const group = 'Billing';
const micro = z.int().min(0);
const settingsWire = z.object({ enforcement: z.boolean(), currency: z.string() });
const priceKey = {
  service_type: z.enum(serviceTypes),
  provider: shortText.default('*'),
  model: z.string().trim().max(200).default('*'),
  unit: z.enum(usageUnits),
};
const priceWire = z.object({ ...priceKey, price_micro: micro, per_quantity: z.int().min(1).default(1) });
const priceListWire = z.object({ prices: z.array(priceWire.extend({ updated_at: z.string() })) });
const entryWire = z.object({ entry_id: z.string(), wallet_id: z.string(), balance_micro: z.int() });
const checkWire = z.object({
  in_order: z.boolean(),
  imbalances: z.array(z.object({ wallet_id: z.string(), balance_micro: z.int(), ledger_micro: z.int() })),
});

/** What things cost and whether credit is demanded: for super administrators. Amounts are in millionths. */
export function billingRoutes(parts: BillingRouteParts): readonly Route<AppCaller>[] {
  return [...settingRoutes(parts), ...priceRoutes(parts), ...ledgerRoutes(parts)];
}

function settingRoutes({ wallets }: BillingRouteParts): readonly Route<AppCaller>[] {
  const settings = () => {
    const data = { enforcement: wallets.isEnforced(), currency };
    return { kind: 'json', status: 200, data } as const;
  };
  return [
    route({
      method: 'GET',
      path: '/app/api/billing/settings',
      summary: 'Whether calls without credit are refused',
      group,
      responses: { 200: settingsWire },
      answer: settings,
    }),
    route({
      method: 'PATCH',
      path: '/app/api/billing/settings',
      summary: 'Refuse calls without credit, or let wallets be overdrawn',
      group,
      body: settingsWire.pick({ enforcement: true }),
      responses: { 200: settingsWire },
      answer: async ({ caller, body }) => {
        await wallets.setEnforced(caller, body.enforcement);
        return settings();
      },
    }),
  ];
}

function priceRoutes({ usage }: BillingRouteParts): readonly Route<AppCaller>[] {
  const list = (caller: AppCaller) => {
    requireRole(caller, 'super_admin');
    return { kind: 'json', status: 200, data: { prices: usage.prices().map(priceToWire) } } as const;
  };
  return [
    route({
      method: 'GET',
      path: '/app/api/billing/prices',
      summary: 'What services cost; what is not listed costs nothing',
      group,
      responses: { 200: priceListWire },
      answer: ({ caller }) => list(caller),
    }),
    route({
      method: 'PUT',
      path: '/app/api/billing/prices',
      summary: 'Set a price for what is used from now on; * stands for any provider or model',
      group,
      body: priceWire,
      responses: { 200: priceListWire },
      answer: async ({ caller, body }) => {
        const { price_micro: priceMicro, per_quantity: perQuantity } = body;
        await usage.setPrice(caller, { ...toPriceKey(body), priceMicro, perQuantity });
        return list(caller);
      },
    }),
    route({
      method: 'DELETE',
      path: '/app/api/billing/prices',
      summary: 'Remove a price',
      group,
      query: z.object(priceKey),
      responses: { 200: done },
      answer: async ({ caller, query }) => {
        await usage.removePrice(caller, toPriceKey(query));
        return { kind: 'json', status: 200, data: { ok: true } };
      },
    }),
  ];
}

function ledgerRoutes({ wallets }: BillingRouteParts): readonly Route<AppCaller>[] {
  return [
    route({
      method: 'POST',
      path: '/app/api/billing/ledger/{entry_id}/refund',
      summary: 'Give a debit back, wholly or in part',
      group,
      body: z.object({ amount_micro: z.int().min(1), reason: shortText }),
      responses: { 200: entryWire },
      answer: async ({ caller, params, body }) => {
        const refund = { amountMicro: body.amount_micro, reason: body.reason };
        const { entry, wallet } = await wallets.refund(caller, params.entry_id, refund);
        const data = { entry_id: entry.id, wallet_id: wallet.id, balance_micro: wallet.balanceMicro };
        return { kind: 'json', status: 200, data };
      },
    }),
    route({
      method: 'GET',
      path: '/app/api/billing/check',
      summary: 'Add up every ledger and compare it with its balance',
      group,
      responses: { 200: checkWire },
      answer: ({ caller }) => {
        const imbalances = wallets.imbalances(caller).map(({ walletId, balanceMicro, ledgerMicro }) => {
          return { wallet_id: walletId, balance_micro: balanceMicro, ledger_micro: ledgerMicro };
        });
        return { kind: 'json', status: 200, data: { in_order: imbalances.length === 0, imbalances } };
      },
    }),
  ];
}

function toPriceKey(wire: Pick<z.infer<typeof priceWire>, keyof typeof priceKey>) {
  const { service_type: serviceType, provider, model, unit } = wire;
  return { serviceType, provider, model, unit };
}

function priceToWire(price: Price): z.infer<typeof priceListWire>['prices'][number] {
  return {
    service_type: price.serviceType,
    provider: price.provider,
    model: price.model,
    unit: price.unit,
    price_micro: price.priceMicro,
    per_quantity: price.perQuantity,
    updated_at: isoTime(price.updatedAtMs),
  };
}
