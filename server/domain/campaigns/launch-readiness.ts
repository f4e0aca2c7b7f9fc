import { type Campaign, isLaunchable } from './campaign.ts';

/** Whether a campaign can be launched, and everything that keeps it from it. */
export interface Readiness {
  readonly canStart: boolean;
  readonly memberCount: number;
  readonly hasAgent: boolean;
  readonly hasCallerNumber: boolean;
  readonly blockers: readonly string[];
}

interface LaunchFacts {
  /** How many numbers it has. */
  readonly members: number;
  readonly nowMs: number;
}

export function readinessOf(campaign: Campaign, facts: LaunchFacts): Readiness {
  const blockers = launchBlockers(campaign, facts);
  return {
    canStart: blockers.length === 0 && isLaunchable(campaign.status),
    memberCount: facts.members,
    hasAgent: campaign.agentId !== null,
    hasCallerNumber: campaign.callerNumberId !== null,
    blockers,
  };
}

/** Everything that keeps the campaign from being launched, as sentences; empty when nothing does. */
export function launchBlockers(campaign: Campaign, facts: LaunchFacts): readonly string[] {
  const blockers: string[] = [];
  if (campaign.agentId === null) blockers.push('No agent is assigned: choose one.');
  if (facts.members === 0) blockers.push('There are no numbers to call: add some.');
  if (campaign.endAtMs !== null && campaign.endAtMs <= facts.nowMs) {
    blockers.push('The end time has passed: choose a later one.');
  }
  if (campaign.endAtMs !== null && campaign.startAtMs !== null && campaign.endAtMs <= campaign.startAtMs) {
    blockers.push('The end time is not after the start time.');
  }
  return blockers;
}
