import type { TurnMarks } from '../contract/call.ts';
import { LandlineError } from '../contract/errors.ts';
import type { Clock } from '../lifetime/clock.ts';
import type { Scope } from '../lifetime/scope.ts';
import type { AnswerAction } from './answer-stream.ts';
import type { Line, Voice } from './ports.ts';
import { Speech, type SpeechListener } from './speech.ts';
import type { AfterTurn, SaidByCaller } from './turn/state.ts';

export interface AgentTurnParts {
  readonly line: Line;
  readonly voice: Voice;
  readonly clock: Clock;
  readonly request: { readonly voice?: string; readonly speed?: number };
  nextSpeechId(): number;
}

export interface AgentTurnListener {
  sentenceStarted(text: string): void;
  played(): void;
  failed(failure: unknown): void;
  /** Something the brain asked for after the turn was committed; before, see `commit`. */
  action(action: AnswerAction): void;
  /** A tool has done its work: the turn counts from now on, heard or not. */
  acted(): void;
  /** Whether a tool works for the turn. */
  waiting(isWaiting: boolean): void;
}

/** A turn as the source of its sentences sees it. */
export interface TurnOfSource {
  firstToken(): void;
  action(action: AnswerAction): void;
  /** A sentence that the brain didn't make is going to be said. */
  covering(sentence: string): void;
  waiting(isWaiting: boolean): void;
  /** Let out, and nothing left to say so far. */
  isQuiet(): boolean;
  /** Settles when the turn is let out; stays open when it never is. */
  readonly released: Promise<void>;
  readonly signal: AbortSignal;
}

/** Where the turn's sentences come from. */
export type SentenceSource = (turn: TurnOfSource) => AsyncIterable<string>;

/**
 * One turn of the agent from its preparation to its end: speech, marks, and what the brain wants done. Has no side
 * effects of its own: they are taken when the turn counts.
 */
export class AgentTurnRun {
  /** Who made the text. */
  readonly provider: string;
  readonly speech: Speech;
  said: SaidByCaller | undefined;
  readonly #parts: AgentTurnParts;
  readonly #scope: Scope;
  readonly #actions: AnswerAction[] = [];
  #listener: AgentTurnListener | undefined;
  #marks: TurnMarks = {};
  #committed = false;
  /** Sentences that the brain didn't make. */
  readonly #covers: string[] = [];
  readonly #released = Promise.withResolvers<void>();
  #startPositionMs: number | undefined;
  #endPositionMs: number | undefined;
  #ending: 'played' | { readonly failure: unknown } | undefined;

  constructor(provider: string, source: SentenceSource, parts: AgentTurnParts, scope: Scope) {
    this.provider = provider;
    this.#parts = parts;
    this.#scope = scope;
    const sentences = source({
      firstToken: () => this.#mark('firstToken'),
      action: (action) => this.#act(action),
      covering: (sentence) => void this.#covers.push(sentence),
      waiting: (isWaiting) => this.#listener?.waiting(isWaiting),
      isQuiet: () => this.speech.isQuiet,
      released: this.#released.promise,
      signal: scope.signal,
    });
    this.speech = new Speech({ ...parts, sentences }, this.#speechListener(), scope);
  }

  get marks(): TurnMarks {
    return this.#marks;
  }

  /** Milliseconds of call audio; undefined while nothing was heard. */
  get startPositionMs(): number | undefined {
    return this.#startPositionMs;
  }

  get endPositionMs(): number | undefined {
    return this.#endPositionMs;
  }

  get committed(): boolean {
    return this.#committed;
  }

  /** What comes after the last word. */
  get next(): AfterTurn {
    for (const action of this.#actions) {
      if (action.kind === 'transfer') return { kind: 'transfer', target: action.target };
      if (action.kind === 'end-call') return { kind: 'hangup' };
    }
    return { kind: 'listen' };
  }

  /** Begins to think and to synthesise the first sentence. */
  prepare(): void {
    this.speech.start();
  }

  /** Lets it be heard; what happened before is reported now. */
  release(said: SaidByCaller | undefined, listener: AgentTurnListener): void {
    this.said = said;
    this.#listener = listener;
    if (said !== undefined) {
      const { lastVoicedAtMs } = said.words;
      const stopped = lastVoicedAtMs === undefined ? {} : { callerStopped: lastVoicedAtMs };
      this.#marks = { ...this.#marks, ...stopped, endOfTurn: said.endOfTurnAtMs };
    }
    if (this.#ending === 'played') listener.played();
    else if (this.#ending !== undefined) listener.failed(this.#ending.failure);
    else {
      this.speech.release();
      this.#released.resolve();
    }
  }

  /** From now on the turn counts; returns what the brain has asked for so far. */
  commit(): readonly AnswerAction[] {
    if (this.#committed) return [];
    this.#committed = true;
    return [...this.#actions];
  }

  playbackFinished(speechId: number, positionMs: number): void {
    if (this.speech.playbackFinished(speechId)) this.#endPositionMs = positionMs;
  }

  finish(): void {
    this.#scope.end('done');
  }

  discard(): void {
    this.#scope.end('superseded');
  }

  #act(action: AnswerAction): void {
    this.#actions.push(action);
    // What was given up is not going to be committed, and yet a tool may have done something.
    if (this.#committed || this.#scope.ended !== undefined) this.#listener?.action(action);
    else if (action.kind === 'tool-used') this.#listener?.acted();
  }

  #mark(mark: keyof TurnMarks): void {
    this.#marks = { ...this.#marks, [mark]: this.#marks[mark] ?? this.#parts.clock.now() };
  }

  #speechListener(): SpeechListener {
    return {
      firstAudio: () => {
        if (this.#covers.length === 0) this.#mark('firstAudio');
      },
      sentenceStarted: (text, atMs, positionMs) => {
        this.#startPositionMs ??= positionMs;
        if (!this.#covers.includes(text))
          this.#marks = { ...this.#marks, firstPacket: this.#marks.firstPacket ?? atMs };
        this.#listener?.sentenceStarted(text);
      },
      played: (sentences) => {
        if (sentences === this.#covers.length && this.#actions.every(({ kind }) => kind === 'tool-used'))
          this.#end({ failure: new LandlineError('brain-silent', `${this.provider} had nothing to say.`) });
        else this.#end('played');
      },
      failed: (failure) => this.#end({ failure }),
    };
  }

  #end(ending: 'played' | { readonly failure: unknown }): void {
    this.#ending = ending;
    if (ending === 'played') this.#listener?.played();
    else this.#listener?.failed(ending.failure);
  }
}
