/** What a person may be allowed or denied, one switch each. */
export const featureFlags = [
  'call_analytics',
  'call_logs',
  'outbound',
  'inbound',
  'batch_calls',
  'knowledge_base',
  'tools',
  'mcp',
  'post_analysis',
  'billing',
] as const;
export type FeatureFlag = (typeof featureFlags)[number];

export type FeatureFlags = Readonly<Record<FeatureFlag, boolean>>;

/** Everything is allowed until an admin says otherwise. */
export const defaultFlags: FeatureFlags = {
  call_analytics: true,
  call_logs: true,
  outbound: true,
  inbound: true,
  batch_calls: true,
  knowledge_base: true,
  tools: true,
  mcp: true,
  post_analysis: true,
  billing: true,
};

export function isFeatureFlag(text: string): text is FeatureFlag {
  return (featureFlags as readonly string[]).includes(text);
}
