import { answerHours } from './answer/hours-answer.ts';
import { type Retrieval, retrieve } from './answer/retrieve.ts';
import { ask, continueMessage, messageDigits, startMessage } from './flows/message.ts';
import { readMessage } from './flows/message-state.ts';
import { askTool, continueTool, orderTool, startTool, toolDigits } from './flows/tool.ts';
import { readTool } from './flows/tool-state.ts';
import { requestTransfer, startTransfer, targetIn } from './flows/transfer.ts';
import { capabilities, gotDigits, identity, noted, offer, phrases, timeShort, transferRefused } from './phrases.ts';
import type { Reply, Turn } from './reply.ts';
import { type Act, actsIn, withoutCourtesy } from './understand/acts.ts';
import { digitsIn, readDigits } from './understand/numbers.ts';
import { readQuestion } from './understand/question.ts';
import { plainText, wordsOf } from './understand/words.ts';

/** Decides one turn: a pure function of the request and its facts. What was said last is kept for "say that again". */
export function respond(turn: Turn): Reply {
  return remembered(decide(turn));
}

export function remembered(reply: Reply): Reply {
  const said = reply.sentences.join(' ');
  return { ...reply, slots: { asked: '', misses: '', ...reply.slots, last: said } };
}

function decide(turn: Turn): Reply {
  const { occasion } = turn.request;
  if (occasion.kind === 'caller-turn') return callerTurn(turn, occasion.text);
  if (occasion.kind === 'digits') return digitsPressed(turn, occasion.digits);
  if (occasion.kind === 'time-short') return timeRunsOut(turn, occasion.secondsLeft);
  return occasion.kind === 'silence' ? silence(turn, occasion.prompts) : refused(turn, occasion.target);
}

/** The open question of a flow is asked again; nothing is forgotten. */
function timeRunsOut(turn: Turn, secondsLeft: number): Reply {
  const { slots } = turn.request;
  const kept = { asked: slots['asked'] ?? '', misses: slots['misses'] ?? '' };
  const follow = openQuestion(turn) ?? [phrases.whatElse];
  return { sentences: [timeShort(secondsLeft), ...follow], slots: kept };
}

/** What a running flow waits for. */
function openQuestion({ request }: Turn): readonly string[] | undefined {
  const message = readMessage(request.slots);
  if (message) return ask(message).sentences;
  const tool = readTool(request);
  return tool && askTool(tool);
}

function refused(turn: Turn, target: string): Reply {
  const known = turn.request.transferTargets.find((one) => one.target === target || one.name === target);
  return { sentences: [transferRefused(known?.name ?? 'them')], slots: { flow: 'offer' } };
}

function callerTurn(turn: Turn, text: string): Reply {
  const { slots, transferTargets } = turn.request;
  const acts = actsIn(text);
  if (acts.includes('repeat')) return repeat(lastSaid(turn), false);
  if (acts.includes('slower')) return repeat(lastSaid(turn), true);
  const message = readMessage(slots);
  if (message) return continueMessage(message, text);
  const tool = continueTool(turn.request, text, (line) => answer(turn, line));
  if (tool) return tool;
  if (slots['flow'] === 'choose-target') {
    const target = targetIn(text, transferTargets);
    if (target) return startTransfer(target);
  }
  if (slots['flow'] === 'offer') {
    const reply = answerToOffer(turn, text, acts);
    if (reply) return reply;
  }
  return open(turn, text, acts);
}

/** After "would you like to leave a message?"; undefined when the caller goes on with something else. */
function answerToOffer(turn: Turn, text: string, acts: readonly Act[]): Reply | undefined {
  const { transferTargets, slots } = turn.request;
  const target = targetIn(text, transferTargets);
  if (target) return startTransfer(target);
  const core = withoutCourtesy(plainText(text));
  const short = core.split(' ').length <= 4 || acts.includes('leave-message');
  if (short && (acts.includes('yes') || acts.includes('leave-message')) && !acts.includes('no'))
    return startMessage('', slots['offered_reason']);
  if (short && acts.includes('no') && !acts.includes('goodbye'))
    return { sentences: [phrases.allRight], slots: { flow: '', offered_reason: '' } };
  return undefined;
}

/** A line that no running flow was waiting for. */
function open(turn: Turn, text: string, acts: readonly Act[]): Reply {
  const reply =
    strongAct(turn, text, acts) ??
    orderTool(turn.request, text) ??
    answer(turn, text) ??
    startTool(turn.request, text) ??
    weakAct(turn, text, acts) ??
    misunderstood(turn, text);
  return { ...reply, slots: { flow: '', ...reply.slots } };
}

/** Acts that are meant whatever else is in the line. */
function strongAct(turn: Turn, text: string, acts: readonly Act[]): Reply | undefined {
  const { request } = turn;
  const replies: Partial<Record<Act, () => Reply | undefined>> = {
    stop: () => ({ sentences: [phrases.goAhead] }),
    goodbye: () => farewell,
    'nothing-else': () => farewell,
    'forget-it': () => ({ sentences: [phrases.allRight] }),
    'can-you-hear': () => ({ sentences: [phrases.hearYou] }),
    'are-you-human': () => ({ sentences: [identity(request.agentName), phrases.howCanIHelp] }),
    'who-are-you': () => ({ sentences: [identity(request.agentName), phrases.howCanIHelp] }),
    'leave-message': () => startMessage(phrases.takeMessage),
    transfer: () => requestTransfer(text, request.transferTargets),
    no: () => (request.slots['asked'] === 'anything-else' && !asksSomething(text) ? farewell : undefined),
  };
  return acts[0] && replies[acts[0]]?.();
}

