import { z } from 'zod';
import { requireRole } from '../../../domain/credentials/principal.ts';
import type { IdentityService } from '../../../domain/sessions/identity-service.ts';
import type { HouseSettings, HouseSettingValues } from '../../../domain/settings/house-settings.ts';
import { type Route, route } from '../../route.ts';
import { present } from '../../wire-fields.ts';
import type { AppCaller } from './auth.ts';
import { done } from './people.wire.ts';

export interface HouseRouteParts {
  readonly identity: IdentityService;
  readonly settings: HouseSettings;
  readonly readCounters: () => Promise<unknown>;
}

const group = 'House';
const settingsWire = z.object({
  registration_open: z.boolean(),
  search_public: z.boolean(),
  voicera_envelope: z.enum(['bare', 'hybrid', 'envelope']),
});

export function houseRoutes({ identity, settings, readCounters }: HouseRouteParts): readonly Route<AppCaller>[] {
  return [
    route({
      method: 'GET',
      path: '/app/api/counters',
      summary: 'What every part of the house counts: what lives now, what was dropped, how late the clocks are',
      group,
      responses: { 200: z.record(z.string(), z.unknown()) },
      answer: async () => ({ kind: 'json', status: 200, data: await readCounters() }),
    }),
    route({
      method: 'GET',
      path: '/app/api/settings',
      summary: 'What is settled for the whole house',
      group,
      responses: { 200: settingsWire },
      answer: () => ({ kind: 'json', status: 200, data: toWire(settings.all()) }),
    }),
    route({
      method: 'PATCH',
      path: '/app/api/settings',
      summary: 'Change what is settled for the whole house',
      group,
      body: settingsWire.partial(),
      responses: { 200: settingsWire },
      answer: async ({ caller, body }) => {
        const change = present({
          isRegistrationOpen: body.registration_open,
          isSearchPublic: body.search_public,
          voiceraEnvelope: body.voicera_envelope,
        });
        return { kind: 'json', status: 200, data: toWire(await settings.change(caller, change)) };
      },
    }),
    route({
      method: 'POST',
      path: '/app/api/signing-keys/rotate',
      summary: 'Sign tokens with a new key from now on; older tokens stay good until they expire',
      group,
      responses: { 200: done },
      answer: async ({ caller }) => {
        requireRole(caller, 'super_admin');
        await identity.rotateKeys();
        return { kind: 'json', status: 200, data: { ok: true } };
      },
    }),
  ];
}

function toWire(values: HouseSettingValues): z.infer<typeof settingsWire> {
  const { isRegistrationOpen, isSearchPublic, voiceraEnvelope } = values;
  return { registration_open: isRegistrationOpen, search_public: isSearchPublic, voicera_envelope: voiceraEnvelope };
}
