import type { ToolUseDraft } from '../contract/call.ts';
import type { Scope } from '../lifetime/scope.ts';
import type { LlmProvider, LlmRequest } from '../providers/kinds/llm.ts';
import { type AgentTurnParts, AgentTurnRun, type SentenceSource, type TurnOfSource } from './agent-turn.ts';
import { AnswerStream } from './answer-stream.ts';
import { BrainLimit } from './brain-limit.ts';
import type { BrainMemory } from './brain-memory.ts';
import type { Toolbox } from './ports.ts';
import { SentenceCutter } from './sentences.ts';
import type { ConversationBehaviour } from './settings.ts';
import { SilenceCover } from './tools/silence-cover.ts';
import { TurnTools } from './tools/turn-tools.ts';

/** What texts that no brain made are recorded as made by. */
const fixedTextProvider = 'agent settings';

export interface AgentTurnMakerParts extends AgentTurnParts {
  readonly llm: LlmProvider;
  readonly memory: BrainMemory;
  readonly toolbox: Toolbox;
  readonly behaviour: Pick<ConversationBehaviour, 'brainLimitMs' | 'phrases' | 'tools'>;
  /** Milliseconds of call audio. */
  readonly positionMs: () => number;
  /** Settles when what was cut before is off the line and in the history. */
  readonly lineFree: () => Promise<void>;
}

/** Makes turns of the agent, prepared but silent: from a fixed text, or from what the brain answers. */
export class AgentTurnMaker {
  readonly #parts: AgentTurnMakerParts;
  readonly #scope: Scope;

  constructor(parts: AgentTurnMakerParts, scope: Scope) {
    this.#parts = parts;
    this.#scope = scope;
  }

  fixed(text: string): AgentTurnRun {
    const { lineFree } = this.#parts;
    return this.#prepared(fixedTextProvider, async function* () {
      await lineFree();
      const cutter = new SentenceCutter();
      yield* cutter.push(text);
      yield* cutter.end();
    });
  }

  /** `callerText`: what the caller said and the history doesn't hold yet. */
  answer(occasion: LlmRequest['occasion'], callerText: string): AgentTurnRun {
    const { llm, clock, behaviour } = this.#parts;
    return this.#prepared(llm.name, (turn) => {
      const limit = new BrainLimit(clock, behaviour.brainLimitMs);
      const tools: TurnTools = this.#tools(turn, limit, () => stream);
      const events = this.#respond(occasion, callerText, tools, turn.signal);
      const stream = new AnswerStream(events, limit, turn, turn.signal);
      return stream.sentences();
    });
  }

  async *#respond(occasion: LlmRequest['occasion'], callerText: string, tools: TurnTools, signal: AbortSignal) {
    const { llm, memory, lineFree, toolbox } = this.#parts;
    await lineFree();
    const useTool: LlmRequest['useTool'] = (name, args, own) => tools.use(name, args, own);
    yield* llm.respond(memory.request(occasion, callerText, { tools: toolbox.tools, useTool }), signal);
  }

  #tools(turn: TurnOfSource, limit: BrainLimit, streamOf: () => AnswerStream): TurnTools {
    const { clock, behaviour, toolbox, positionMs } = this.#parts;
    const cover = new SilenceCover({
      clock,
      afterMs: behaviour.tools.coverAfterMs,
      againMs: behaviour.tools.coverAgainMs,
      isQuiet: () => turn.isQuiet(),
      say: () => {
        turn.covering(behaviour.phrases.toolWait);
        streamOf().add(behaviour.phrases.toolWait);
      },
    });
    const listener = {
      waiting: () => {
        limit.hold();
        streamOf().completeText();
      },
      told: () => limit.go(),
      working: (isWorking: boolean) => {
        turn.waiting(isWorking);
        if (isWorking) cover.start();
        else cover.stop();
      },
      used: (use: ToolUseDraft) => turn.action({ kind: 'tool-used', use }),
    };
    return new TurnTools({ toolbox, clock, settings: behaviour.tools, positionMs, turn, listener });
  }

  #prepared(provider: string, source: SentenceSource): AgentTurnRun {
    const run = new AgentTurnRun(provider, source, this.#parts, this.#scope.child('turn'));
    run.prepare();
    return run;
  }
}
