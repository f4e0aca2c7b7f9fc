import type { ToolUseDraft, TurnDraft } from '../contract/call.ts';
import { messageOf } from '../contract/errors.ts';
import type { Logger } from '../log/logger.ts';
import type { TakenMessage } from '../providers/kinds/llm.ts';
import type { AgentTurnRun } from './agent-turn.ts';
import { turnLatency } from './marks.ts';
import type { Recorder } from './ports.ts';
import type { SaidByCaller } from './turn/state.ts';

/** Writes turns in their order, one after the other, each with its log line once it is durable. */
export class Transcript {
  readonly #recorder: Recorder;
  readonly #recogniserName: string;
  readonly #log: Logger;
  #written: Promise<void> = Promise.resolve();
  #rows = 0;

  constructor(recorder: Recorder, recogniserName: string, log: Logger) {
    this.#recorder = recorder;
    this.#recogniserName = recogniserName;
    this.#log = log;
  }

  /** Resolves when everything handed in so far is durable (or has failed, which is logged). */
  get written(): Promise<void> {
    return this.#written;
  }

  caller(said: SaidByCaller, interrupted = false): void {
    const { startPositionMs, lastVoicedPositionMs, lastVoicedAtMs } = said.words;
    const endMs = lastVoicedPositionMs ?? startPositionMs ?? 0;
    this.#write({
      role: 'caller',
      text: said.text,
      startMs: Math.min(startPositionMs ?? endMs, endMs),
      endMs,
      interrupted,
      provider: this.#recogniserName,
      marks: {
        ...(lastVoicedAtMs === undefined ? {} : { callerStopped: lastVoicedAtMs }),
        endOfTurn: said.endOfTurnAtMs,
      },
    });
  }

  agent(run: AgentTurnRun, text: string, interrupted: boolean, endMs: number): void {
    if (text === '') return;
    this.#write({
      role: 'agent',
      text,
      startMs: run.startPositionMs ?? endMs,
      endMs: Math.max(endMs, run.startPositionMs ?? endMs),
      interrupted,
      provider: run.provider,
      marks: run.marks,
    });
  }

  message(message: TakenMessage): void {
    this.#then(async () => {
      await this.#recorder.message(message);
      this.#log.info({ pii: { ...message } }, 'message taken');
    });
  }

  toolUse(use: ToolUseDraft): void {
    const { name, outcome, startMs, endMs, args, result } = use;
    this.#then(async () => {
      await this.#recorder.toolUse(use);
      this.#log.info({ tool: name, outcome, tookMs: Math.round(endMs - startMs), pii: { args, result } }, 'tool used');
    });
  }

  variables(values: Readonly<Record<string, string>>): void {
    this.#then(async () => {
      await this.#recorder.variables(values);
      this.#log.info({ names: Object.keys(values), pii: { values } }, 'variables set');
    });
  }

  #write(draft: TurnDraft): void {
    const turn = ++this.#rows;
    const { text, ...rest } = draft;
    this.#then(async () => {
      await this.#recorder.turn(draft);
      this.#log.info({ turn, ...rest, ...turnLatency(draft.marks), pii: { text } }, 'turn');
    });
  }

  #then(write: () => Promise<void>): void {
    this.#written = this.#written.then(write).catch((failure: unknown) => {
      this.#log.error({ why: messageOf(failure) }, 'a turn could not be recorded');
    });
  }
}
