import type { LocalMediaPoint, NegotiatedMedia } from '../contract/media-session.ts';
import type { Conversation } from '../conversation/conversation.ts';
import type { ConversationInput, Line } from '../conversation/ports.ts';
import type { Logger } from '../log/logger.ts';
import type { AudioSink } from '../media/frame.ts';
import type { FlushReport, LegEvent, LegSummary, MediaEngine, MediaLeg, PlaybackChunk } from '../media/media-engine.ts';
import type { Recognition, SpeechHost } from '../providers/kinds/speech-host.ts';

/** How the sentences of a message sound. */
export interface SpokenAs {
  readonly voice?: string;
  readonly speed?: number;
}

/** What a session reports to the call that owns it. */
export interface SessionListener {
  /** The line is dead (no RTP) or the media process could not bring it back. */
  lineLost(why: 'rtp-timeout' | 'media-lost'): void;
  recordingFailed(message: string): void;
  partial(text: string): void;
  /** What the agent still had to say was thrown away. */
  interrupted(): void;
  /** Voice and beeps on the line, before the conversation hears of them. */
  heard(event: LegEvent): void;
}

/** Above every number that a conversation gives to what it says. */
const messageSpeechId = 1_000_000_000;

/**
 * The audio side of one call: an RTP leg, a recognition that listens to it, and the conversation that uses both.
 * Signalling stays with the call. Opened in steps, because the answer to an INVITE needs the port first.
 */
export class CallSession implements Line {
  readonly #media: MediaEngine;
  readonly #speech: SpeechHost;
  readonly #listener: SessionListener;
  readonly #log: Logger;
  readonly #callId: string;
  #leg: MediaLeg | undefined;
  #recognition: Recognition | undefined;
  #sink: AudioSink | undefined;
  #conversation: Conversation | undefined;
  #messagePlayed: () => void = () => {};
  #held = false;
  #closed = false;

  constructor(callId: string, media: MediaEngine, speech: SpeechHost, listener: SessionListener, log: Logger) {
    this.#callId = callId;
    this.#media = media;
    this.#speech = speech;
    this.#listener = listener;
    this.#log = log;
  }

  get sampleRate(): number {
    return this.#openedLeg().sampleRate;
  }

  play(chunk: PlaybackChunk): Promise<void> {
    return this.#openedLeg().play(chunk);
  }

  pause(): void {
    this.#leg?.pause();
  }

  resume(): void {
    this.#leg?.resume();
  }

  flush(): Promise<FlushReport> {
    this.#listener.interrupted();
    return this.#leg?.flush() ?? Promise.resolve({ speeches: [] });
  }

  allowBargeIn(allowed: boolean): void {
    this.#leg?.allowBargeIn(allowed);
  }

  sendDigits(digits: string): Promise<void> {
    return this.#openedLeg().sendDtmf(digits);
  }

  startRecording(path: string): Promise<void> {
    return this.#openedLeg().startRecording(path);
  }

  async openLeg(localAddress: string, detectBeeps = false): Promise<LocalMediaPoint> {
    const leg = await this.#media.openLeg(
      { callId: this.#callId, localAddress, detectBeeps },
      { event: (event) => this.#legEvent(event) },
    );
    if (this.#closed) await leg.close();
    this.#leg = leg;
    return leg.local;
  }

  async openRecognition(): Promise<void> {
    const recognition = await this.#speech.openRecognition(this.#callId, {
      partial: ({ text, heardUntilMs }) => {
        this.#listener.partial(text);
        this.#input({ kind: 'partial', text, heardUntilMs });
      },
      restarted: (sink) => {
        this.#sink = sink;
        this.#route();
        this.#input({ kind: 'speech-lost' });
      },
    });
    if (this.#closed) recognition.close();
    this.#recognition = recognition;
    this.#sink = recognition.sink;
  }

  /** Final text of what the caller said since the last turn. */
  endTurn(): Promise<string> {
    if (!this.#recognition) return Promise.resolve('');
    return this.#recognition.endTurn();
  }

  attach(conversation: Conversation): void {
    this.#conversation = conversation;
  }

  /** The call is up: audio flows both ways and the agent speaks first; or waits, when it begins on hold. */
  begin(media: NegotiatedMedia, held: boolean): void {
    this.#openedLeg().connect(media);
    this.#held = held;
    this.#route();
    this.#conversation?.start();
    if (held) this.#input({ kind: 'held' });
  }

  mediaChanged(media: NegotiatedMedia, held: boolean): void {
    if (this.#closed || !this.#leg) return;
    this.#leg.connect(media);
    if (held === this.#held) return;
    this.#held = held;
    this.#route();
    this.#input({ kind: held ? 'held' : 'resumed' });
  }

  input(input: ConversationInput): void {
    this.#input(input);
  }

  /** The agent stops in the middle of the word; the conversation is over, the call is not. */
  async silenceAgent(): Promise<void> {
    await this.#conversation?.end();
    this.#leg?.allowBargeIn(false);
    this.#leg?.resume();
  }

  /** Says the sentences to whoever is there; resolves when the last word has left. Once per call. */
  async say(sentences: readonly string[], voice: SpokenAs, signal: AbortSignal): Promise<void> {
    const leg = this.#openedLeg();
    const played = Promise.withResolvers<void>();
    this.#messagePlayed = played.resolve;
    signal.addEventListener('abort', () => played.resolve(), { once: true });
    for (const [at, text] of sentences.entries()) {
      for await (const { samples, sampleRate } of this.#speech.synthesize(
        { text, ...voice, sampleRate: leg.sampleRate },
        signal,
      )) {
        await leg.play({ speechId: messageSpeechId, samples, sampleRate, last: false });
      }
      if (at < sentences.length - 1) continue;
      const samples = new Int16Array(leg.sampleRate / 50);
      await leg.play({ speechId: messageSpeechId, samples, sampleRate: leg.sampleRate, last: true });
      await played.promise;
    }
  }

  /** Closes everything; resolves with the leg's counters and recording. Safe to call in any state, once. */
  async close(): Promise<LegSummary | undefined> {
    this.#closed = true;
    // Asks the leg what was heard, so it comes before the leg goes; its last rows come before the call's end.
    const lastWords = this.#conversation?.end();
    this.#recognition?.close();
    const summary = await this.#leg?.close();
    await lastWords;
    return summary;
  }

  #openedLeg(): MediaLeg {
    if (!this.#leg) throw new Error('The leg of this call is not open yet.');
    return this.#leg;
  }

  #route(): void {
    this.#leg?.listen(this.#held || this.#closed ? undefined : this.#sink);
  }

  #input(input: ConversationInput): void {
    if (!this.#closed) this.#conversation?.input(input);
  }

  #legEvent(event: LegEvent): void {
    switch (event.kind) {
      case 'rtp-timeout':
        this.#listener.lineLost('rtp-timeout');
        break;
      case 'leg-lost':
        this.#log.error({ callId: this.#callId, why: event.message }, 'media leg lost');
        this.#listener.lineLost('media-lost');
        break;
      case 'leg-restarted':
        this.#input({ kind: 'playback-lost', speechIds: event.lostSpeechIds });
        break;
      case 'recording-failed':
        this.#listener.recordingFailed(event.message);
        break;
      case 'beep':
        this.#listener.heard(event);
        break;
      case 'voice-onset':
      case 'voice-stopped':
        this.#listener.heard(event);
        this.#input(event);
        break;
      default:
        if (event.kind === 'playback-finished' && event.speechId === messageSpeechId) this.#messagePlayed();
        else this.#input(event);
    }
  }
}
