import type { ToolAnswer, Toolbox } from '../../../server/conversation/ports.ts';
import { type Clock, delay } from '../../../server/lifetime/clock.ts';
import type { LlmTool, LlmToolArguments } from '../../../server/providers/kinds/llm.ts';

export interface FakeTool {
  /** Forever when absent. */
  readonly takesMs?: number;
  readonly answer?: ToolAnswer;
}

/** One time that a tool was set to work. */
export interface FakeToolRun {
  readonly name: string;
  readonly args: LlmToolArguments;
  readonly atMs: number;
  state: 'at work' | 'done' | 'aborted';
}

/** Tools that answer as told in the clock's time, and keep what was asked of them. */
export class FakeTools implements Toolbox {
  readonly tools: readonly LlmTool[];
  readonly runs: FakeToolRun[] = [];
  readonly #fakes: Readonly<Record<string, FakeTool>>;
  readonly #clock: Clock;

  constructor(fakes: Readonly<Record<string, FakeTool>>, clock: Clock) {
    this.#fakes = fakes;
    this.#clock = clock;
    this.tools = Object.keys(fakes).map((name) => ({ name, description: name, parameters: { type: 'object' } }));
  }

  argumentsOf(_name: string, args: LlmToolArguments): LlmToolArguments {
    return args;
  }

  async use(name: string, args: LlmToolArguments, signal: AbortSignal): Promise<ToolAnswer> {
    const run: FakeToolRun = { name, args, atMs: this.#clock.now(), state: 'at work' };
    this.runs.push(run);
    signal.addEventListener('abort', () => {
      if (run.state === 'at work') run.state = 'aborted';
    });
    const { takesMs, answer = { outcome: 'ok', text: 'on its way' } } = this.#fakes[name] ?? {};
    if (takesMs === undefined) await new Promise<never>(() => {});
    else await delay(this.#clock, takesMs, signal);
    run.state = 'done';
    return answer;
  }
}
