import type { WebSocket } from 'ws';
import type { TurnRole } from '../../../contract/call.ts';
import { messageOf } from '../../../contract/errors.ts';
import type { Agent } from '../../../domain/agents/agent.ts';
import type { Turn } from '../../../domain/calls/call.ts';
import type { CallService } from '../../../domain/calls/call-service.ts';
import type { WebCall, WebCalls } from '../../../domain/calls/web-calls.ts';
import type { EventBus } from '../../../events/bus.ts';
import type { Clock } from '../../../lifetime/clock.ts';
import type { Logger } from '../../../log/logger.ts';
import { sendAudio, swapped } from '../../sockets/audio-out.ts';
import type { SocketCounters } from '../../sockets/bounded-socket.ts';
import { followCall } from '../../sockets/call-feed.ts';
import type { ClientMessage } from './voice.wire.ts';

export interface VoiceSessionParts {
  readonly calls: CallService;
  readonly webCalls: WebCalls;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly log: Logger;
  readonly counters: SocketCounters;
}

export interface VoiceSessionOptions {
  readonly socket: WebSocket;
  readonly sessionId: string;
  readonly agent: Agent;
  readonly userId: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Frames of 20 ms in one audio message of ours: few enough to be heard soon, many enough to be worth a message. */
const framesPerMessage = 2;

type Stage = 'idle' | 'transcribing' | 'processing' | 'synthesizing';
const stageTexts: Readonly<Record<Exclude<Stage, 'idle'>, string>> = {
  transcribing: 'Listening',
  processing: 'Thinking',
  synthesizing: 'Speaking',
};

/** One conversation over the voice socket, from its first word to its end. */
export class VoiceSession {
  readonly #parts: VoiceSessionParts;
  readonly #options: VoiceSessionOptions;
  #call: WebCall | undefined;
  #unfollow: () => void = () => {};
  #frames: Buffer[] = [];
  #sequence = 0;
  #stage: Stage = 'idle';

  private constructor(parts: VoiceSessionParts, options: VoiceSessionOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  /** Throws what opening the call throws. */
  static async open(parts: VoiceSessionParts, options: VoiceSessionOptions): Promise<VoiceSession> {
    const session = new VoiceSession(parts, options);
    await session.#open();
    return session;
  }

  take(message: ClientMessage): void {
    const call = this.#call;
    if (!call) return;
    if (message.type === 'audio') call.audio(swapped(message.samples));
    else if (message.type === 'unsupported-audio') {
      this.#send({ type: 'error', error_code: 'UNSUPPORTED_FORMAT', message: message.why, details: null });
    } else if (message.type === 'control') this.#control(call, message.action);
  }

  hangUp(): void {
    this.#unfollow();
    this.#call?.hangUp().catch((thrown: unknown) => {
      this.#parts.log.error({ err: thrown }, `a voice session could not be ended: ${messageOf(thrown)}`);
    });
  }

  async #open(): Promise<void> {
    const { agent, userId, variables } = this.#options;
    const from = variables['caller_id'] ?? variables['phone_number'];
    const call = await this.#parts.webCalls.open(
      { agent, userId, format: 'L16', variables, from: typeof from === 'string' ? from : 'web' },
      {
        audio: (payload) => this.#audio(payload),
        interrupted: () => this.#interrupted(),
        ended: () => this.#ended(),
      },
    );
    this.#call = call;
    this.#unfollow = followCall(this.#parts, call.callId, {
      turn: (turn) => this.#turn(turn),
      partial: (role, text) => this.#partial(role, text),
    });
  }

  #control(call: WebCall, action: 'pause' | 'resume' | 'end'): void {
    if (action !== 'end') call.hold(action === 'pause');
    // The end of the call closes the socket, after the last transcript has been sent.
    else void call.hangUp();
  }

  #audio(payload: Buffer): void {
    this.#frames.push(swapped(payload));
    if (this.#frames.length < framesPerMessage) return;
    const data = Buffer.concat(this.#frames).toString('base64');
    this.#frames = [];
    const message = { type: 'audio', sequence: ++this.#sequence, format: 'pcm_16k', data };
    sendAudio(this.#options.socket, JSON.stringify(this.#stamped(message)), this.#parts.counters);
  }

  #interrupted(): void {
    this.#frames = [];
    this.#send({ type: 'status', status: 'transcribing', message: 'Interrupted', event: 'clear' });
    this.#stage = 'transcribing';
  }

  #partial(role: TurnRole, text: string): void {
    this.#enter(role === 'caller' ? 'transcribing' : 'synthesizing');
    if (role === 'caller')
      this.#send({ type: 'transcript', partial: text, complete: false, confidence: null, final: false });
  }

  #turn(turn: Turn): void {
    if (turn.role === 'caller') {
      this.#send({ type: 'transcript', partial: null, complete: turn.text, confidence: null, final: true });
      this.#enter('processing');
      return;
    }
    const { agent } = this.#options;
    this.#send({ type: 'response', text: turn.text, agent_id: agent.id, emotion: null, sentiment: null });
    this.#stage = 'idle';
  }

  #enter(stage: Exclude<Stage, 'idle'>): void {
    if (this.#stage === stage) return;
    this.#stage = stage;
    this.#send({ type: 'status', status: stage, message: stageTexts[stage] });
  }

  #ended(): void {
    this.#unfollow();
    this.#options.socket.close(1000, 'the call has ended');
  }

  #stamped(message: object): object {
    const { sessionId } = this.#options;
    return { ...message, session_id: sessionId, timestamp: Math.round(this.#parts.clock.now()) };
  }

  #send(message: object): void {
    const { socket } = this.#options;
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(this.#stamped(message)));
  }
}
