import type { ToolUseDraft, TurnDraft } from '../../../server/contract/call.ts';
import { Conversation } from '../../../server/conversation/conversation.ts';
import type { CallControl } from '../../../server/conversation/ports.ts';
import {
  type BehaviourOverrides,
  behaviourWith,
  type ConversationSettings,
} from '../../../server/conversation/settings.ts';
import { Scope } from '../../../server/lifetime/scope.ts';
import { VirtualClock } from '../../../server/lifetime/virtual-clock.ts';
import { answersByKeyword, type Script, ScriptedLlm } from '../../../server/providers/fake/scripted-llm.ts';
import { ScriptedVoice } from '../../../server/providers/fake/scripted-voice.ts';
import type { TakenMessage, TransferTarget } from '../../../server/providers/kinds/llm.ts';
import { type FakeTool, FakeTools } from './fake-tools.ts';
import { ScriptedCaller } from './scripted-caller.ts';
import { SimulatedLine } from './simulated-line.ts';

export interface RehearsalOptions {
  readonly greeting?: string;
  readonly announcement?: string;
  readonly behaviour?: BehaviourOverrides;
  readonly script?: Script;
  readonly tools?: Readonly<Record<string, FakeTool>>;
  readonly contextData?: Readonly<Record<string, string>>;
  /** Recording a turn takes this long. */
  readonly recordMs?: number;
}

export type HangupReason = Parameters<CallControl['hangup']>[0];

export const hours = 'We are open from nine to five, Monday to Friday.';
export const address = 'We are at twelve Harbour Street across from the town hall.';

const defaultScript = answersByKeyword({
  hours,
  where: address,
  bye: [{ kind: 'text', text: 'Goodbye, have a nice day.' }, { kind: 'end-call' }],
  sales: [
    { kind: 'text', text: 'I will put you through to sales.' },
    { kind: 'transfer', target: { name: 'sales', target: 'sip:sales@127.0.0.1' } },
  ],
});

/** A whole conversation on a virtual clock: scripted caller, voice and brain, a simulated line, and what was recorded. */
export class RehearsedCall {
  readonly clock = new VirtualClock();
  readonly scope = new Scope('call');
  readonly rows: TurnDraft[] = [];
  readonly messages: TakenMessage[] = [];
  readonly toolUses: ToolUseDraft[] = [];
  readonly variables: Readonly<Record<string, string>>[] = [];
  readonly partials: string[] = [];
  readonly hangups: { readonly why: HangupReason; readonly atMs: number }[] = [];
  readonly transfers: TransferTarget[] = [];
  readonly line: SimulatedLine;
  readonly caller: ScriptedCaller;
  readonly voice: ScriptedVoice;
  readonly llm: ScriptedLlm;
  readonly tools: FakeTools;
  readonly conversation: Conversation;

  constructor(options: RehearsalOptions = {}) {
    const { clock } = this;
    this.line = new SimulatedLine(clock, (input) => this.conversation.input(input));
    this.caller = new ScriptedCaller(clock, this.line, (input) => this.conversation.input(input));
    this.voice = new ScriptedVoice({ clock });
    this.llm = new ScriptedLlm(options.script ?? defaultScript, clock);
    this.tools = new FakeTools(options.tools ?? {}, clock);
    const ports = {
      line: this.line,
      ear: this.caller,
      voice: this.voice,
      recorder: {
        turn: async (draft: TurnDraft) => {
          if (options.recordMs !== undefined) await this.#wait(options.recordMs);
          this.rows.push(draft);
        },
        message: async (message: TakenMessage) => void this.messages.push(message),
        toolUse: async (use: ToolUseDraft) => void this.toolUses.push(use),
        variables: async (values: Readonly<Record<string, string>>) => void this.variables.push(values),
        partial: (text: string) => void this.partials.push(text),
      },
      control: {
        hangup: (why: HangupReason) => void this.hangups.push({ why, atMs: clock.now() }),
        transfer: (target: TransferTarget) => void this.transfers.push(target),
      },
      knowledge: { search: async () => [] },
      toolbox: this.tools,
    };
    this.conversation = new Conversation(
      settingsFor(options),
      ports,
      this.llm,
      clock,
      this.scope.child('conversation'),
    );
  }

  /** The call is answered; resolves when the greeting has been heard. */
  async begin(): Promise<void> {
    await this.prepare();
    this.conversation.start();
    await this.untilAgentIsSilent();
  }

  async prepare(): Promise<void> {
    const prepared = this.conversation.prepare();
    await this.clock.advance(200);
    await prepared;
  }

  pass(durationMs: number): Promise<void> {
    return this.clock.advance(durationMs);
  }

  /** Time passes until the agent's voice is on the line (5 s at most). */
  async untilAgentSpeaks(): Promise<void> {
    for (let waited = 0; waited < 5_000 && !this.line.isPlaying; waited += 10) await this.clock.advance(10);
  }

  /** Time passes until nothing is queued for a while (60 s at most). */
  async untilAgentIsSilent(): Promise<void> {
    await this.untilAgentSpeaks();
    for (let quiet = 0, waited = 0; quiet < 150 && waited < 60_000; waited += 10) {
      await this.clock.advance(10);
      quiet = this.line.isPlaying ? 0 : quiet + 10;
    }
  }

  /** The caller hangs up. Everything is recorded after this. */
  async hangUp(): Promise<void> {
    const ended = this.conversation.end();
    await this.clock.advance(2_000);
    await ended;
    this.scope.end('hangup');
  }

  /** `role: text` of everything recorded; a turn that was cut ends in `—`. */
  get transcript(): readonly string[] {
    return this.rows.map(({ role, text, interrupted }) => `${role}: ${text}${interrupted ? ' —' : ''}`);
  }

  #wait(durationMs: number): Promise<void> {
    return new Promise((resolve) => void this.clock.after(durationMs, resolve));
  }
}

function settingsFor(options: RehearsalOptions): ConversationSettings {
  return {
    callId: 'call-1',
    agentName: 'Ada',
    systemPrompt: 'You are Ada.',
    context: [],
    contextData: options.contextData ?? {},
    knowledge: '',
    transferTargets: [{ name: 'sales', target: 'sip:sales@127.0.0.1' }],
    timeZone: 'UTC',
    greeting: options.greeting ?? 'Hello, this is Ada.',
    ...(options.announcement === undefined ? {} : { recordingAnnouncement: options.announcement }),
    recogniserName: 'scripted ear',
    behaviour: behaviourWith(options.behaviour ?? {}),
  };
}
