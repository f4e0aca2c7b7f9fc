export const serviceTypes = ['stt', 'llm', 'tts', 'telephony', 'embedding'] as const;
export type ServiceType = (typeof serviceTypes)[number];

export const usageUnits = ['second', 'character', 'token', 'turn', 'passage'] as const;
export type UsageUnit = (typeof usageUnits)[number];

export const usageTypes = ['calls', 'chat', 'embedding'] as const;
export type UsageType = (typeof usageTypes)[number];

/** How much of one service was used. */
export interface Use {
  readonly serviceType: ServiceType;
  readonly provider: string;
  /** Empty when the provider has only one. */
  readonly model: string;
  /** Whole units; begun seconds count. */
  readonly quantity: number;
  readonly unit: UsageUnit;
}

/** A use with its price, in micro-units: `costMicro` is `baseMicro` and the reseller's `markupMicro`. */
export interface UsageLine extends Use {
  readonly baseMicro: number;
  readonly markupMicro: number;
  readonly costMicro: number;
}

/** What one call (or other piece of work) used and cost; never changed. Its amounts are the sums of its lines'. */
export interface UsageSession {
  /** For a call, the call's id. */
  readonly id: string;
  readonly type: UsageType;
  readonly organizationId: string;
  readonly userId: string | null;
  readonly agentId: string | null;
  readonly agentName: string | null;
  readonly requestId: string | null;
  readonly startedAtMs: number;
  readonly durationSeconds: number;
  readonly baseMicro: number;
  readonly markupMicro: number;
  readonly costMicro: number;
  readonly services: readonly UsageLine[];
}

/** What is known of a piece of work that has been done. */
export interface UsageDraft {
  readonly id: string;
  readonly type: UsageType;
  readonly organizationId: string;
  /** Who pays; the organization when null. */
  readonly userId: string | null;
  readonly agentId: string | null;
  readonly requestId: string | null;
  readonly startedAtMs: number;
  readonly durationSeconds: number;
  readonly uses: readonly Use[];
}

/** `*` stands for any provider or any model; the closest price counts, and where there is none a use costs nothing. */
export interface Price {
  readonly serviceType: ServiceType;
  readonly provider: string;
  readonly model: string;
  readonly unit: UsageUnit;
  /** Micro-units for `perQuantity` units, e.g. 600,000 for 1,000,000 tokens. */
  readonly priceMicro: number;
  readonly perQuantity: number;
  readonly updatedAtMs: number;
}

export type PriceDraft = Omit<Price, 'updatedAtMs'>;

export interface UsageBucket {
  readonly startMs: number;
  /** Sessions that were calls. */
  readonly calls: number;
  readonly durationSeconds: number;
  readonly costMicro: number;
}

export type UsageTotals = Omit<UsageBucket, 'startMs'>;
