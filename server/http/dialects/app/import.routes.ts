import { z } from 'zod';
import type { MovingInService } from '../../../domain/moving-in/moving-in-service.ts';
import type { PrintedLists } from '../../moving-in.ts';
import { type Route, route } from '../../route.ts';
import type { AppCaller } from './auth.ts';
import { bundleBody, reportWire, toBundle } from './bundle.wire.ts';

/** Larger sets come in several bundles: parsing one holds everything else up for as long. */
const bundleBytes = 32 * 1024 * 1024;

export interface ImportRouteParts {
  readonly movingIn: MovingInService;
  /** What other services print. */
  readonly printed: PrintedLists;
}

export function importRoutes({ movingIn, printed }: ImportRouteParts): readonly Route<AppCaller>[] {
  return [
    route({
      method: 'POST',
      path: '/app/api/import',
      summary: 'Bring in agents, numbers, files and tools with their ids: all of the bundle, or nothing',
      group: 'Moving in',
      maxBodyBytes: bundleBytes,
      query: z.object({ existing: z.enum(['refuse', 'skip'], 'must be refuse or skip').default('refuse') }),
      body: bundleBody(printed),
      responses: { 201: reportWire },
      answer: async ({ caller, query, body }) => {
        const skipExisting = query.existing === 'skip';
        const { existing, ...imported } = await movingIn.bringIn(caller, toBundle(body, caller.organizationId), {
          skipExisting,
        });
        return { kind: 'json', status: 201, data: { imported, existing } };
      },
    }),
  ];
}
