import type { JsonObject } from '../../json-column.ts';
import { type AnalysisFindings, builtInEngine, type Lead } from '../analysis.ts';
import type { CallAnalyser, CallMaterial, Question, QuestionAnswer } from '../call-analyser.ts';
import { type CallFacts, callFacts } from './call-facts.ts';
import { fillSchema } from './fill-schema.ts';
import { keyPhrases } from './key-phrases.ts';
import { actionItems, keySentences } from './key-sentences.ts';
import { knownValues } from './known-values.ts';
import { leadOf } from './lead.ts';
import { outcomeOfCall, outcomeSentence } from './outcome.ts';
import { sentimentOf } from './sentiment.ts';

const maxPhrases = 8;
const maxPoints = 5;
const maxSummarySentences = 3;
/** Longer conversations are judged by this much of their beginning and end each: an hour holds about 60,000 letters. */
const maxChars = 50_000;

/** Finds out what words and records show, without a language model: the same call always gives the same answer. */
export class BuiltInAnalyser implements CallAnalyser {
  readonly engine = builtInEngine;

  async findings(material: CallMaterial): Promise<AnalysisFindings> {
    const { call, turns } = material;
    const said = bounded(turns.filter(({ role }) => role === 'caller').map(({ text }) => text));
    const { sentiment, score, emotions } = sentimentOf(said);
    const phrases = keyPhrases(said, maxPhrases);
    const outcome = outcomeOfCall(call, turns);
    const facts = callFacts(material);
    const points = keySentences(said, phrases, maxPoints);
    return {
      engine: this.engine,
      summary: summaryOf(keySentences(said, phrases, maxSummarySentences), outcomeSentence(outcome, call)),
      outcome,
      sentiment,
      sentimentScore: score,
      emotions,
      keyPhrases: phrases.map(({ phrase }) => phrase),
      keyPoints: points,
      actionItems: actionItems(turns, maxPoints),
      extracted: extractedOf(material, facts),
      lead: leadOf(material, facts, { outcome, sentiment, score }),
    };
  }

  async answer(material: CallMaterial, findings: AnalysisFindings, question: Question): Promise<QuestionAnswer> {
    if (question.analysisType === 'call_summary')
      return { bodyText: findings.summary, structured: null, rawResponse: null };
    const structured =
      question.outputSchema === null
        ? leadFields(findings.lead)
        : fillSchema(question.outputSchema, knownValues(material, findings));
    return { bodyText: findings.summary, structured, rawResponse: JSON.stringify(structured) };
  }
}

function summaryOf(sentences: readonly string[], ending: string): string {
  if (sentences.length === 0) return ending;
  const quoted = sentences.map((sentence) => `"${sentence.replace(/[.!?]+$/, '')}"`).join(', ');
  return `The caller said: ${quoted}. ${ending}`;
}

/** The taken message, digits and variables stay as the call holds them; what was found beside them is added. */
function extractedOf({ call }: CallMaterial, facts: CallFacts): JsonObject {
  const found = {
    name: facts.name,
    phone_number: facts.phoneNumber,
    email: facts.email,
    company: facts.company,
    when: facts.when,
    ...(facts.numbers.length === 0 ? {} : { numbers: facts.numbers }),
  };
  const present = Object.entries(found).filter(([, value]) => value !== null);
  return { ...Object.fromEntries(present), ...call.extracted };
}

/** The lead under the names that webhooks give it. */
export function leadFields(lead: Lead): JsonObject {
  return {
    customer_name: lead.customerName,
    mobile_number: lead.mobileNumber,
    email: lead.email,
    company_name: lead.companyName,
    lead_source: lead.leadSource,
    lead_status: lead.status,
    lead_temperature: lead.temperature,
    lead_score: lead.score,
    next_action: lead.nextAction,
    next_follow_up_date: lead.nextFollowUpDate,
    crm_stage: lead.crmStage,
    send_whatsapp: lead.sendWhatsapp,
    send_email: lead.sendEmail,
    reminder_to_sales_team: lead.reminderToSalesTeam,
  };
}

function bounded(texts: readonly string[]): readonly string[] {
  const total = texts.reduce((sum, text) => sum + text.length, 0);
  if (total <= 2 * maxChars) return texts;
  return [...within(texts), ...within([...texts].reverse()).reverse()];
}

function within(texts: readonly string[]): string[] {
  const kept: string[] = [];
  let size = 0;
  for (const text of texts) {
    size += text.length;
    if (size > maxChars) break;
    kept.push(text);
  }
  return kept;
}
