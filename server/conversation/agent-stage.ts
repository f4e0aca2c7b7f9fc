import { messageOf } from '../contract/errors.ts';
import type { Clock } from '../lifetime/clock.ts';
import type { Scope } from '../lifetime/scope.ts';
import type { Logger } from '../log/logger.ts';
import type { LlmProvider } from '../providers/kinds/llm.ts';
import type { AgentTurnRun } from './agent-turn.ts';
import { AgentTurnMaker } from './agent-turn-maker.ts';
import type { AnswerAction } from './answer-stream.ts';
import type { BrainMemory } from './brain-memory.ts';
import type { ConversationInput, Line, Recorder, Toolbox, Voice } from './ports.ts';
import type { ConversationSettings } from './settings.ts';
import type { Transcript } from './transcript.ts';
import type { Effect, Purpose, SaidByCaller, TurnInput } from './turn/state.ts';
import { normalised } from './words.ts';

type EffectOf<Kind extends Effect['kind']> = Extract<Effect, { readonly kind: Kind }>;

/** What the turn machine wants of the agent's turns. */
export type StageEffect = EffectOf<
  | 'speculate'
  | 'discard-speculation'
  | 'answer'
  | 'say'
  | 'commit'
  | 'finish'
  | 'cut'
  | 'pause'
  | 'resume'
  | 'hold'
  | 'continue'
>;

type PlaybackInput = Extract<ConversationInput, { readonly kind: `playback-${string}` }>;

export interface StageParts {
  readonly settings: ConversationSettings;
  readonly line: Line;
  readonly voice: Voice;
  readonly recorder: Recorder;
  readonly llm: LlmProvider;
  readonly toolbox: Toolbox;
  readonly clock: Clock;
  readonly memory: BrainMemory;
  readonly transcript: Transcript;
  readonly log: Logger;
  /** Tells the turn machine. */
  readonly tell: (input: TurnInput) => void;
}

/** The agent's turns: the one on the line, the one being prepared, and the first words, prepared before the call. */
export class AgentStage {
  readonly #parts: StageParts;
  readonly #turns: AgentTurnMaker;
  readonly #prepared = new Map<Purpose, AgentTurnRun>();
  #current: { readonly turnId: number; readonly run: AgentTurnRun } | undefined;
  #speculation: { readonly text: string; readonly run: AgentTurnRun } | undefined;
  #isHeld = false;
  #lastSpeechId = 0;
  /** Latest position of call audio that was heard of, in milliseconds. */
  #positionMs = 0;
  /** When that was. */
  #positionAtMs: number;
  /** Settles when the line is free of what was cut, and the history says what of it was heard. */
  #lineFree: Promise<void> = Promise.resolve();

  constructor(parts: StageParts, scope: Scope) {
    this.#parts = parts;
    this.#positionAtMs = parts.clock.now();
    const { voice, speed, behaviour } = parts.settings;
    this.#turns = new AgentTurnMaker(
      {
        line: parts.line,
        voice: parts.voice,
        clock: parts.clock,
        llm: parts.llm,
        memory: parts.memory,
        toolbox: parts.toolbox,
        behaviour,
        positionMs: () => Math.round(this.#positionMs + parts.clock.now() - this.#positionAtMs),
        request: { ...(voice === undefined ? {} : { voice }), ...(speed === undefined ? {} : { speed }) },
        nextSpeechId: () => ++this.#lastSpeechId,
        lineFree: () => this.#lineFree,
      },
      scope,
    );
  }

  /** Has these synthesised before they are asked for by `say`; resolves when each can be let out at once. */
  async prepare(texts: ReadonlyMap<Purpose, string>): Promise<void> {
    for (const [purpose, text] of texts) if (text !== '') this.#prepared.set(purpose, this.#turns.fixed(text));
    await Promise.all([...this.#prepared.values()].map((run) => run.speech.ready));
  }

  /** Takes note of where in the call's audio we are. */
  at(positionMs: number): void {
    if (positionMs < this.#positionMs) return;
    this.#positionMs = positionMs;
    this.#positionAtMs = this.#parts.clock.now();
  }

  playback(input: PlaybackInput): void {
    const run = this.#current?.run;
    if (input.kind === 'playback-started') run?.speech.playbackStarted(input.speechId, input.atMs, input.positionMs);
    else if (input.kind === 'playback-finished') run?.playbackFinished(input.speechId, input.positionMs);
    else run?.speech.lost(input.speechIds);
  }

  /** The call is over; resolves when what was heard of the turn on the line is handed to the transcript. */
  async end(): Promise<void> {
    this.#dropSpeculation();
    for (const run of this.#prepared.values()) run.discard();
    const current = this.#current;
    this.#current = undefined;
    if (current !== undefined) {
      if (!current.run.committed) this.#commit(current.run);
      this.#record(current.run, await current.run.speech.cut(), this.#positionMs);
    }
    await this.#lineFree;
  }

  carryOut(effect: StageEffect): void {
    switch (effect.kind) {
      case 'speculate':
        return this.#speculate(effect.text);
      case 'discard-speculation':
        return this.#dropSpeculation();
      case 'answer':
        return this.#answer(effect);
      case 'say':
        return this.#say(effect);
      case 'commit':
      case 'finish':
      case 'cut':
      case 'pause':
      case 'resume':
      case 'hold':
      case 'continue':
        if (this.#current?.turnId === effect.turnId) this.#toRun(effect, this.#current.run);
    }
  }

  /** Effects on the turn that is on the line. */
  #toRun(
    effect: EffectOf<'commit' | 'finish' | 'cut' | 'pause' | 'resume' | 'hold' | 'continue'>,
    run: AgentTurnRun,
  ): void {
    const { line } = this.#parts;
    switch (effect.kind) {
      case 'commit':
        return this.#commit(run);
      case 'finish':
        return this.#finish(run);
      case 'cut':
        return this.#cut(run, effect.record);
      case 'pause':
        run.speech.close();
        if (effect.line) line.pause();
        return;
      case 'resume':
        line.resume();
        return run.speech.release();
      case 'hold':
        this.#isHeld = true;
        this.#lineFree = Promise.all([this.#lineFree, run.speech.hold()]).then(() => {});
        return;
      case 'continue':
        return this.#continue(run);
    }
  }

  #continue(run: AgentTurnRun): void {
    this.#isHeld = false;
    void this.#lineFree.then(() => {
      if (this.#current?.run !== run || this.#isHeld) return;
      this.#parts.line.resume();
      run.speech.release();
    });
  }

  #speculate(text: string): void {
    this.#dropSpeculation();
    this.#speculation = { text: normalised(text), run: this.#turns.answer({ kind: 'caller-turn', text }, text) };
  }

  #dropSpeculation(): void {
    this.#speculation?.run.discard();
    this.#speculation = undefined;
  }

