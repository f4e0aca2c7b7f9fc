import { ReaderCursors } from '../events/reader-cursors.ts';
import type { Database, UnitOfWork } from '../events/unit-of-work.ts';
import type { AgentRepository } from './agents/agent-repository.ts';
import { AnalysisRuleRepository } from './analysis/analysis-repository.ts';
import { AnalysisRuleService } from './analysis/analysis-rule-service.ts';
import { AnalysisService } from './analysis/analysis-service.ts';
import { BuiltInAnalyser } from './analysis/built-in/built-in-analyser.ts';
import { CallAnalysisRepository } from './analysis/call-analysis-repository.ts';
import type { CallRepository } from './calls/call-repository.ts';
import { Disclosure } from './calls/disclosure.ts';
import { Retranscription } from './calls/retranscription.ts';
import type { ToolUseRepository } from './calls/tool-use-repository.ts';
import type { TurnRepository } from './calls/turn-repository.ts';
import { EgressClient, type EgressOptions } from './egress/egress-client.ts';
import { McpConnections } from './mcp-servers/mcp-connections.ts';
import { McpServerRepository } from './mcp-servers/mcp-server-repository.ts';
import { McpServerService } from './mcp-servers/mcp-server-service.ts';
import type { RecordingService } from './recordings/recording-service.ts';
import type { Sealing } from './sealing.ts';
import type { TaskRepository } from './tasks/task-repository.ts';
import { AgentToolRepository } from './tools/agent-tool-repository.ts';
import { AgentToolset } from './tools/agent-toolset.ts';
import { ToolRepository } from './tools/tool-repository.ts';
import { ToolRunner } from './tools/tool-runner.ts';
import { ToolService } from './tools/tool-service.ts';
import { ToolTryOuts } from './tools/try-out.ts';
import { AgentWebhookRepository } from './webhooks/agent-webhook-repository.ts';
import { WebhookDeliveryRepository } from './webhooks/delivery-repository.ts';
import { WebhookEndpointRepository } from './webhooks/endpoint-repository.ts';
import { WebhookOutbox } from './webhooks/webhook-outbox.ts';
import { WebhookService } from './webhooks/webhook-service.ts';

export interface OutsideParts {
  readonly db: Database;
  readonly unitOfWork: UnitOfWork;
  readonly secrets: Sealing;
  readonly agents: AgentRepository;
  readonly calls: CallRepository;
  readonly turns: TurnRepository;
  readonly toolUses: ToolUseRepository;
  readonly tasks: TaskRepository;
  readonly recordingService: RecordingService;
  readonly egress: EgressOptions | undefined;
}

/** What calls lead to outside of the house: tools, MCP servers, webhooks; and the analyses that feed them. */
export interface Outside {
  /** HTTP to the outside, within the rules. */
  readonly egress: EgressClient;
  readonly tools: ToolService;
  readonly toolRunner: ToolRunner;
  /** The tools of agents as their calls use them. */
  readonly agentToolset: AgentToolset;
  readonly mcpServers: McpServerService;
  readonly toolTryOuts: ToolTryOuts;
  readonly webhooks: WebhookService;
  /** What is to be sent: for the job that sends. */
  readonly webhookOutbox: WebhookOutbox;
  readonly analysisRules: AnalysisRuleService;
  readonly analysis: AnalysisService;
  /** What of a call is told outside of the house. */
  readonly disclosure: Disclosure;
  /** Transcripts that are missing, made from recordings. */
  readonly retranscription: Retranscription;
}

export function createOutside(parts: OutsideParts): Outside {
  const { db, unitOfWork, secrets, agents, tasks } = parts;
  const egress = new EgressClient(parts.egress);
  const tools = new ToolRepository(db, secrets);
  const mcpServerRows = new McpServerRepository(db, secrets);
  const agentTools = new AgentToolRepository(db);
  const agentWebhooks = new AgentWebhookRepository(db, secrets);
  const endpoints = new WebhookEndpointRepository(db, secrets);
  const deliveries = new WebhookDeliveryRepository(db);
  const rules = new AnalysisRuleRepository(db);
  const analyses = new CallAnalysisRepository(db);
  const cursors = new ReaderCursors(db);
  const toolRunner = new ToolRunner(tools, egress);
  const caller = new McpConnections(egress);
  const mcpServers = new McpServerService({ unitOfWork, mcpServers: mcpServerRows, agentTools, caller });
  const analysis = new AnalysisService({
    ...parts,
    analyses,
    rules,
    analyser: new BuiltInAnalyser(),
    toolRunner,
    cursors,
  });
  return {
    egress,
    tools: new ToolService({ unitOfWork, tools, agentTools, mcpServers: mcpServerRows, agents }),
    toolRunner,
    mcpServers,
    agentToolset: new AgentToolset({ tools, mcpServers: mcpServerRows, agentTools, toolRunner, mcpCaller: caller }),
    toolTryOuts: new ToolTryOuts(toolRunner, mcpServers),
    webhooks: new WebhookService({ unitOfWork, agentWebhooks, endpoints, deliveries, agents, egress }),
    webhookOutbox: new WebhookOutbox({ unitOfWork, agentWebhooks, endpoints, deliveries, tasks, cursors }),
    analysisRules: new AnalysisRuleService({ unitOfWork, rules, agents, tools }),
    analysis,
    disclosure: new Disclosure({ ...parts, analysis, recordings: parts.recordingService }),
    retranscription: new Retranscription({ ...parts, analysis, recordings: parts.recordingService }),
  };
}
