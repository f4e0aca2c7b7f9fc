import type { KnowledgeFile } from '../knowledge/knowledge-file.ts';
import type { UsageDraft } from './usage.ts';

/** What a file that was read used: a vector for each of its passages. Whoever uploaded it pays. */
export function measureFile(file: KnowledgeFile): UsageDraft {
  const { id, organizationId, userId, chunkCount, embeddingModel } = file;
  return {
    id,
    type: 'embedding',
    organizationId,
    userId,
    agentId: null,
    requestId: null,
    startedAtMs: file.createdAtMs,
    durationSeconds: 0,
    uses: [
      {
        serviceType: 'embedding',
        provider: embeddingModel ?? 'unknown',
        model: '',
        quantity: chunkCount,
        unit: 'passage',
      },
    ],
  };
}