  #answer({ turnId, occasion, said }: EffectOf<'answer'>): void {
    const prepared = this.#speculation;
    if (prepared !== undefined && occasion.kind === 'caller-turn' && prepared.text === normalised(occasion.text)) {
      this.#speculation = undefined;
      this.#speak(turnId, prepared.run, said);
      return;
    }
    this.#dropSpeculation();
    this.#speak(turnId, this.#turns.answer(occasion, said?.text ?? ''), said);
  }

  #say({ turnId, purpose, text }: EffectOf<'say'>): void {
    const prepared = this.#prepared.get(purpose);
    this.#prepared.delete(purpose);
    this.#speak(turnId, prepared ?? this.#turns.fixed(text), undefined);
  }

  #speak(turnId: number, run: AgentTurnRun, said: SaidByCaller | undefined): void {
    const { tell, recorder, log } = this.#parts;
    this.#current = { turnId, run };
    run.release(said, {
      sentenceStarted: (text) => {
        recorder.partial(text);
        tell({ kind: 'sentence-started', turnId, text });
      },
      played: () => tell({ kind: 'turn-played', turnId, next: run.next }),
      failed: (failure) => {
        log.error({ why: messageOf(failure), provider: run.provider }, 'the agent could not speak');
        tell({ kind: 'turn-failed', turnId });
      },
      action: (action) => this.#act(action),
      acted: () => {
        this.#commit(run);
        tell({ kind: 'turn-acted', turnId });
      },
      waiting: (isWaiting) => tell({ kind: 'turn-waiting', turnId, isWaiting }),
    });
  }

  #commit(run: AgentTurnRun): void {
    if (run.said !== undefined && !run.committed) {
      this.#parts.memory.callerSaid(run.said.text);
      this.#parts.transcript.caller(run.said);
    }
    for (const action of run.commit()) this.#act(action);
  }

  #act(action: AnswerAction): void {
    const { memory, transcript } = this.#parts;
    switch (action.kind) {
      case 'slots':
        return memory.setSlots(action.slots);
      case 'message-taken':
        return transcript.message(action.message);
      case 'tool-used':
        memory.toolUsed(action.use);
        return transcript.toolUse(action.use);
      case 'variables':
        memory.setVariables(action.values);
        return transcript.variables(action.values);
      case 'send-digits':
        return this.#sendDigits(action.digits);
      case 'transfer':
      case 'end-call':
        // What comes after the turn's last word.
        break;
    }
  }

  #sendDigits(digits: string): void {
    const { line, log } = this.#parts;
    line.sendDigits(digits).catch((failure: unknown) => {
      log.warn({ why: messageOf(failure), pii: { digits } }, 'digits could not be sent');
    });
  }

  #finish(run: AgentTurnRun): void {
    const { text } = run.speech;
    this.#current = undefined;
    this.#parts.memory.agentSaid(text);
    this.#parts.transcript.agent(run, text, false, run.endPositionMs ?? this.#positionMs);
    run.finish();
  }

  #cut(run: AgentTurnRun, record: boolean): void {
    this.#current = undefined;
    const endMs = this.#positionMs;
    const heard = run.speech.cut();
    this.#lineFree = Promise.all([this.#lineFree, heard]).then(([, text]) => {
      this.#parts.line.resume();
      if (record) this.#record(run, text, endMs);
    });
  }

  #record(run: AgentTurnRun, heard: string, endMs: number): void {
    this.#parts.memory.agentSaid(heard);
    this.#parts.transcript.agent(run, heard, true, endMs);
  }
}
