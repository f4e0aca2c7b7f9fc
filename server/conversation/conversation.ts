import { messageOf } from '../contract/errors.ts';
import type { Clock } from '../lifetime/clock.ts';
import type { Scope } from '../lifetime/scope.ts';
import { type Logger, silentLogger } from '../log/logger.ts';
import type { LlmProvider, LlmRequest } from '../providers/kinds/llm.ts';
import { AgentTurnRun, type SentenceSource } from './agent-turn.ts';
import { type AnswerAction, AnswerStream } from './answer-stream.ts';
import { BrainMemory } from './brain-memory.ts';
import { textAwareDetector } from './end-of-turn/text-aware.ts';
import type { TurnDetector } from './end-of-turn/turn-detector.ts';
import { finalTextWithin } from './final-text.ts';
import type { CallControl, ConversationInput, Ear, Knowledge, Line, Recorder, Voice } from './ports.ts';
import { fillPlaceholders } from './prompt.ts';
import { SentenceCutter } from './sentences.ts';
import type { ConversationSettings } from './settings.ts';
import { NamedTimers } from './timers.ts';
import { Transcript } from './transcript.ts';
import {
  type Effect,
  initialState,
  openText,
  type Purpose,
  type SaidByCaller,
  type TurnInput,
  type TurnRules,
  type TurnState,
} from './turn/state.ts';
import { reduce } from './turn-machine.ts';
import { normalised } from './words.ts';

/** Everything a conversation needs from outside, besides its brain. */
export interface ConversationPorts {
  readonly line: Line;
  readonly ear: Ear;
  readonly voice: Voice;
  readonly recorder: Recorder;
  readonly control: CallControl;
  readonly knowledge: Knowledge;
  readonly log?: Logger;
  /** Stands in for the word rules of end of turn. */
  readonly turnDetector?: TurnDetector;
}

/** What texts that no brain made are recorded as made by. */
const fixedTextProvider = 'agent settings';

type EffectOf<Kind extends Effect['kind']> = Extract<Effect, { readonly kind: Kind }>;

/**
 * One call's conversation: feeds the turn machine with what happens and carries out what it decides.
 * `prepare` (before the call is answered) → `start` → `input`… → `end`.
 */
export class Conversation {
  readonly #settings: ConversationSettings;
  readonly #ports: ConversationPorts;
  readonly #llm: LlmProvider;
  readonly #clock: Clock;
  readonly #scope: Scope;
  readonly #log: Logger;
  readonly #rules: TurnRules;
  readonly #timers: NamedTimers;
  readonly #transcript: Transcript;
  readonly #memory: BrainMemory;
  readonly #inbox: TurnInput[] = [];
  readonly #prepared = new Map<Purpose, AgentTurnRun>();
  #busy = false;
  #state: TurnState = initialState;
  #current: { readonly turnId: number; readonly run: AgentTurnRun } | undefined;
  #speculation: { readonly text: string; readonly run: AgentTurnRun } | undefined;
  #lastSpeechId = 0;
  /** Latest position of call audio that was heard of, in milliseconds. */
  #positionMs = 0;
  /** Settles when the line is free of what was cut, and the history says what of it was heard. */
  #lineFree: Promise<void> = Promise.resolve();
  #earFree: Promise<void> = Promise.resolve();
  #ended: Promise<void> | undefined;

