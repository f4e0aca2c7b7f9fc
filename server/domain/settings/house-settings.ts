import type { UnitOfWork } from '../../events/unit-of-work.ts';
import { type Principal, requireRole } from '../credentials/principal.ts';
import type { SettingsRepository } from './settings-repository.ts';

/** What an administrator has settled for the whole house. */
export interface HouseSettingValues {
  /** Whether strangers may make an account of their own. */
  readonly isRegistrationOpen: boolean;
  /** Whether the files of agents may be searched without a credential, as Kupe's contract has it. */
  readonly isSearchPublic: boolean;
  /** How VoiceERA's clients get their answers: as the examples of its page, with its declared envelope, or both. */
  readonly voiceraEnvelope: 'bare' | 'hybrid' | 'envelope';
}

const defaults: HouseSettingValues = {
  isRegistrationOpen: true,
  isSearchPublic: false,
  voiceraEnvelope: 'hybrid',
};

export class HouseSettings {
  readonly #unitOfWork: UnitOfWork;
  readonly #settings: SettingsRepository;

  constructor(unitOfWork: UnitOfWork, settings: SettingsRepository) {
    this.#unitOfWork = unitOfWork;
    this.#settings = settings;
  }

  get<Name extends keyof HouseSettingValues>(name: Name): HouseSettingValues[Name] {
    return (this.#settings.get(name) ?? defaults[name]) as HouseSettingValues[Name];
  }

  all(): HouseSettingValues {
    return {
      isRegistrationOpen: this.get('isRegistrationOpen'),
      isSearchPublic: this.get('isSearchPublic'),
      voiceraEnvelope: this.get('voiceraEnvelope'),
    };
  }

  /** Throws `forbidden` for all but super administrators. */
  async change(principal: Principal, change: Partial<HouseSettingValues>): Promise<HouseSettingValues> {
    requireRole(principal, 'super_admin');
    await this.#unitOfWork.run((record, nowMs) => {
      for (const [name, value] of Object.entries(change)) {
        if (value === undefined) continue;
        this.#settings.put(name, value, nowMs);
        record(principal.organizationId, { kind: 'house-setting-changed', name });
      }
    });
    return this.all();
  }
}
