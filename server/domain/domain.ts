import type { Database } from '../db/database.ts';
import { ReadThread } from '../db/read-thread.ts';
import { EventBus } from '../events/bus.ts';
import { EventLog } from '../events/event-log.ts';
import { UnitOfWork } from '../events/unit-of-work.ts';
import type { Clock } from '../lifetime/clock.ts';
import type { Logger } from '../log/logger.ts';
import { type Accounts, createAccounts } from './accounts.ts';
import { AgentRepository } from './agents/agent-repository.ts';
import { AgentService } from './agents/agent-service.ts';
import { sampleAgent } from './agents/sample-agent.ts';
import { CallAnalysisRepository } from './analysis/call-analysis-repository.ts';
import { AnalyticsRepository } from './analytics/analytics-repository.ts';
import { AnalyticsService } from './analytics/analytics-service.ts';
import { CallLogService } from './call-logs/call-log-service.ts';
import { CallRepository } from './calls/call-repository.ts';
import { CallService } from './calls/call-service.ts';
import { CallSumsRepository } from './calls/call-sums-repository.ts';
import { ToolUseRepository } from './calls/tool-use-repository.ts';
import { TurnRepository } from './calls/turn-repository.ts';
import { CampaignAttempts } from './campaigns/campaign-attempts.ts';
import { CampaignProgress } from './campaigns/campaign-progress.ts';
import { CampaignRepository } from './campaigns/campaign-repository.ts';
import { CampaignService } from './campaigns/campaign-service.ts';
import { CampaignSumsRepository } from './campaigns/campaign-sums-repository.ts';
import { MemberRepository } from './campaigns/member-repository.ts';
import { MemberWindowRepository } from './campaigns/member-window-repository.ts';
import { CatalogRepository } from './catalog/catalog-repository.ts';
import { CatalogService } from './catalog/catalog-service.ts';
import { ContactGroupRepository } from './contacts/contact-group-repository.ts';
import { ContactImportRepository } from './contacts/contact-import-repository.ts';
import { ContactRowRepository } from './contacts/contact-row-repository.ts';
import { ContactService } from './contacts/contact-service.ts';
import { CredentialRepository } from './credentials/credential-repository.ts';
import type { CredentialService } from './credentials/credential-service.ts';
import { DoNotCallRepository } from './do-not-call/do-not-call-repository.ts';
import { DoNotCallService } from './do-not-call/do-not-call-service.ts';
import type { EgressOptions } from './egress/egress-client.ts';
import { ensureFirstStart, type FirstStart } from './first-start.ts';
import { createIdentity } from './identity.ts';
import { IntegrationRepository } from './integrations/integration-repository.ts';
import { IntegrationService } from './integrations/integration-service.ts';
import { createKnowledge, type KnowledgeUseCases } from './knowledge/create-knowledge.ts';
import { KnowledgeRepository } from './knowledge/knowledge-repository.ts';
import { MovingInService } from './moving-in/moving-in-service.ts';
import { TakenIdsRepository } from './moving-in/taken-ids-repository.ts';
import { NumberRepository } from './numbers/number-repository.ts';
import { NumberService } from './numbers/number-service.ts';
import { OrganizationRepository } from './organizations/organization-repository.ts';
import type { OrganizationService } from './organizations/organization-service.ts';
import { OutboundRuleRepository } from './outbound-rules/outbound-rule-repository.ts';
import { OutboundRuleService } from './outbound-rules/outbound-rule-service.ts';
import type { OutboundRules } from './outbound-rules/outbound-rules.ts';
import { createOutside, type Outside } from './outside.ts';
import { PeerRepository } from './peers/peer-repository.ts';
import { PeerService } from './peers/peer-service.ts';
import { QueuedCallRepository } from './queued-calls/queued-call-repository.ts';
import { QueuedCallService } from './queued-calls/queued-call-service.ts';
import { RecordingListRepository } from './recordings/recording-list-repository.ts';
import { RecordingRepository } from './recordings/recording-repository.ts';
import { RecordingService } from './recordings/recording-service.ts';
import type { TextEmbedder } from './search/text-embedder.ts';
import type { SecretBox } from './secrets/secret-box.ts';
import type { IdentityService } from './sessions/identity-service.ts';
import type { HouseSettings } from './settings/house-settings.ts';
import { TableReader } from './tables/table-reader.ts';
import { WorkbookWriter } from './tables/workbook-writer.ts';
import { TaskRepository } from './tasks/task-repository.ts';
import { TaskService } from './tasks/task-service.ts';
import type { Invitations } from './users/invitations.ts';
import type { Setup } from './users/setup.ts';
import { UserRepository } from './users/user-repository.ts';
import type { UserService } from './users/user-service.ts';

export interface DomainOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  /** Absolute path; recordings and `first-keys.env` lie in it. */
  readonly dataFolder: string;
  /** IANA name for agents that name none; the machine's own when absent. */
  readonly timeZone?: string;
  /** What makes vectors of texts; without one files are found by their words alone. */
  readonly embedder?: TextEmbedder;
  /** Where tools, webhooks and MCP servers may be beyond the local network. */
  readonly egress?: EgressOptions;
  /** What the first organization may dial beyond agents here and `sip:` URIs; an administrator's rules go before. */
  readonly outbound?: Partial<OutboundRules>;
}

