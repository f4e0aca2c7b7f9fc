import { z } from 'zod';
import type { WalletService } from '../../../domain/wallets/wallet-service.ts';
import { type Route, route } from '../../route.ts';
import { json, wholeList } from './answers.ts';
import type { KupeCaller } from './auth.ts';
import { requireSession } from './gates.ts';
import { limitQuery } from './paging.ts';
import {
  adjustBody,
  adjustedSchema,
  capBody,
  changedSchema,
  entryToWire,
  grantBody,
  grantedSchema,
  grantToWire,
  toGrantDraft,
  walletDetailSchema,
  walletDetailToWire,
  walletListSchema,
  walletSchema,
  walletToWire,
} from './wallets.wire.ts';

const group = 'Wallets';
const base = '/api/v1/wallets';
const ledgerPage = 100;

export function walletRoutes({ wallets }: { readonly wallets: WalletService }): readonly Route<KupeCaller>[] {
  return [...readRoutes(wallets), ...changeRoutes(wallets)];
}

function readRoutes(wallets: WalletService): readonly Route<KupeCaller>[] {
  const responses = { 200: walletListSchema };
  return [
    route({
      method: 'GET',
      path: `${base}/me`,
      summary: 'Get the wallet that pays for the caller',
      group,
      responses: { 200: walletSchema },
      answer: async ({ caller }) => json(walletToWire(await wallets.me(caller))),
    }),
    route({
      method: 'GET',
      path: `${base}/users`,
      summary: 'List the wallets of all users (super_admin)',
      group,
      responses,
      answer: async ({ caller }) => {
        const { items, total } = await wallets.listUsers(caller, wholeList);
        return json({ items: items.map(walletToWire), total });
      },
    }),
    route({
      method: 'GET',
      path: `${base}/orgs`,
      summary: 'List the wallets of all organizations (super_admin)',
      group,
      responses,
      answer: async ({ caller }) => {
        const { items, total } = await wallets.listOrganizations(caller, wholeList);
        return json({ items: items.map(walletToWire), total });
      },
    }),
    route({
      method: 'GET',
      path: `${base}/orgs/{org_id}/members`,
      summary: "List the wallets of an organization's members (org_admin)",
      group,
      responses,
      answer: async ({ caller, params }) => {
        const { items, total } = await wallets.listMembers(caller, params.org_id, wholeList);
        return json({ items: items.map(walletToWire), total });
      },
    }),
    route({
      method: 'GET',
      path: `${base}/{wallet_id}`,
      summary: 'Get a wallet with its grants, ledger and upcoming expiry',
      group,
      query: z.object(limitQuery),
      responses: { 200: walletDetailSchema },
      answer: async ({ caller, params, query }) => {
        const page = { limit: query.limit ?? ledgerPage, offset: query.offset ?? 0 };
        return json(walletDetailToWire(await wallets.detail(caller, params.wallet_id, page)));
      },
    }),
  ];
}

/** For people who signed in: keys may not move credit. */
function changeRoutes(wallets: WalletService): readonly Route<KupeCaller>[] {
  return [
    route({
      method: 'POST',
      path: `${base}/{wallet_id}/grants`,
      summary: 'Give credit: org_admin from the organization, super_admin minted',
      group,
      body: grantBody,
      responses: { 200: grantedSchema },
      answer: async ({ caller, params, body }) => {
        requireSession(caller);
        const { grant, wallet } = await wallets.grant(caller, params.wallet_id, toGrantDraft(body));
        return json({ message: 'Credits granted', grant: grantToWire(grant), wallet: walletToWire(wallet) });
      },
    }),
    route({
      method: 'POST',
      path: `${base}/{wallet_id}/cap`,
      summary: 'Set the monthly cap (org_admin); null takes it away',
      group,
      body: capBody,
      responses: { 200: changedSchema },
      answer: async ({ caller, params, body }) => {
        requireSession(caller);
        const wallet = await wallets.setCap(caller, params.wallet_id, body.monthly_cap_usd);
        const message = wallet.capMicro === null ? 'Monthly cap cleared' : 'Monthly cap set';
        return json({ message, wallet: walletToWire(wallet) });
      },
    }),
    route({
      method: 'POST',
      path: `${base}/{wallet_id}/adjust`,
      summary: 'Correct a balance without a grant (super_admin)',
      group,
      body: adjustBody,
      responses: { 200: adjustedSchema },
      answer: async ({ caller, params, body }) => {
        requireSession(caller);
        const change = { amountMicro: body.amount_usd, reason: body.reason };
        const { entry, wallet } = await wallets.adjust(caller, params.wallet_id, change);
        return json({ message: 'Balance adjusted', entry: entryToWire(entry), wallet: walletToWire(wallet) });
      },
    }),
  ];
}
