import { phrases, thankName } from '../phrases.ts';
import type { Reply } from '../reply.ts';
import { type Act, actsIn, withoutCourtesy } from '../understand/acts.ts';
import { nameIn } from '../understand/names.ts';
import { digitsIn, readDigits } from '../understand/numbers.ts';
import { plainText, wordsOf } from '../understand/words.ts';
import { type MessageState, messageSlots } from './message-state.ts';

/** Fewest digits that count as a number to call back (an extension). */
const fewestDigits = 3;
const sameNumber = /\b(?:this number|same number|number i (?:am )?call(?:ing)?|calling from|you have my number)\b/;
const notGiven = 'not given';

/** Starts taking a message; a reason that is already known is not asked for. */
export function startMessage(lead: string, reason = ''): Reply {
  const state: MessageState = { step: 'name', name: '', number: '', reason, tries: 0 };
  return { sentences: [lead, phrases.askName].filter((text) => text !== ''), slots: messageSlots(state) };
}

/** One heard line inside the flow. */
export function continueMessage(state: MessageState, text: string): Reply {
  const acts = actsIn(text);
  if (acts.includes('forget-it') || /^(?:cancel|stop)(?: the message| it)?$/.test(withoutCourtesy(plainText(text))))
    return dropped();
  if (acts.includes('goodbye') && state.step !== 'reason') return leave(state, acts);
  const steps: Record<MessageState['step'], () => Reply> = {
    name: () => takeName(state, nameIn(text)),
    number: () => takeNumber(state, numberIn(text)),
    reason: () => takeReason(state, text),
    confirm: () => confirm(state, text, acts),
    correct: () => correct(state, text) ?? askCorrection(state),
  };
  return steps[state.step]();
}

/** Keys pressed inside the flow: the number where one is due, 1 and 2 for yes and no at the read-back. */
export function messageDigits(state: MessageState, digits: string): Reply {
  if (state.step === 'confirm' && /^[12]$/.test(digits)) return digits === '1' ? taken(state) : askCorrection(state);
  const number = digits.replaceAll(/\D/g, '');
  if (state.step === 'number' || (state.step !== 'name' && number.length >= fewestDigits))
    return takeNumber(state, number);
  return ask(state);
}

/** The question that is open, said again. */
export function ask(state: MessageState): Reply {
  if (state.step === 'confirm') return readBack(state);
  const questions = {
    name: phrases.askName,
    number: phrases.askNumber,
    reason: phrases.askReason,
    correct: phrases.askCorrection,
  } as const;
  return { sentences: [questions[state.step]], slots: messageSlots(state) };
}

function takeName(state: MessageState, name: string): Reply {
  if (name === '') return again(state, phrases.askNameAgain) ?? onwards({ ...state, name: notGiven });
  return onwards({ ...state, name }, thankName(name));
}

function takeNumber(state: MessageState, number: string): Reply {
  if (number === '') return again(state, phrases.askNumberAgain) ?? onwards({ ...state, number: notGiven });
  return onwards({ ...state, number });
}

function takeReason(state: MessageState, text: string): Reply {
  const reason = text.trim();
  return reason === '' ? ask(state) : onwards({ ...state, reason });
}

/** To the first thing that is still missing; else the read-back. */
function onwards(state: MessageState, lead?: string): Reply {
  const step = state.name === '' ? 'name' : state.number === '' ? 'number' : state.reason === '' ? 'reason' : 'confirm';
  const reply = ask({ ...state, step, tries: 0 });
  return lead !== undefined && step !== 'confirm' ? { ...reply, sentences: [lead, ...reply.sentences] } : reply;
}

/** Asks a second time; undefined when that was done already. */
function again(state: MessageState, sentence: string): Reply | undefined {
  if (state.tries > 0) return undefined;
  return { sentences: [sentence], slots: messageSlots({ ...state, tries: state.tries + 1 }) };
}

function readBack(state: MessageState): Reply {
  const number = /^\d+$/.test(state.number) ? readDigits(state.number) : state.number;
  const sentences = [
    `The name is ${state.name}.`,
    `The number is ${number}.`,
    `The message is: ${state.reason}.`,
    phrases.isThatRight,
  ];
  return { sentences, slots: messageSlots({ ...state, step: 'confirm' }) };
}

function confirm(state: MessageState, text: string, acts: readonly Act[]): Reply {
  if (acts.includes('yes') && !acts.includes('no')) return taken(state);
  if (acts.includes('repeat')) return readBack(state);
  const corrected = correct(state, text);
  if (corrected) return corrected;
  if (acts.includes('no')) return askCorrection(state);
  return again(state, phrases.isThatRight) ?? readBack({ ...state, tries: 0 });
}

function askCorrection(state: MessageState): Reply {
  return { sentences: [phrases.askCorrection], slots: messageSlots({ ...state, step: 'correct' }) };
}

/** "No, the number is …", "the name is wrong", "my name is …"; undefined when it doesn't say what to change. */
function correct(state: MessageState, text: string): Reply | undefined {
  const plain = plainText(text).replace(/^(?:no|nope|not quite|that is (?:not right|wrong)) ?/, '');
  const value = /\b(?:is|it is|should be|s) (?!wrong|not|incorrect)(.+)$/.exec(plain)?.[1] ?? '';
  if (
    /\bnumber\b/.test(plain) ||
    (digitsIn(wordsOf(plain)).length >= fewestDigits && !/\b(?:name|message)\b/.test(plain))
  ) {
    return onwards({ ...state, number: numberIn(plain) });
  }
  if (/\bname\b/.test(plain)) return onwards({ ...state, name: value === '' ? '' : nameIn(value) });
  if (/\b(?:message|reason)\b/.test(plain)) return onwards({ ...state, reason: value });
  return undefined;
}

function numberIn(text: string): string {
  if (sameNumber.test(plainText(text))) return 'the number you are calling from';
  const digits = digitsIn(wordsOf(text));
  return digits.length >= fewestDigits ? digits : '';
}

function taken(state: MessageState): Reply {
  return {
    sentences: [phrases.messageTaken],
    slots: { ...messageSlots(undefined), asked: 'anything-else' },
    message: messageOf(state),
  };
}

function leave(state: MessageState, acts: readonly Act[]): Reply {
  const slots = messageSlots(undefined);
  if (state.step === 'confirm' && !acts.includes('no')) {
    return { sentences: [phrases.messageTakenGoodbye], slots, message: messageOf(state), endCall: true };
  }
  return { sentences: [phrases.goodbye], slots, endCall: true };
}

const messageOf = ({ name, number, reason }: MessageState) => ({ name, number, reason });
const dropped = (): Reply => ({ sentences: [phrases.messageDropped], slots: messageSlots(undefined) });