const asksSomething = (text: string) => readQuestion(withoutCourtesy(plainText(text))).terms.length > 0;

const farewell: Reply = { sentences: [phrases.goodbye], endCall: true };

/** From the facts, or not at all. */
function answer(turn: Turn, text: string): Reply | undefined {
  const { nowMs, timeZone } = turn.request;
  const core = withoutCourtesy(plainText(text));
  const hours = answerHours(core, turn.facts, nowMs, timeZone);
  if (hours) return { sentences: hours.sentences, facts: hours.facts };
  const found = retrieve(core, turn.facts);
  return found.kind === 'found' ? { sentences: found.facts.map((fact) => fact.text), facts: found.facts } : undefined;
}

/** Acts that are meant when the line holds no question that the facts answer. */
function weakAct(turn: Turn, text: string, acts: readonly Act[]): Reply | undefined {
  const { transferTargets } = turn.request;
  if (acts.includes('book')) return bookingOffer(text);
  if (acts.includes('capabilities')) return { sentences: [capabilities(transferTargets)] };
  if (acts.includes('how-are-you')) return { sentences: [phrases.fine] };
  if (acts.includes('hold-on') && !asksSomething(text)) return { sentences: [phrases.takeYourTime] };
  const digits = digitsIn(wordsOf(text));
  if (digits.length >= 3) return { sentences: [noted(readDigits(digits))], slots: { digits } };
  if (asksSomething(text)) return undefined;
  if (acts.includes('thanks')) return { sentences: [phrases.welcome], slots: { asked: 'anything-else' } };
  if (acts.includes('greet')) return { sentences: [phrases.greetBack] };
  if (acts.includes('no')) return { sentences: [phrases.anythingElse], slots: { asked: 'anything-else' } };
  return acts.includes('yes') ? { sentences: [phrases.howCanIHelp] } : undefined;
}

function bookingOffer(text: string): Reply {
  return { sentences: [phrases.cannotBook, offer([])], slots: { flow: 'offer', offered_reason: text.trim() } };
}

/** Asks once more; the second time in a row offers what is left. */
function misunderstood(turn: Turn, text: string): Reply {
  const { slots, transferTargets } = turn.request;
  if (slots['misses'] !== undefined && slots['misses'] !== '') {
    return { sentences: [phrases.dontKnow, offer(transferTargets)], slots: { flow: 'offer' } };
  }
  const unclear = retrievalOf(turn, text).kind === 'unclear';
  return { sentences: [unclear ? phrases.whichOne : phrases.sayAgain], slots: { misses: '1' } };
}

const retrievalOf = (turn: Turn, text: string): Retrieval => retrieve(withoutCourtesy(plainText(text)), turn.facts);

/** What this brain said last, or what the agent said before it was asked for the first time: the greeting. */
function lastSaid({ request }: Turn): string | undefined {
  return request.slots['last'] ?? request.history.findLast(({ role }) => role === 'agent')?.text;
}

function repeat(last: string | undefined, slowly: boolean): Reply {
  if (last === undefined || last === '') return { sentences: [phrases.nothingToRepeat] };
  if (!slowly) return { sentences: [last] };
  const plain = last.replace(phrases.inPieces, '').trim();
  return { sentences: [phrases.inPieces, ...plain.split(/(?<=[.?!,:])\s+/).map((piece) => piece.replace(/,$/, '.'))] };
}

function digitsPressed(turn: Turn, digits: string): Reply {
  const { slots } = turn.request;
  const message = readMessage(slots);
  if (message) return messageDigits(message, digits);
  const tool = readTool(turn.request);
  if (tool) return toolDigits(turn.request, tool, digits);
  if (slots['flow'] === 'offer' && /^[12]$/.test(digits)) {
    return digits === '1'
      ? startMessage('', slots['offered_reason'])
      : { sentences: [phrases.allRight], slots: { flow: '' } };
  }
  const pressed = digits.replaceAll(/\D/g, '');
  if (pressed === '') return { sentences: [phrases.howCanIHelp] };
  return { sentences: [gotDigits(readDigits(pressed))], slots: { digits: pressed } };
}

/** `prompts` counts from 1. The open question of a flow is asked again; nothing is forgotten. */
function silence(turn: Turn, prompts: number): Reply {
  const { slots } = turn.request;
  const kept = { asked: slots['asked'] ?? '', misses: slots['misses'] ?? '' };
  const lead = prompts <= 1 ? phrases.stillThere : phrases.stillHere;
  const follow = openQuestion(turn) ?? (prompts <= 1 ? [] : [phrases.howCanIHelp]);
  return { sentences: [lead, ...follow], slots: kept };
}
