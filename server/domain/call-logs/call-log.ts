import type { Agent } from '../agents/agent.ts';
import type { RuleResult } from '../analysis/analysis.ts';
import type { Call, Turn } from '../calls/call.ts';
import type { Recording } from '../recordings/recording.ts';

/** A call with everything that is known of it; of a confidential agent's without words, recording and results. */
export interface CallLog {
  readonly call: Call;
  /** Also one that has been deleted since. */
  readonly agent: Pick<Agent, 'name' | 'isConfidential'>;
  readonly turns: readonly Turn[];
  /** Undefined when the call was not recorded, or is confidential. */
  readonly recording: Recording | undefined;
  readonly results: readonly RuleResult[];
  /** Null until the call has been metered. */
  readonly costMicro: number | null;
}