/** All use cases of the house, and the events that tell of them. */
export interface Domain extends Accounts, KnowledgeUseCases, Outside {
  readonly bus: EventBus;
  readonly eventLog: EventLog;
  readonly organizations: OrganizationService;
  readonly users: UserService;
  /** Signing in and out, tokens, cookies, registration, forgotten passwords. */
  readonly identity: IdentityService;
  readonly invitations: Invitations;
  readonly setup: Setup;
  /** What an administrator has settled for the whole house. */
  readonly settings: HouseSettings;
  readonly secrets: SecretBox;
  readonly credentials: CredentialService;
  readonly agents: AgentService;
  readonly catalog: CatalogService;
  readonly numbers: NumberService;
  /** Takes agents, numbers and files in under the ids they had elsewhere. */
  readonly movingIn: MovingInService;
  readonly peers: PeerService;
  readonly contacts: ContactService;
  /** Reads lists that people upload. */
  readonly tables: TableReader;
  /** Makes Excel files that people export. */
  readonly workbooks: WorkbookWriter;
  readonly tasks: TaskService;
  readonly calls: CallService;
  readonly campaigns: CampaignService;
  readonly campaignProgress: CampaignProgress;
  readonly doNotCall: DoNotCallService;
  readonly outboundRules: OutboundRuleService;
  readonly callLogs: CallLogService;
  readonly queuedCalls: QueuedCallService;
  readonly recordings: RecordingService;
  readonly analytics: AnalyticsService;
  /** The thread that sums up; to be stopped before the database closes. */
  readonly reports: Pick<ReadThread, 'counters' | 'stop'>;
  readonly integrations: IntegrationService;
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
  const reports = new ReadThread(db.path, clock);
  const stores = createRepositories(db, reports);
  const tables = new TableReader(clock);
  const identity = createIdentity({ ...stores, db, unitOfWork, clock, log, dataFolder });
  const { agents, knowledge, numbers, tasks } = stores;
  const attempts = new CampaignAttempts(stores.campaigns, stores.members);
  const outboundRules = new OutboundRuleService({ ...stores, unitOfWork, own: options.outbound });
  const recordingService = new RecordingService({ ...stores, unitOfWork, dataFolder, log });
  const accounts = createAccounts({
    ...stores,
    db,
    unitOfWork,
    organizations: identity.organizations,
    organizationStore: stores.organizations,
  });
  const { callAccounts } = accounts;
  const outside = createOutside({
    ...stores,
    db,
    unitOfWork,
    recordingService,
    secrets: identity.secrets,
    egress: options.egress,
  });
  const documents = createKnowledge({
    db,
    unitOfWork,
    clock,
    dataFolder,
    agents,
    knowledge,
    embedder: options.embedder,
  });
  const integrations = new IntegrationRepository(db, identity.secrets);
  return {
    bus,
    eventLog,
    ...identity,
    agents: new AgentService(unitOfWork, stores, timeZone),
    catalog: new CatalogService(unitOfWork, stores.catalog),
    ...documents,
    movingIn: new MovingInService({
      ...stores,
      unitOfWork,
      taken: new TakenIdsRepository(db),
      knowledgeFiles: documents.knowledgeFiles,
      tools: outside.tools,
      outboundRules,
      timeZone,
    }),
    numbers: new NumberService(unitOfWork, numbers, agents),
    peers: new PeerService(unitOfWork, stores.peers),
    contacts: new ContactService(unitOfWork, { ...stores, tables }),
    tables,
    workbooks: new WorkbookWriter(clock),
    tasks: new TaskService(unitOfWork, tasks, agents),
    calls: new CallService(unitOfWork, bus, stores, {
      attempts,
      outboundRules,
      recordings: recordingService,
      accounts: callAccounts,
    }),
    campaigns: new CampaignService({ ...stores, unitOfWork, attempts, outboundRules }),
    campaignProgress: new CampaignProgress({ ...stores, unitOfWork, attempts }),
    doNotCall: new DoNotCallService(unitOfWork, stores.doNotCall),
    outboundRules,
    callLogs: new CallLogService({
      ...stores,
      callAnalyses: new CallAnalysisRepository(db),
      costsOf: (callIds) => accounts.usage.costsOf(callIds),
    }),
    queuedCalls: new QueuedCallService(unitOfWork, stores.queuedCalls),
    recordings: recordingService,
    reports,
    analytics: new AnalyticsService({ analytics: stores.analytics, clock, dataFolder }),
    ...accounts,
    ...outside,
    integrations: new IntegrationService({ unitOfWork, integrations, egress: outside.egress }),
    ensureFirstStart: ({ url }) =>
      ensureFirstStart({ ...stores, identity, unitOfWork, dataFolder, timeZone }, { sampleAgent, url }),
    isHealthy: () => db.isOpen && isAnswering(eventLog),
  };
}

function createRepositories(db: Database, reports: ReadThread) {
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
    contactImports: new ContactImportRepository(db),
    tasks: new TaskRepository(db),
    calls: new CallRepository(db),
    callSums: new CallSumsRepository(reports),
    turns: new TurnRepository(db),
    toolUses: new ToolUseRepository(db),
    queuedCalls: new QueuedCallRepository(db),
    recordings: new RecordingRepository(db),
    recordingList: new RecordingListRepository(db),
    analytics: new AnalyticsRepository(db, reports),
    campaigns: new CampaignRepository(db),
    campaignSums: new CampaignSumsRepository(reports),
    members: new MemberRepository(db),
    memberWindows: new MemberWindowRepository(db),
    doNotCall: new DoNotCallRepository(db),
    outboundRules: new OutboundRuleRepository(db),
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
