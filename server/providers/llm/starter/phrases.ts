import type { TransferTarget } from '../../kinds/llm.ts';

/** Every sentence that is not the agent's own. English only. */
export const phrases = {
  greetBack: 'Hello. How can I help you?',
  fine: 'I am fine, thank you. How can I help you?',
  hearYou: 'Yes, I can hear you. How can I help you?',
  stillThere: 'Are you still there?',
  stillHere: 'I am still here.',
  howCanIHelp: 'How can I help you?',
  welcome: 'You are welcome. Is there anything else I can do for you?',
  anythingElse: 'Is there anything else I can do for you?',
  allRight: 'All right. What else can I do for you?',
  whatElse: 'What else can I do for you?',
  goAhead: 'Yes, please go ahead.',
  takeYourTime: 'Take your time.',
  goodbye: 'Thank you for calling. Goodbye.',
  sayAgain: 'I am sorry, I did not understand that. Could you say it again?',
  whichOne: 'I am not sure which one you mean. Could you say it again?',
  dontKnow: 'I am sorry, I do not know that.',
  cannotBook: 'I cannot make appointments myself.',
  cannotTransfer: 'I cannot put you through to anyone from here.',
  inPieces: 'I will say it in small pieces.',
  nothingToRepeat: 'I have not said anything yet. How can I help you?',
  askName: 'What is your name?',
  askNameAgain: 'I am sorry, I did not get the name. Could you spell it?',
  askNumber: 'What number can we call you back on?',
  askNumberAgain: 'I am sorry, I did not get the number. Please say it digit by digit, or press the keys.',
  askReason: 'What is it about?',
  askCorrection: 'What should I change: the name, the number or the message?',
  messageDropped: 'All right, I will not take a message. What else can I do for you?',
  messageTaken: 'Thank you, I have noted your message. Is there anything else I can do for you?',
  messageTakenGoodbye: 'Thank you, I have noted your message. Goodbye.',
  isThatRight: 'Is that right?',
  notUnderstood: 'I am sorry, I did not get that.',
  digitByDigit: 'I am sorry, I did not get that. Please say it digit by digit, or press the keys.',
  cannotGet: 'I am sorry, I still did not get that.',
  notDone: 'All right, I will not do that. What else can I do for you?',
  lookUpFailed: 'I am sorry, I could not find that out.',
  nothingFound: 'I am sorry, I found nothing that I could tell you.',
  actionFailed: 'I am sorry, I have no word that this was done.',
  done: 'That is done.',
  stopped: 'I have stopped. It may have been done all the same. What else can I do for you?',
  takeMessage: 'Of course, I can take a message.',
} as const;

export function identity(agentName: string): string {
  return `I am an automated assistant, not a person. You have reached ${agentName}.`;
}

export function capabilities(targets: readonly TransferTarget[]): string {
  const passing = targets.length > 0 ? `, put you through to ${oneOf(targets)},` : '';
  return `I can answer questions${passing} and take a message. What would you like to know?`;
}

/** What to offer when an answer is not to be had. */
export function offer(targets: readonly TransferTarget[]): string {
  return targets.length > 0
    ? `I can take a message, or put you through to ${oneOf(targets)}. Would you like to leave a message?`
    : 'I can take a message. Would you like to leave one?';
}

export const whichTarget = (targets: readonly TransferTarget[]) =>
  `I can put you through to ${oneOf(targets)}. Which one would you like?`;
export const onlyTargets = (targets: readonly TransferTarget[]) =>
  `I cannot put you through to them. I can transfer you to ${oneOf(targets)}, or take a message. Would you like to leave a message?`;
export const transferring = (target: TransferTarget) => `One moment please, I will put you through to ${target.name}.`;
export const transferRefused = (name: string) =>
  `I am sorry, I could not reach ${name}. Would you like to leave a message instead?`;
export function timeShort(secondsLeft: number): string {
  const minutes = Math.round(secondsLeft / 60);
  const left = minutes === 0 ? 'less than a minute' : minutes === 1 ? 'about a minute' : `about ${minutes} minutes`;
  return `We have ${left} left for this call.`;
}
export const gotDigits = (digits: string) => `You entered ${digits}. How can I help you?`;
export const noted = (digits: string) => `I have noted ${digits}. What would you like to know?`;
export const thankName = (name: string) => `Thank you, ${name}.`;

function oneOf(targets: readonly TransferTarget[]): string {
  const names = targets.map(({ name }) => name);
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`;
}
