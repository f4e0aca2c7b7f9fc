import { durationMs } from '../../calls/call.ts';
import type { AnalysisFindings } from '../analysis.ts';
import type { CallMaterial } from '../call-analyser.ts';
import { plainName } from './fill-schema.ts';

/** All that the call holds, by the names under which schemas ask for it. What the call's own record holds wins. */
export function knownValues({ call, agent }: CallMaterial, findings: AnalysisFindings): ReadonlyMap<string, unknown> {
  const { lead } = findings;
  const duration = durationMs(call);
  const values: Readonly<Record<string, unknown>> = {
    ...named(lead.customerName, 'customer_name name caller_name full_name user_name contact_name'),
    ...named(lead.mobileNumber, 'mobile_number phone phone_number mobile contact_number callback_number number'),
    ...named(lead.email, 'email email_address e_mail'),
    ...named(lead.companyName, 'company company_name organization organisation'),
    ...named(lead.status, 'lead_status'),
    ...named(lead.temperature, 'lead_temperature'),
    ...named(lead.score, 'lead_score'),
    ...named(lead.leadSource, 'lead_source source'),
    ...named(lead.nextAction, 'next_action'),
    ...named(lead.nextFollowUpDate, 'next_follow_up_date follow_up_date'),
    ...named(lead.crmStage, 'crm_stage'),
    ...named(lead.sendWhatsapp, 'send_whatsapp'),
    ...named(lead.sendEmail, 'send_email'),
    ...named(lead.reminderToSalesTeam, 'reminder_to_sales_team'),
    ...named(lead.status === null ? null : lead.status === 'Interested', 'interested is_interested'),
    ...named(lead.status === null ? null : lead.status === 'Follow-up Required', 'follow_up_required needs_follow_up'),
    ...named(findings.summary, 'summary call_summary ai_summary overview'),
    ...named(findings.outcome, 'outcome call_outcome result disposition'),
    ...named(findings.sentiment, 'sentiment mood customer_sentiment sentiment_label'),
    ...named(findings.sentimentScore, 'sentiment_score'),
    ...named(findings.emotions, 'emotions'),
    ...named(findings.emotions[0] ?? null, 'emotion'),
    ...named(findings.keyPhrases, 'key_phrases keywords topics tags'),
    ...named(findings.keyPhrases[0] ?? null, 'topic subject'),
    ...named(findings.keyPoints, 'key_points highlights'),
    ...named(findings.actionItems, 'action_items next_steps todos'),
    ...named(call.status, 'call_status status'),
    ...named(call.direction, 'direction call_direction'),
    ...named(call.identity.from, 'from_number'),
    ...named(call.identity.to, 'to_number'),
    ...named(duration === null ? null : Math.round(duration / 1000), 'duration duration_seconds call_duration'),
    ...named(agent?.name ?? null, 'agent agent_name'),
    ...named(call.id, 'call_id'),
    ...named(call.message?.reason ?? null, 'reason message call_reason purpose'),
    ...named(call.answeredBy === null ? null : call.answeredBy === 'voicemail', 'voicemail is_voicemail'),
  };
  const found = new Map(Object.entries(values).filter(([, value]) => value !== null));
  for (const [name, value] of Object.entries({ ...findings.extracted, ...call.variables, ...call.extracted })) {
    if (value !== null && value !== undefined) found.set(plainName(name), value);
  }
  return found;
}

function named(value: unknown, names: string): Record<string, unknown> {
  return Object.fromEntries(names.split(' ').map((name) => [plainName(name), value]));
}
