import type { AnalysisOutcome, Lead, Sentiment } from '../analysis.ts';
import type { CallMaterial } from '../call-analyser.ts';
import { type CallFacts, textIn } from './call-facts.ts';

type Found = Pick<Lead, 'status' | 'temperature' | 'score' | 'nextAction' | 'crmStage'>;

const refusal =
  /\b(?:not interested|no interest|stop calling|don't call|do not call|remove me|take me off|never call|no thanks?(?: you)?)\b/i;
const wrongPerson = /\b(?:wrong number|wrong person|no one by that name|doesn't live here|does not work here)\b/i;
const interest =
  /\b(?:interested in|sounds (?:good|great)|sign me up|i'd like to (?:buy|order|book|try|schedule)|i want to (?:buy|order|book|try)|how much|what does it cost|the price|send me (?:an offer|a quote|the details|more information)|book (?:a|an) (?:appointment|meeting|demo))\b/i;
const later =
  /\b(?:call (?:me )?back|another time|call (?:me )?later|not now|busy right now|next (?:week|month)|think about it)\b/i;
const wantsWhatsapp = /\bwhats\s?app\b/i;
const wantsEmail = /\b(?:e-?mail me|send (?:it|me|them)\b.*\be-?mail|by e-?mail|via e-?mail)\b/i;

/** The lead by plain words of refusal, interest and delay. A call without a conversation is no lead. */
export function leadOf(
  { call, turns }: CallMaterial,
  facts: CallFacts,
  mood: { readonly outcome: AnalysisOutcome; readonly sentiment: Sentiment; readonly score: number },
): Lead {
  const said = turns.filter(({ role }) => role === 'caller').map(({ text }) => text);
  const all = said.join('\n');
  const found = said.length === 0 ? unreached(mood.outcome) : byWords(all, mood);
  const remoteNumber = call.direction === 'inbound' ? call.identity.from : call.identity.to;
  return {
    customerName: facts.name,
    mobileNumber: facts.phoneNumber ?? (/^\+?\d{5,15}$/.test(remoteNumber) ? remoteNumber : null),
    email: facts.email,
    companyName: facts.company,
    leadSource: textIn(call.variables, 'lead_source', 'source') ?? (call.campaignId === null ? null : 'campaign'),
    ...found,
    nextFollowUpDate: found.status === 'Follow-up Required' ? followUpDate(facts.when, call.startedAtMs) : null,
    sendWhatsapp: wantsWhatsapp.test(all),
    sendEmail: wantsEmail.test(all),
    reminderToSalesTeam: found.temperature === 'Hot' || found.status === 'Follow-up Required',
  };
}

function unreached(outcome: AnalysisOutcome): Found {
  const nextAction = outcome === 'not-reached' || outcome === 'voicemail' ? 'Call again' : null;
  return { status: null, temperature: null, score: null, nextAction, crmStage: nextAction && 'Attempted' };
}

function byWords(
  all: string,
  {
    outcome,
    sentiment,
    score,
  }: { readonly outcome: AnalysisOutcome; readonly sentiment: Sentiment; readonly score: number },
): Found {
  const around = (base: number, share: number) => Math.max(0, Math.min(100, Math.round(base + share * score)));
  if (wrongPerson.test(all)) {
    return {
      status: 'Disqualified',
      temperature: 'Cold',
      score: 0,
      nextAction: 'Correct the number',
      crmStage: 'Closed',
    };
  }
  if (refusal.test(all)) {
    return {
      status: 'Not Interested',
      temperature: 'Cold',
      score: around(10, 10),
      nextAction: null,
      crmStage: 'Closed',
    };
  }
  if (interest.test(all)) {
    const temperature = sentiment === 'negative' ? 'Warm' : 'Hot';
    return { status: 'Interested', temperature, score: around(80, 15), nextAction: 'Contact', crmStage: 'Qualified' };
  }
  if (later.test(all) || outcome === 'message-taken') {
    return {
      status: 'Follow-up Required',
      temperature: 'Warm',
      score: around(50, 15),
      nextAction: 'Call back',
      crmStage: 'Contacted',
    };
  }
  const temperature = sentiment === 'positive' ? 'Warm' : 'Cold';
  return { status: null, temperature, score: around(35, 20), nextAction: null, crmStage: 'Contacted' };
}

const dayMs = 24 * 3_600_000;
const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** The day that was named, counted from the call; null for one that can't be counted. */
export function followUpDate(when: string | null, callAtMs: number): string | null {
  if (when === null) return null;
  const text = when.toLowerCase();
  const dateAfter = (days: number) => new Date(callAtMs + days * dayMs).toISOString().slice(0, 10);
  if (/\btoday\b|\btonight\b/.test(text)) return dateAfter(0);
  if (/\btomorrow\b/.test(text)) return dateAfter(1);
  if (/\bnext week\b/.test(text)) return dateAfter(7);
  if (/\bnext month\b/.test(text)) return dateAfter(30);
  const weekday = weekdays.findIndex((name) => text.includes(name));
  if (weekday === -1) return null;
  return dateAfter((weekday - new Date(callAtMs).getUTCDay() + 7) % 7 || 7);
}