  constructor(settings: ConversationSettings, ports: ConversationPorts, llm: LlmProvider, clock: Clock, scope: Scope) {
    this.#settings = settings;
    this.#ports = ports;
    this.#llm = llm;
    this.#clock = clock;
    this.#scope = scope;
    this.#log = (ports.log ?? silentLogger).child({ callId: settings.callId });
    this.#rules = {
      behaviour: settings.behaviour,
      detector: ports.turnDetector ?? textAwareDetector(settings.behaviour.endOfTurn),
      announcement: fillPlaceholders(settings.recordingAnnouncement ?? '', settings.contextData).trim(),
      greeting: fillPlaceholders(settings.greeting, settings.contextData).trim(),
    };
    this.#timers = new NamedTimers(clock, (timer) => this.#feed({ kind: 'timer', timer }));
    this.#transcript = new Transcript(ports.recorder, settings.recogniserName, this.#log);
    this.#memory = new BrainMemory(settings, ports.knowledge, clock);
  }

  /** Has the first words synthesised, so that `start` only has to let them out. */
  async prepare(): Promise<void> {
    const firsts: Promise<void>[] = [];
    for (const [purpose, text] of [
      ['announcement', this.#rules.announcement],
      ['greeting', this.#rules.greeting],
    ] as const) {
      if (text === '') continue;
      const run = this.#fixed(text);
      this.#prepared.set(purpose, run);
      run.prepare();
      firsts.push(run.speech.ready);
    }
    await Promise.all(firsts);
  }

  /** The call is up: the agent speaks. */
  start(): void {
    this.#scope.onEnd(() => this.#timers.cancelAll());
    this.#feed({ kind: 'start' });
  }

  input(input: ConversationInput): void {
    if (this.#ended !== undefined) return;
    if ('positionMs' in input) this.#positionMs = Math.max(this.#positionMs, input.positionMs);
    const run = this.#current?.run;
    switch (input.kind) {
      case 'playback-started':
        run?.speech.playbackStarted(input.speechId, input.atMs, input.positionMs);
        return;
      case 'playback-finished':
        run?.playbackFinished(input.speechId, input.positionMs);
        return;
      case 'playback-lost':
        run?.speech.lost(input.speechIds);
        return;
      case 'voice-onset':
      case 'voice-confirmed':
      case 'voice-stopped':
      case 'partial':
      case 'dtmf':
      case 'held':
      case 'resumed':
      case 'speech-lost':
      case 'transfer-refused':
      case 'shutdown':
        this.#feed(input);
    }
  }

  /** The call is over. Resolves when all that was said is recorded. Safe to call again. */
  end(): Promise<void> {
    this.#ended ??= this.#close();
    return this.#ended;
  }

  async #close(): Promise<void> {
    this.#timers.cancelAll();
    const current = this.#current;
    this.#current = undefined;
    this.#speculation?.run.discard();
    for (const run of this.#prepared.values()) run.discard();
    if (current !== undefined) await this.#recordCut(current.run);
    else this.#recordOpenWords();
    if (this.#scope.ended === undefined) this.#scope.end('hangup');
    await this.#lineFree;
    await this.#transcript.written;
  }

  /** What of a turn was heard before it was cut, with the words it answered. */
  async #recordCut(run: AgentTurnRun): Promise<void> {
    if (!run.committed) this.#commit(run);
    const heard = await run.speech.cut();
    this.#memory.agentSaid(heard);
    this.#transcript.agent(run, heard, true, this.#positionMs);
  }

  #recordOpenWords(): void {
    const text = openText(this.#state);
    if (text !== '')
      this.#transcript.caller({ text, words: this.#state.words, endOfTurnAtMs: this.#clock.now() }, true);
  }

  /** Inputs are taken one after the other, also those that come out of an effect. */
  #feed(input: TurnInput): void {
    this.#inbox.push(input);
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift()) this.#take(next);
    } finally {
      this.#busy = false;
    }
  }

  #take(input: TurnInput): void {
    if (this.#ended !== undefined || this.#scope.ended !== undefined) return;
    const { state, effects } = reduce(this.#state, input, this.#clock.now(), this.#rules);
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
  }

  #carryOut(effect: Effect): void {
    const { line, recorder, control } = this.#ports;
    switch (effect.kind) {
      case 'schedule':
        return this.#timers.set(effect.timer, effect.atMs);
      case 'cancel':
        return this.#timers.cancel(effect.timer);
      case 'live-partial':
        return recorder.partial(effect.text);
      case 'close-ear':
        return this.#closeEar();
      case 'speculate':
        return this.#speculate(effect.text);
      case 'discard-speculation':
        return this.#dropSpeculation();
      case 'answer':
        return this.#answer(effect);
      case 'say':
        return this.#say(effect);
      case 'allow-barge-in':
        return line.allowBargeIn(effect.allowed);
      case 'resume-line':
        return line.resume();
      case 'transfer':
        return control.transfer(effect.target);
      case 'hangup':
        this.#timers.cancelAll();
        return control.hangup(effect.why);
      case 'commit':
      case 'finish':
      case 'cut':
      case 'pause':
      case 'resume':
      case 'hold':
      case 'continue':
        return this.#toRun(effect);
    }
  }

  /** Effects on the turn that has the floor. */
  #toRun(effect: EffectOf<'commit' | 'finish' | 'cut' | 'pause' | 'resume' | 'hold' | 'continue'>): void {
    const { line } = this.#ports;
    if (this.#current?.turnId !== effect.turnId) return;
    const { run } = this.#current;
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
        this.#lineFree = Promise.all([this.#lineFree, run.speech.hold()]).then(() => {});
        return;
      case 'continue':
        return this.#continue(run);
    }
  }

  #continue(run: AgentTurnRun): void {
    void this.#lineFree.then(() => {
      if (this.#current?.run !== run || this.#state.floor.at === 'held') return;
      this.#ports.line.resume();
      run.speech.release();
    });
  }

  #closeEar(): void {
    const { ear } = this.#ports;
    const limitMs = this.#settings.behaviour.recognitionLimitMs;
    this.#earFree = this.#earFree
      .then(() => finalTextWithin(ear, this.#clock, limitMs, this.#scope.signal))
      .then(
        (text) => this.#feed({ kind: 'final', text }),
        (failure: unknown) => {
          this.#log.warn({ why: messageOf(failure) }, 'no final text');
          this.#feed({ kind: 'final-failed' });
        },
      );
  }

  #speculate(text: string): void {
    this.#dropSpeculation();
    const run = this.#think({ kind: 'caller-turn', text }, text);
    this.#speculation = { text: normalised(text), run };
    run.prepare();
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
    const run = this.#think(occasion, said?.text ?? '');
    run.prepare();
    this.#speak(turnId, run, said);
  }

  #say({ turnId, purpose, text }: EffectOf<'say'>): void {
    const prepared = this.#prepared.get(purpose);
    this.#prepared.delete(purpose);
    const run = prepared ?? this.#fixed(text);
    if (prepared === undefined) run.prepare();
    this.#speak(turnId, run, undefined);
  }

  #speak(turnId: number, run: AgentTurnRun, said: SaidByCaller | undefined): void {
    this.#current = { turnId, run };
    run.release(said, {
      sentenceStarted: (text) => this.#feed({ kind: 'sentence-started', turnId, text }),
      played: () => this.#feed({ kind: 'turn-played', turnId, next: run.next }),
      failed: (failure) => {
        this.#log.error({ why: messageOf(failure), provider: run.provider }, 'the agent could not speak');
        this.#feed({ kind: 'turn-failed', turnId });
      },
      action: (action) => this.#act(action),
    });
  }

  #commit(run: AgentTurnRun): void {
    if (run.said !== undefined && !run.committed) {
      this.#memory.callerSaid(run.said.text);
      this.#transcript.caller(run.said);
    }
    for (const action of run.commit()) this.#act(action);
  }

  #act(action: AnswerAction): void {
    if (action.kind === 'slots') this.#memory.setSlots(action.slots);
    else if (action.kind === 'message-taken') this.#transcript.message(action.message);
  }

  #finish(run: AgentTurnRun): void {
    const { text } = run.speech;
    this.#current = undefined;
    this.#memory.agentSaid(text);
    this.#transcript.agent(run, text, false, run.endPositionMs ?? this.#positionMs);
    run.finish();
  }

  #cut(run: AgentTurnRun, record: boolean): void {
    this.#current = undefined;
    const endMs = this.#positionMs;
    const heard = run.speech.cut();
    this.#lineFree = Promise.all([this.#lineFree, heard]).then(([, text]) => {
      this.#ports.line.resume();
      if (!record) return;
      this.#memory.agentSaid(text);
      this.#transcript.agent(run, text, true, endMs);
    });
  }

  #fixed(text: string): AgentTurnRun {
    const lineFree = () => this.#lineFree;
    return this.#run(fixedTextProvider, async function* () {
      await lineFree();
      const cutter = new SentenceCutter();
      yield* cutter.push(text);
      yield* cutter.end();
    });
  }

  #think(occasion: LlmRequest['occasion'], callerText: string): AgentTurnRun {
    const limitMs = this.#settings.behaviour.brainLimitMs;
    return this.#run(this.#llm.name, ({ signal, ...listener }) => {
      const events = this.#respond(occasion, callerText, signal);
      return new AnswerStream(events, this.#clock, limitMs, listener, signal).sentences();
    });
  }

  async *#respond(occasion: LlmRequest['occasion'], callerText: string, signal: AbortSignal) {
    await this.#lineFree;
    yield* this.#llm.respond(this.#memory.request(occasion, callerText), signal);
  }

  #run(provider: string, source: SentenceSource): AgentTurnRun {
    const { voice, speed } = this.#settings;
    const parts = {
      line: this.#ports.line,
      voice: this.#ports.voice,
      clock: this.#clock,
      request: { ...(voice === undefined ? {} : { voice }), ...(speed === undefined ? {} : { speed }) },
      nextSpeechId: () => ++this.#lastSpeechId,
    };
    return new AgentTurnRun(provider, source, parts, this.#scope.child('turn'));
  }
}
