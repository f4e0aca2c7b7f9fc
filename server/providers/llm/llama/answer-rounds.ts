import type { LlmEvent, LlmRequest } from '../../kinds/llm.ts';
import { callEvents, goesOn, isOwnFunction } from './answer-events.ts';
import type { FunctionCall, PromptMessage, PromptTool } from './llm-messages.ts';
import { toolResult } from './prompt.ts';
import { givenArguments } from './tool-functions.ts';

/** What comes out of the model, in order. */
export type Piece = { readonly text: string } | { readonly call: FunctionCall };

export type Generate = (messages: readonly PromptMessage[], tools: readonly PromptTool[]) => AsyncIterable<Piece>;

/** Then the model has to speak. */
const mostToolRounds = 3;

/**
 * One answer: the model speaks until it wants a tool, the tool does its work while nothing is being generated, and the
 * model goes on with the result before it.
 */
export async function* answerInRounds(
  request: Pick<LlmRequest, 'transferTargets' | 'useTool'>,
  prompt: { readonly messages: readonly PromptMessage[]; readonly tools: readonly PromptTool[] },
  generate: Generate,
  signal: AbortSignal,
): AsyncGenerator<LlmEvent, void, void> {
  let { messages } = prompt;
  for (let round = 0; ; round++) {
    const calls: FunctionCall[] = [];
    let text = '';
    for await (const piece of generate(messages, round < mostToolRounds ? prompt.tools : [])) {
      signal.throwIfAborted();
      if ('text' in piece) {
        text += piece.text;
        yield { kind: 'text', text: piece.text };
      } else {
        calls.push(piece.call);
        if (isOwnFunction(piece.call)) yield* callEvents(piece.call, request.transferTargets);
      }
    }
    if (calls.every(isOwnFunction)) return;
    const results = await Promise.all(calls.map((call) => resultOf(call, request, signal)));
    if (!calls.every(goesOn)) return;
    messages = [
      ...messages,
      ...(text.trim() === '' ? [] : [{ role: 'model', text } as const]),
      ...calls.map((call, at) => ({ role: 'tool', ...call, text: results[at] ?? '' }) as const),
    ];
  }
}

async function resultOf(
  call: FunctionCall,
  { useTool }: Pick<LlmRequest, 'useTool'>,
  signal: AbortSignal,
): Promise<string> {
  if (isOwnFunction(call)) return 'noted';
  return toolResult(await useTool(call.name, givenArguments(call.params), signal));
}
