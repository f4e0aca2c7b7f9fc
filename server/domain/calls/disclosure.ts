import { LandlineError } from '../../contract/errors.ts';
import type { AgentRepository } from '../agents/agent-repository.ts';
import type { CallAnalysis, RuleResult } from '../analysis/analysis.ts';
import type { AnalysisService } from '../analysis/analysis-service.ts';
import type { Recording } from '../recordings/recording.ts';
import type { RecordingService } from '../recordings/recording-service.ts';
import type { Call, ToolUse, Turn } from './call.ts';
import type { ToolUseRepository } from './tool-use-repository.ts';
import type { TurnRepository } from './turn-repository.ts';

export interface DisclosureParts {
  readonly agents: Pick<AgentRepository, 'isConfidential'>;
  readonly turns: Pick<TurnRepository, 'ofCall'>;
  readonly toolUses: Pick<ToolUseRepository, 'ofCall'>;
  readonly analysis: Pick<AnalysisService, 'ofCall' | 'resultsOfCall'>;
  readonly recordings: Pick<RecordingService, 'find' | 'fileOf'>;
}

/**
 * What of a call is told outside of the house: by APIs, webhooks and exports. Of a call that a confidential agent held
 * that is who, when, how long and how it ended; nothing that was said, recorded or made of it. It holds for all calls
 * of the agent, from before too, as long as the agent is confidential.
 */
export class Disclosure {
  readonly #parts: DisclosureParts;

  constructor(parts: DisclosureParts) {
    this.#parts = parts;
  }

  isConfidential({ agentId }: Pick<Call, 'agentId'>): boolean {
    return this.#parts.agents.isConfidential(agentId);
  }

  call(call: Call): Call {
    return this.isConfidential(call) ? withoutFindings(call) : call;
  }

  /** Empty for a confidential call. */
  turns(call: Call): readonly Turn[] {
    return this.isConfidential(call) ? [] : this.#parts.turns.ofCall(call.id);
  }

  /** Empty for a confidential call. */
  toolUses(call: Call): readonly ToolUse[] {
    return this.isConfidential(call) ? [] : this.#parts.toolUses.ofCall(call.id);
  }

  /** Undefined for a confidential call, and until the call was analysed. */
  analysis(call: Call): CallAnalysis | undefined {
    return this.isConfidential(call) ? undefined : this.#parts.analysis.ofCall(call.id);
  }

  /** Empty for a confidential call. */
  results(call: Call): readonly RuleResult[] {
    return this.isConfidential(call) ? [] : this.#parts.analysis.resultsOfCall(call.id);
  }

  /** Undefined for a confidential call, and for one without a recording. */
  recording(call: Call): Recording | undefined {
    return this.isConfidential(call) ? undefined : this.#parts.recordings.find(call.id);
  }

  /** Absolute path of a recording that can be played. Throws `call-confidential` or `recording-not-found`. */
  recordingFile(call: Call): { readonly recording: Recording; readonly path: string } {
    this.requireOpen(call);
    return this.#parts.recordings.fileOf(call.id);
  }

  /** Throws `call-confidential`: for what is nothing without the words. */
  requireOpen(call: Call): void {
    if (!this.isConfidential(call)) return;
    throw new LandlineError(
      'call-confidential',
      'The agent of this call is confidential: what was said, recorded or found out is not given out.',
      { id: call.id },
    );
  }
}

/** The call without what was found out in it. */
export function withoutFindings(call: Call): Call {
  return { ...call, message: null, extracted: {} };
}
