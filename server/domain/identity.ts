import type { Database, UnitOfWork } from '../events/unit-of-work.ts';
import type { Clock } from '../lifetime/clock.ts';
import type { Logger } from '../log/logger.ts';
import type { CredentialRepository } from './credentials/credential-repository.ts';
import { CredentialService } from './credentials/credential-service.ts';
import type { OrganizationRepository } from './organizations/organization-repository.ts';
import { OrganizationService } from './organizations/organization-service.ts';
import { openSecretBox } from './secrets/secret-key-file.ts';
import { AccessTokens } from './sessions/access-tokens.ts';
import { IdentityService } from './sessions/identity-service.ts';
import { PasswordResetRepository } from './sessions/password-reset-repository.ts';
import { PasswordResets } from './sessions/password-resets.ts';
import { SessionRepository } from './sessions/session-repository.ts';
import { SessionService } from './sessions/session-service.ts';
import { SigningKeyRepository } from './sessions/signing-key-repository.ts';
import { SigningKeys } from './sessions/signing-keys.ts';
import { HouseSettings } from './settings/house-settings.ts';
import { SettingsRepository } from './settings/settings-repository.ts';
import { InvitationRepository } from './users/invitation-repository.ts';
import { Invitations } from './users/invitations.ts';
import { Passwords } from './users/password.ts';
import { Setup } from './users/setup.ts';
import type { UserRepository } from './users/user-repository.ts';
import { UserService } from './users/user-service.ts';

export interface IdentityOptions {
  readonly db: Database;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
  readonly log: Logger;
  /** Absolute path; `secret.key` lies in it. */
  readonly dataFolder: string;
  readonly users: UserRepository;
  readonly organizations: OrganizationRepository;
  readonly credentials: CredentialRepository;
}

/** Who may come in, and what they and the house keep secret. Throws as `openSecretBox` does. */
export function createIdentity(options: IdentityOptions) {
  const { db, unitOfWork, clock, log, users, organizations } = options;
  const signingKeys = new SigningKeyRepository(db);
  const secrets = openSecretBox(options.dataFolder, signingKeys.all().at(-1)?.sealedSecret);
  const sessions = new SessionRepository(db);
  const passwords = new Passwords();
  const settings = new HouseSettings(unitOfWork, new SettingsRepository(db));
  const credentialService = new CredentialService(unitOfWork, options.credentials, log);
  const organizationService = new OrganizationService(unitOfWork, organizations);
  const forgetAccess = () => credentialService.forgetKnown();
  const userService = new UserService({ unitOfWork, users, passwords, forgetAccess });
  const keys = new SigningKeys(unitOfWork, signingKeys, secrets);
  const tokens = new AccessTokens(keys);
  const sessionService = new SessionService({ unitOfWork, sessions, users, tokens });
  const shared = { unitOfWork, clock, log, users, sessions, passwords, settings, keys, secrets };
  const resets = new PasswordResets({ ...shared, resets: new PasswordResetRepository(db) });
  const services = { userService, sessionService, organizationService };
  return {
    secrets,
    passwords,
    settings,
    signingKeys: keys,
    users: userService,
    credentials: credentialService,
    organizations: organizationService,
    identity: new IdentityService({ ...shared, ...services, resets }),
    invitations: new Invitations({ ...shared, userService, invitations: new InvitationRepository(db) }),
    setup: new Setup({ ...shared, organizations, userService }),
  };
}

export type Identity = ReturnType<typeof createIdentity>;
