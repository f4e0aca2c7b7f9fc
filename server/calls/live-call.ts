import type { CallEndReason } from '../contract/call.ts';
import { messageOf } from '../contract/errors.ts';
import type { NegotiatedMedia } from '../contract/media-session.ts';
import { Conversation } from '../conversation/conversation.ts';
import type { CallControl, Ear, Knowledge, Recorder } from '../conversation/ports.ts';
import { fillPlaceholders } from '../conversation/prompt.ts';
import { splitSentences } from '../domain/knowledge/sentence.ts';
import type { Clock } from '../lifetime/clock.ts';
import type { Scope } from '../lifetime/scope.ts';
import type { Logger } from '../log/logger.ts';
import type { MediaEngine } from '../media/media-engine.ts';
import type { LlmProvider, TransferTarget } from '../providers/kinds/llm.ts';
import type { SpeechHost } from '../providers/kinds/speech-host.ts';
import type { CallEdge, EdgeEnd, EdgeListener } from '../telephony/call-edge.ts';
import { isHeld } from '../telephony/offer-answer/media-session.ts';
import type { AgentProfile } from './agent-profile.ts';
import { type CallBook, type RecordingBook, statusFor } from './call-book.ts';
import { CallRecording } from './call-recording.ts';
import { CallSession } from './call-session.ts';
import type { CallTools } from './call-tools.ts';
import { reasonForEdgeEnd } from './end-reason.ts';
import { KeypadBrain } from './keypad-brain.ts';
import { LimitedBrain } from './limited-brain.ts';
import { type VoicemailActions, VoicemailGuard } from './voicemail/voicemail-guard.ts';

export interface LiveCallDeps {
  readonly media: MediaEngine;
  readonly speech: SpeechHost;
  readonly book: CallBook;
  readonly recordings: RecordingBook;
  readonly knowledge: { search(agentId: string, text: string, limit: number): ReturnType<Knowledge['search']> };
  readonly tools: Pick<CallTools, 'toolbox'>;
  /** Words as heard → as people write them ("five five five" → "555"), for the records. */
  readonly writtenForm: (heard: string) => string;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * One call while it lives: signalling edge, audio session, conversation and records. Whatever ends it first gives the
 * reason; everything else that arrives later is ignored.
 */
export class LiveCall {
  readonly id: string;
  readonly #deps: LiveCallDeps;
  readonly #profile: AgentProfile;
  readonly #scope: Scope;
  readonly #session: CallSession;
  readonly #conversation: Conversation;
  readonly #voicemail: VoicemailGuard;
  readonly #recording: CallRecording;
  readonly #finished: Promise<void>;
  #resolveFinished: () => void = () => {};
  #edge: CallEdge | undefined;
  /** What `{{name}}` stands for; keys may change it during the call. */
  readonly #contextData: Record<string, string>;
  #answeredAtMs: number | undefined;
  #ending = false;
  #rings = false;
  #transferring = false;

