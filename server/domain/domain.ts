import type { Database } from '../db/database.ts';
import { EventBus } from '../events/bus.ts';
import { EventLog } from '../events/event-log.ts';
import { UnitOfWork } from '../events/unit-of-work.ts';
import type { Clock } from '../lifetime/clock.ts';
import type { Logger } from '../log/logger.ts';
import { AgentRepository } from './agents/agent-repository.ts';
import { AgentService } from './agents/agent-service.ts';
import { sampleAgent } from './agents/sample-agent.ts';
import { CallRepository } from './calls/call-repository.ts';
import { CallService } from './calls/call-service.ts';
import { TurnRepository } from './calls/turn-repository.ts';
import { ContactGroupRepository } from './contacts/contact-group-repository.ts';
import { ContactRowRepository } from './contacts/contact-row-repository.ts';
import { ContactService } from './contacts/contact-service.ts';
import { CatalogRepository } from './catalog/catalog-repository.ts';
import { CatalogService } from './catalog/catalog-service.ts';
import { CredentialRepository } from './credentials/credential-repository.ts';
import { CredentialService } from './credentials/credential-service.ts';
import { ensureFirstStart, type FirstStart } from './first-start.ts';
import { KnowledgeRepository } from './knowledge/knowledge-repository.ts';
import { KnowledgeService } from './knowledge/knowledge-service.ts';
import { NumberRepository } from './numbers/number-repository.ts';
import { NumberService } from './numbers/number-service.ts';
import { OrganizationRepository } from './organizations/organization-repository.ts';
import { OrganizationService } from './organizations/organization-service.ts';
import { PeerRepository } from './peers/peer-repository.ts';
import { PeerService } from './peers/peer-service.ts';
import { RecordingRepository } from './recordings/recording-repository.ts';
import { RecordingService } from './recordings/recording-service.ts';
import { TableReader } from './tables/table-reader.ts';
import { TaskRepository } from './tasks/task-repository.ts';
import { TaskService } from './tasks/task-service.ts';
import { UserRepository } from './users/user-repository.ts';
import { UserService } from './users/user-service.ts';

export interface DomainOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  /** Absolute path; recordings and `first-keys.env` lie in it. */
  readonly dataFolder: string;
  /** IANA name for agents that name none; the machine's own when absent. */
  readonly timeZone?: string;
}

/** All use cases of the house, and the events that tell of them. */
export interface Domain {
  readonly bus: EventBus;
  readonly eventLog: EventLog;
  readonly organizations: OrganizationService;
  readonly users: UserService;
  readonly credentials: CredentialService;
  readonly agents: AgentService;
  readonly catalog: CatalogService;
  readonly knowledge: KnowledgeService;
  readonly numbers: NumberService;
  readonly peers: PeerService;
  readonly contacts: ContactService;
  /** Reads lists that people upload. */
  readonly tables: TableReader;
  readonly tasks: TaskService;
  readonly calls: CallService;
  readonly recordings: RecordingService;
  /** Undefined unless this is the first start on this data folder. */
  ensureFirstStart(options: { readonly url: string }): Promise<FirstStart | undefined>;
  /** Whether the database answers. */
  isHealthy(): boolean;
}

export function createDomain(options: DomainOptions): Domain {
  const { db, clock, log, dataFolder } = options;
  const timeZone = options.timeZone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const bus = new EventBus(log);
  const eventLog = new EventLog(db);
  const unitOfWork = new UnitOfWork(db, eventLog, bus, clock);
  const stores = createRepositories(db);
  const tables = new TableReader(clock);
  const { organizations, credentials, agents, knowledge, numbers, tasks, calls, recordings } = stores;
  return {
    bus,
    eventLog,
    organizations: new OrganizationService(unitOfWork, organizations),
    users: new UserService(unitOfWork, stores.users),
    credentials: new CredentialService(unitOfWork, credentials, log),
    agents: new AgentService(unitOfWork, stores, timeZone),
    catalog: new CatalogService(unitOfWork, stores.catalog),
    knowledge: new KnowledgeService(knowledge),
    numbers: new NumberService(unitOfWork, numbers, agents),
    peers: new PeerService(unitOfWork, stores.peers),
    contacts: new ContactService(unitOfWork, { ...stores, tables }),
    tables,
    tasks: new TaskService(unitOfWork, tasks, agents),
    calls: new CallService(unitOfWork, bus, stores),
    recordings: new RecordingService({ unitOfWork, recordings, calls, dataFolder, log }),
    ensureFirstStart: ({ url }) =>
      ensureFirstStart({ ...stores, unitOfWork, dataFolder, timeZone }, { sampleAgent, url }),
    isHealthy: () => db.isOpen && isAnswering(eventLog),
  };
}

function createRepositories(db: Database) {
  return {
    organizations: new OrganizationRepository(db),
    users: new UserRepository(db),
    credentials: new CredentialRepository(db),
    agents: new AgentRepository(db),
    catalog: new CatalogRepository(db),
    knowledge: new KnowledgeRepository(db),
    numbers: new NumberRepository(db),
    peers: new PeerRepository(db),
    contactGroups: new ContactGroupRepository(db),
    contactRows: new ContactRowRepository(db),
    tasks: new TaskRepository(db),
    calls: new CallRepository(db),
    turns: new TurnRepository(db),
    recordings: new RecordingRepository(db),
  };
}

function isAnswering(eventLog: EventLog): boolean {
  try {
    eventLog.lastSeq();
    return true;
  } catch {
    return false;
  }
}
