import type { LlmEvent, LlmProvider, LlmRequest, Passage } from '../../kinds/llm.ts';
import { extractFacts, type Fact, sentenceFacts } from './facts/extract-facts.ts';
import { isAgentInstruction } from './facts/instruction.ts';
import { afterTool } from './flows/tool.ts';
import type { Reply, ToolOrder } from './reply.ts';
import { remembered, respond } from './responder.ts';

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
 * sentences of its knowledge, what its tools answer, and fixed phrases, and nothing else; what it remembers is in its
 * `slots` events.
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
    yield* spoken(reply, signal);
    if (reply.use === undefined) return yield* endOf(reply);
    // Before the work: that it has begun is to be remembered, whatever becomes of the answer.
    if (reply.slots) yield { kind: 'slots', slots: reply.slots };
    const told = await this.#use(request, reply.use, signal);
    yield* spoken(told, signal);
    yield* endOf(told);
  }

  close(): void {}

  async #use(request: LlmRequest, order: ToolOrder, signal: AbortSignal): Promise<Reply> {
    const result = await request.useTool(order.tool.name, order.args, signal);
    return remembered(afterTool(request, order, result));
  }

  async #decide(request: LlmRequest, signal: AbortSignal): Promise<Reply> {
    const facts = extractFacts(request);
    const reply = respond({ request, facts });
    if (this.#isOver(request))
      return { ...reply, sentences: ['I cannot hear you, so I will hang up now. Goodbye.'], endCall: true };
    if (request.occasion.kind !== 'caller-turn' || (!isMiss(reply) && reply.opensTool !== true)) return reply;
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

function* spoken({ sentences }: Reply, signal: AbortSignal): Generator<LlmEvent> {
  for (const [at, sentence] of sentences.entries()) {
    signal.throwIfAborted();
    yield { kind: 'text', text: at === 0 ? sentence : ` ${sentence}` };
  }
  signal.throwIfAborted();
}

function* endOf(reply: Reply): Generator<LlmEvent> {
  if (reply.slots) yield { kind: 'slots', slots: reply.slots };
  if (reply.message) yield { kind: 'message-taken', message: reply.message };
  if (reply.transfer) yield { kind: 'transfer', target: reply.transfer };
  if (reply.endCall === true) yield { kind: 'end-call' };
}