  constructor(id: string, profile: AgentProfile, brain: LlmProvider, deps: LiveCallDeps, scope: Scope) {
    this.id = id;
    this.#profile = profile;
    this.#deps = deps;
    this.#scope = scope;
    this.#contextData = { ...profile.conversation.contextData };
    this.#finished = new Promise((resolve) => {
      this.#resolveFinished = resolve;
    });
    this.#recording = new CallRecording(id, deps.recordings, deps.log);
    this.#session = new CallSession(
      id,
      deps.media,
      deps.speech,
      {
        lineLost: (why) => this.#hangup(why),
        recordingFailed: (message) => this.#recording.failed(message),
        partial: (text) => deps.book.partial(id, 'caller', text),
        heard: (event) => this.#voicemail.heard(event),
        interrupted: () => this.#edge?.interrupted?.(),
      },
      deps.log,
    );
    const ports = {
      line: this.#session,
      ear: { endTurn: () => this.#session.endTurn() } satisfies Ear,
      voice: deps.speech,
      recorder: this.#recorder(),
      control: this.#control(),
      knowledge: { search: (text: string, limit: number) => deps.knowledge.search(profile.agentId, text, limit) },
      toolbox: deps.tools.toolbox(profile.tools, this.#contextData),
      log: deps.log,
    };
    this.#conversation = new Conversation(
      { ...profile.conversation, callId: id },
      ports,
      brainOf(profile, brain),
      deps.clock,
      scope.child('conversation'),
    );
    this.#session.attach(this.#conversation);
    const { clock, log } = deps;
    const actions = this.#voicemailActions();
    this.#voicemail = new VoicemailGuard({ callId: id, plan: profile.voicemail, actions, clock, log });
    scope.onEnd(() => this.#voicemail.stop());
  }

  /** Resolves when the call is over and its records are committed. */
  get finished(): Promise<void> {
    return this.#finished;
  }

  get hasEnded(): boolean {
    return this.#ending;
  }

  /** What the signalling side reports; give it to the edge before the call is answered. */
  readonly edgeListener: EdgeListener = {
    mediaChanged: (media, held) => this.#session.mediaChanged(media, held),
    ringing: () => this.#ringing(),
    answered: (sipCallId) => this.#noteAnswer(sipCallId),
    infoDigit: (digit) => this.#session.input({ kind: 'dtmf', digit, atMs: this.#deps.clock.now() }),
    ended: (end) => this.#edgeEnded(end),
  };

  /** Opens the RTP port at our address on the route to the other side. */
  openMedia(localAddress: string): ReturnType<CallSession['openLeg']> {
    return this.#session.openLeg(localAddress, this.#profile.voicemail.action !== 'ignore');
  }

  /** Opens ear and recording and has the first words synthesised, so that nothing is left to do at the answer. */
  async prepare(): Promise<void> {
    await Promise.all([this.#session.openRecognition(), this.#conversation.prepare(), this.#openRecording()]);
  }

  /** The signalling side, as soon as there is one: from now on the end of the call is signalled too. */
  attach(edge: CallEdge): void {
    this.#edge = edge;
    if (this.#ending) void edge.hangup();
  }

  /** The call is up (ACK received or sent): write it down, then let the agent speak. */
  async begin(media: NegotiatedMedia): Promise<void> {
    const edge = this.#edge;
    if (edge === undefined) throw new Error('A call begins with a signalling side.');
    if (this.#ending) return;
    await this.#noteAnswer(edge.sipCallId);
    if (this.#ending) return;
    this.#session.begin(media, isHeld(media));
    this.#voicemail.start();
  }

  /** Hangs up from outside: API, shutdown of the appliance, or a failure while setting up. */
  end(reason: CallEndReason, errorMessage?: string): Promise<void> {
    this.#hangup(reason, errorMessage);
    return this.#finished;
  }

  /** The call could not be set up; `refuse` tells the caller, unless they know already. */
  setUpFailed(errorMessage: string, refuse: () => void): void {
    if (this.#ending) return;
    this.#ending = true;
    refuse();
    void this.#close('error', errorMessage, undefined);
  }

  /** Lets the agent say one sentence and hang up; used when the appliance stops. */
  shutDown(): void {
    if (this.#answeredAtMs !== undefined) this.#session.input({ kind: 'shutdown' });
    else this.#hangup('shutdown');
  }

  /** Where a call that never got an edge (refused outgoing call) ends. */
  failed(end: EdgeEnd): void {
    this.#edgeEnded(end);
  }

  #ringing(): void {
    if (this.#rings || this.#ending) return;
    this.#rings = true;
    const { book, clock, log } = this.#deps;
    book.ringing(this.id, clock.now()).catch((failure: unknown) => {
      log.error({ callId: this.id, why: messageOf(failure) }, 'the ringing could not be written down');
    });
  }

  /** Resolves when the answer is committed: an outgoing call is acknowledged only then. */
  async #noteAnswer(sipCallId: string): Promise<void> {
    if (this.#ending || this.#answeredAtMs !== undefined) return;
    this.#answeredAtMs = this.#deps.clock.now();
    await this.#deps.book.answered(this.id, this.#answeredAtMs, { sipCallId });
  }

  #recorder(): Recorder {
    const { book, writtenForm } = this.#deps;
    return {
      turn: async (draft) => {
        const text = draft.role === 'caller' ? writtenForm(draft.text) : draft.text;
        await book.addTurn(this.id, { ...draft, text });
      },
      message: async (message) => void (await book.messageTaken(this.id, message)),
      toolUse: async (use) => void (await book.addToolUse(this.id, use)),
      variables: async (values) => {
        Object.assign(this.#contextData, values);
        await book.setVariables(this.id, values);
      },
      partial: (text) => book.partial(this.id, 'agent', text),
    };
  }

  #control(): CallControl {
    return {
      hangup: (why) => this.#hangup(why),
      transfer: (target) => void this.#transfer(target),
    };
  }

  #voicemailActions(): VoicemailActions {
    const { book } = this.#deps;
    return {
      answeredBy: (who) => book.answeredBy(this.id, who),
      silenceAgent: () => this.#session.silenceAgent(),
      say: (message) => this.#leaveMessage(message),
      hangup: () => this.#hangup('voicemail'),
    };
  }

  async #leaveMessage(template: string): Promise<void> {
    const { book, clock, speech } = this.#deps;
    const { voice, speed } = this.#profile.conversation;
    const text = fillPlaceholders(template, this.#contextData).trim();
    const beganAtMs = clock.now();
    const spokenAs = { ...(voice === undefined ? {} : { voice }), ...(speed === undefined ? {} : { speed }) };
    await this.#session.say(splitSentences(text), spokenAs, this.#scope.signal);
    const positionMs = (atMs: number) => atMs - (this.#answeredAtMs ?? atMs);
    const [startMs, endMs] = [positionMs(beganAtMs), positionMs(clock.now())];
    const turn = { role: 'agent', text, startMs, endMs, interrupted: this.#ending, provider: speech.ttsName } as const;
    await book.addTurn(this.id, { ...turn, marks: {} });
  }

  async #openRecording(): Promise<void> {
    if (this.#profile.recordingEnabled) await this.#recording.open((path) => this.#session.startRecording(path));
  }

  async #transfer(target: TransferTarget): Promise<void> {
    if (!this.#edge) return;
    this.#transferring = true;
    const outcome = await this.#edge.transfer(target.target);
    this.#transferring = false;
    if (outcome.kind === 'accepted') this.#hangup('transferred');
    else this.#session.input({ kind: 'transfer-refused', target: target.name, status: outcome.status });
  }

  #hangup(reason: CallEndReason, errorMessage?: string): void {
    if (this.#ending) return;
    this.#ending = true;
    void this.#close(reason, errorMessage, this.#edge?.hangup());
  }

  #edgeEnded(end: EdgeEnd): void {
    if (this.#ending) return;
    this.#ending = true;
    const { reason, message } = reasonForEdgeEnd(end, this.#answeredAtMs !== undefined);
    // A phone that is talking to the transfer target already may hang up before it reports success (RFC 5589 6.1).
    const passedOn = this.#transferring && end.kind === 'remote';
    void this.#close(passedOn ? 'transferred' : reason, message, undefined);
  }

  async #close(
    reason: CallEndReason,
    errorMessage: string | undefined,
    hungUp: Promise<void> | undefined,
  ): Promise<void> {
    const { book, clock, log } = this.#deps;
    const endedAtMs = clock.now();
    try {
      this.#scope.end('hangup');
      const [summary] = await Promise.all([this.#session.close(), hungUp]);
      this.#recording.settle(summary);
      await book.finish(this.id, {
        status: statusFor(reason, this.#answeredAtMs !== undefined),
        endReason: reason,
        endedAtMs,
        ...(errorMessage === undefined ? {} : { errorMessage }),
      });
      log.info(
        {
          callId: this.id,
          reason,
          durationMs: Math.round(endedAtMs - (this.#answeredAtMs ?? endedAtMs)),
          counters: summary?.counters,
        },
        'call ended',
      );
    } catch (failure) {
      log.error({ callId: this.id, reason, why: messageOf(failure) }, 'the end of the call could not be written down');
    } finally {
      this.#resolveFinished();
    }
  }
}

/** Keys do what the agent's rules say; its limits are for the brain. */
function brainOf({ brainLimits, keypadRules }: AgentProfile, brain: LlmProvider): LlmProvider {
  const limited = new LimitedBrain(brain, brainLimits);
  return keypadRules.length === 0 ? limited : new KeypadBrain(limited, keypadRules);
}
