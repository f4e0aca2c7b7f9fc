import { LandlineError } from '../../contract/errors.ts';
import { type Clock, delay } from '../../lifetime/clock.ts';
import type { LlmEvent, LlmProvider, LlmRequest, LlmToolArguments, LlmToolResult } from '../kinds/llm.ts';

export type ScriptedStep =
  | LlmEvent
  | { readonly kind: 'wait'; readonly delayMs: number }
  | { readonly kind: 'fail'; readonly message: string }
  /** Uses a tool and goes on with what `goOn` makes of the result. */
  | {
      readonly kind: 'tool';
      readonly name: string;
      readonly args?: LlmToolArguments;
      readonly goOn: (result: LlmToolResult) => string | readonly ScriptedStep[];
    };

/** What to answer to a request; a string is one text. */
export type Script = (request: LlmRequest) => string | readonly ScriptedStep[];

/** A brain that answers by a function, as fast or slow as told. Keeps the requests it got. */
export class ScriptedLlm implements LlmProvider {
  readonly name = 'scripted llm';
  readonly #script: Script;
  readonly #clock: Clock;
  readonly #requests: LlmRequest[] = [];
  #aborted = 0;

  constructor(script: Script, clock: Clock) {
    this.#script = script;
    this.#clock = clock;
  }

  get requests(): readonly LlmRequest[] {
    return this.#requests;
  }

  /** Answers that were given up before their end. */
  get aborted(): number {
    return this.#aborted;
  }

  async *respond(request: LlmRequest, signal: AbortSignal): AsyncGenerator<LlmEvent, void, void> {
    this.#requests.push(request);
    const onAbort = () => this.#aborted++;
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      yield* this.#play(request, signal);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  close(): void {}

  async *#play(request: LlmRequest, signal: AbortSignal): AsyncGenerator<LlmEvent, void, void> {
    yield* this.#playSteps(this.#script(request), request, signal);
  }

  async *#playSteps(
    script: ReturnType<Script>,
    request: LlmRequest,
    signal: AbortSignal,
  ): AsyncGenerator<LlmEvent, void, void> {
    const steps: readonly ScriptedStep[] = typeof script === 'string' ? [{ kind: 'text', text: script }] : script;
    for (const step of steps) {
      signal.throwIfAborted();
      if (step.kind === 'wait') await delay(this.#clock, step.delayMs, signal);
      else if (step.kind === 'fail') throw new LandlineError('llm-failed', step.message);
      else if (step.kind === 'tool')
        yield* this.#playSteps(step.goOn(await request.useTool(step.name, step.args ?? {}, signal)), request, signal);
      else yield step;
    }
  }
}

/** Answers by the first entry whose key the caller's words contain; without one it says that it didn't understand. */
export function answersByKeyword(answers: Readonly<Record<string, string | readonly ScriptedStep[]>>): Script {
  return (request) => {
    const { occasion } = request;
    if (occasion.kind === 'silence') return 'Are you still there?';
    if (occasion.kind === 'digits') return `You pressed ${occasion.digits.split('').join(' ')}.`;
    if (occasion.kind === 'time-short') return `We have ${occasion.secondsLeft} seconds left.`;
    if (occasion.kind === 'transfer-refused') return 'Nobody is free there. Can I take a message?';
    const text = occasion.text.toLowerCase();
    const key = Object.keys(answers).find((key) => text.includes(key));
    return (key === undefined ? undefined : answers[key]) ?? 'Sorry, I did not understand that.';
  };
}
