/** A dialled number (or SIP user part) and the agent that takes it. */
export interface NumberRoute {
  readonly dialled: string;
  readonly organizationId: string;
  readonly agentId: string;
}
