import { LandlineError, messageOf } from '../contract/errors.ts';
import { type Clock, delay, realClock } from '../lifetime/clock.ts';
import type { MessagePort } from '../lifetime/message-port.ts';
import type { Logger } from '../log/logger.ts';
import { type SipCore, type SipCoreOptions, startSipCore } from './core.ts';
import type { CoreAnswers, CoreQuestion, FromSipCore, ToSipCore } from './process-messages.ts';

const PORT_RETRY_MS = 100;

export interface ServeCoreOptions {
  readonly makeLog: (level: Extract<ToSipCore, { kind: 'start' }>['logLevel']) => Logger;
  readonly clock?: Clock;
  /** The core is over: asked to, without parent, or failed to start. `failed` tells the last from the others. */
  readonly over: (failed: boolean) => void;
}

/** Runs a core at the word of a parent, and answers its questions. When the parent is gone all calls end at once. */
export function serveCore(port: MessagePort<ToSipCore, FromSipCore>, options: ServeCoreOptions): void {
  let core: SipCore | undefined;
  let isEnding = false;
  const end = (): void => {
    if (isEnding) return;
    isEnding = true;
    if (core === undefined) options.over(false);
    else void core.stop().finally(() => options.over(false));
  };
  const start = async (message: Extract<ToSipCore, { kind: 'start' }>): Promise<void> => {
    const { config, secret, logLevel, waitForPortMs } = message;
    const { clock = realClock } = options;
    try {
      core = await startWhenPortIsFree({ config, secret, clock, log: options.makeLog(logLevel) }, clock, waitForPortMs);
    } catch (failure) {
      port.send(startFailure(failure));
      options.over(true);
      return;
    }
    if (isEnding) await core.stop(0);
    else port.send({ kind: 'ready', controlPort: core.controlPort, endpoints: core.endpoints });
  };
  port.onMessage((message) => {
    if (message.kind === 'start') void start(message);
    else if (message.kind === 'shutdown') end();
    else if (core !== undefined) {
      port.send({ kind: 'answer', requestId: message.requestId, value: answer(core, message.question) });
    }
  });
  port.onClose(end);
}

async function startWhenPortIsFree(options: SipCoreOptions, clock: Clock, patienceMs: number): Promise<SipCore> {
  const untilMs = clock.now() + patienceMs;
  for (;;) {
    try {
      return await startSipCore(options);
    } catch (failure) {
      const isTaken = failure instanceof LandlineError && failure.code === 'sip-port-taken';
      if (!isTaken || clock.now() >= untilMs) throw failure;
    }
    await delay(clock, PORT_RETRY_MS);
  }
}

function startFailure(failure: unknown): FromSipCore {
  const { code, details } = failure instanceof LandlineError ? failure : { code: 'sip-core-failed', details: {} };
  return { kind: 'start-failed', code, message: messageOf(failure), details };
}

export function answer(core: SipCore, question: CoreQuestion): CoreAnswers[CoreQuestion['kind']] {
  if (question.kind === 'trace') return core.trace(question.callId);
  if (question.kind === 'bans') return core.bans();
  return question.kind === 'lift-ban' ? core.liftBan(question.address) : core.stats();
}
