import type { LlmEvent, LlmProvider, LlmRequest, Passage } from '../../kinds/llm.ts';
import { extractFacts, type Fact, sentenceFacts } from './facts/extract-facts.ts';
import { isAgentInstruction } from './facts/instruction.ts';
import type { Reply } from './reply.ts';
import { respond } from './responder.ts';

export const starterLlmName = 'starter (scripted)';

export interface StarterLlmOptions {
  /** After so many prompts into silence the brain itself says goodbye; absent, it leaves that to the conversation. */
  readonly maxSilencePrompts?: number;
}

/** Passages asked of the knowledge search when the request's own facts don't answer. */
const passageLimit = 4;
const weakestPassage = 0.1;

/**
 * The built-in brain: a deterministic receptionist for English, no language model. It says the agent's own sentences,
 * sentences of its knowledge, and fixed phrases, and nothing else; what it remembers is in its `slots` events.
 */
export class StarterLlm implements LlmProvider {
  readonly name = starterLlmName;
  readonly #options: StarterLlmOptions;

  constructor(options: StarterLlmOptions = {}) {
    this.#options = options;
  }

  async *respond(request: LlmRequest, signal: AbortSignal): AsyncGenerator<LlmEvent, void, void> {
    signal.throwIfAborted();
    const reply = await this.#decide(request, signal);
    let first = true;
    for (const sentence of reply.sentences) {
      signal.throwIfAborted();
      yield { kind: 'text', text: first ? sentence : ` ${sentence}` };
      first = false;
    }
    signal.throwIfAborted();
    yield* endOf(reply);
  }

  close(): void {}

  async #decide(request: LlmRequest, signal: AbortSignal): Promise<Reply> {
    const facts = extractFacts(request);
    const reply = respond({ request, facts });
    if (this.#isOver(request))
      return { ...reply, sentences: ['I cannot hear you, so I will hang up now. Goodbye.'], endCall: true };
    if (request.occasion.kind !== 'caller-turn' || !isMiss(reply)) return reply;
    const passages = await request.search(request.occasion.text, passageLimit);
    signal.throwIfAborted();
    const more = passageFacts(passages, facts);
    return more.length === 0 ? reply : respond({ request, facts: [...facts, ...more] });
  }

  #isOver({ occasion }: LlmRequest): boolean {
    const { maxSilencePrompts } = this.#options;
    return occasion.kind === 'silence' && maxSilencePrompts !== undefined && occasion.prompts > maxSilencePrompts;
  }
}

/** Whether the reply is one of not knowing: it rests on nothing and did nothing. */
function isMiss(reply: Reply): boolean {
  return (
    reply.slots?.['misses'] === '1' ||
    (reply.slots?.['flow'] === 'offer' && reply.slots['offered_reason'] === undefined && reply.facts === undefined)
  );
}

function passageFacts(passages: readonly Passage[], known: readonly Fact[]): readonly Fact[] {
  const texts = new Set(known.map(({ text }) => text));
  return passages
    .filter(({ score }) => score >= weakestPassage)
    .flatMap(({ text }) => sentenceFacts(text, isAgentInstruction))
    .filter(({ text }) => !texts.has(text) && texts.add(text));
}

function* endOf(reply: Reply): Generator<LlmEvent> {
  if (reply.slots) yield { kind: 'slots', slots: reply.slots };
  if (reply.message) yield { kind: 'message-taken', message: reply.message };
  if (reply.transfer) yield { kind: 'transfer', target: reply.transfer };
  if (reply.endCall === true) yield { kind: 'end-call' };
}
