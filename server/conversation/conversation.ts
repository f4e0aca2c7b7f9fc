import { messageOf } from '../contract/errors.ts';
import type { Clock } from '../lifetime/clock.ts';
import type { Scope } from '../lifetime/scope.ts';
import { type Logger, silentLogger } from '../log/logger.ts';
import type { LlmProvider } from '../providers/kinds/llm.ts';
import { AgentStage } from './agent-stage.ts';
import { BrainMemory } from './brain-memory.ts';
import { textAwareDetector } from './end-of-turn/text-aware.ts';
import type { TurnDetector } from './end-of-turn/turn-detector.ts';
import { finalTextWithin } from './final-text.ts';
import type { CallControl, ConversationInput, Ear, Knowledge, Line, Recorder, Toolbox, Voice } from './ports.ts';
import { fillPlaceholders } from './prompt.ts';
import type { ConversationSettings } from './settings.ts';
import { NamedTimers } from './timers.ts';
import { Transcript } from './transcript.ts';
import { type Effect, initialState, openText, type TurnInput, type TurnRules, type TurnState } from './turn/state.ts';
import { reduce } from './turn-machine.ts';

/** Everything a conversation needs from outside, besides its brain. */
export interface ConversationPorts {
  readonly line: Line;
  readonly ear: Ear;
  readonly voice: Voice;
  readonly recorder: Recorder;
  readonly control: CallControl;
  readonly knowledge: Knowledge;
  readonly toolbox: Toolbox;
  readonly log?: Logger;
  /** Stands in for the word rules of end of turn. */
  readonly turnDetector?: TurnDetector;
}

/**
 * One call's conversation: feeds the turn machine with what happens and carries out what it decides.
 * `prepare` (before the call is answered) → `start` → `input`… → `end`.
 */
export class Conversation {
  readonly #settings: ConversationSettings;
  readonly #ports: ConversationPorts;
  readonly #clock: Clock;
  readonly #scope: Scope;
  readonly #log: Logger;
  readonly #rules: TurnRules;
  readonly #timers: NamedTimers;
  readonly #transcript: Transcript;
  readonly #stage: AgentStage;
  readonly #inbox: TurnInput[] = [];
  #busy = false;
  #state: TurnState = initialState;
  #earFree: Promise<void> = Promise.resolve();
  #ended: Promise<void> | undefined;

  constructor(settings: ConversationSettings, ports: ConversationPorts, llm: LlmProvider, clock: Clock, scope: Scope) {
    this.#settings = settings;
    this.#ports = ports;
    this.#clock = clock;
    this.#scope = scope;
    const log = (ports.log ?? silentLogger).child({ callId: settings.callId });
    this.#log = log;
    this.#rules = rulesOf(settings, ports.turnDetector);
    this.#timers = new NamedTimers(clock, (timer) => this.#feed({ kind: 'timer', timer }));
    const transcript = new Transcript(ports.recorder, settings.recogniserName, log);
    this.#transcript = transcript;
    const memory = new BrainMemory(settings, ports.knowledge, clock);
    const tell = (input: TurnInput) => this.#feed(input);
    this.#stage = new AgentStage({ ...ports, settings, llm, clock, memory, transcript, log, tell }, scope);
  }

  /** Has the first words synthesised, so that `start` only has to let them out. */
  prepare(): Promise<void> {
    const { announcement, greeting } = this.#rules;
    return this.#stage.prepare(
      new Map([
        ['announcement', announcement],
        ['greeting', greeting],
      ]),
    );
  }

  /** The call is up: the agent speaks. */
  start(): void {
    this.#scope.onEnd(() => this.#timers.cancelAll());
    this.#feed({ kind: 'start' });
  }

  input(input: ConversationInput): void {
    if (this.#ended !== undefined) return;
    if ('positionMs' in input) this.#stage.at(input.positionMs);
    switch (input.kind) {
      case 'playback-started':
      case 'playback-finished':
      case 'playback-lost':
        return this.#stage.playback(input);
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
    const settled = this.#stage.end();
    const text = openText(this.#state);
    const { words } = this.#state;
    await settled;
    if (text !== '') this.#transcript.caller({ text, words, endOfTurnAtMs: this.#clock.now() }, true);
    if (this.#scope.ended === undefined) this.#scope.end('hangup');
    await this.#transcript.written;
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
    const before = this.#state;
    const { state, effects } = reduce(before, input, this.#clock.now(), this.#rules);
    this.#state = state;
    this.#noteDecision(before, state);
    for (const effect of effects) this.#carryOut(effect);
  }

  /** What became of a voice over the agent: the decision to look at when an agent stops too easily or too late. */
  #noteDecision({ floor, earText }: TurnState, after: TurnState): void {
    if (floor.at !== 'agent-paused' || after.floor.at === 'agent-paused') return;
    const afterMs = Math.round(this.#clock.now() - floor.pausedAtMs);
    this.#log.debug({ outcome: after.floor.at, afterMs, pii: { text: earText } }, 'voice over the agent');
  }

  #carryOut(effect: Effect): void {
    const { line, control } = this.#ports;
    switch (effect.kind) {
      case 'schedule':
        return this.#timers.set(effect.timer, effect.atMs);
      case 'cancel':
        return this.#timers.cancel(effect.timer);
      case 'close-ear':
        return this.#closeEar();
      case 'allow-barge-in':
        return line.allowBargeIn(effect.allowed);
      case 'resume-line':
        return line.resume();
      case 'transfer':
        return control.transfer(effect.target);
      case 'hangup':
        this.#timers.cancelAll();
        return control.hangup(effect.why);
      case 'speculate':
      case 'discard-speculation':
      case 'answer':
      case 'say':
      case 'commit':
      case 'finish':
      case 'cut':
      case 'pause':
      case 'resume':
      case 'hold':
      case 'continue':
        return this.#stage.carryOut(effect);
    }
  }

  #closeEar(): void {
    const { ear } = this.#ports;
    const limitMs = this.#settings.behaviour.recognitionLimitMs;
    this.#earFree = this.#earFree
      .then(() => finalTextWithin(ear, this.#clock, limitMs, this.#scope.signal))
      .then(
        (text) => this.#feed({ kind: 'final', text }),
        (failure: unknown) => {
          if (this.#scope.ended !== undefined) return;
          this.#log.warn({ why: messageOf(failure) }, 'no final text');
          this.#feed({ kind: 'final-failed' });
        },
      );
  }
}

function rulesOf(settings: ConversationSettings, detector: TurnDetector | undefined): TurnRules {
  const { behaviour, contextData } = settings;
  return {
    behaviour,
    detector: detector ?? textAwareDetector(behaviour.endOfTurn),
    announcement: fillPlaceholders(settings.recordingAnnouncement ?? '', contextData).trim(),
    greeting: fillPlaceholders(settings.greeting, contextData).trim(),
  };
}
