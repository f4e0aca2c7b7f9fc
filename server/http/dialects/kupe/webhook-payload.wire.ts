import { durationMs, outcomeOf } from '../../../domain/calls/call.ts';
import type { JsonObject } from '../../../domain/json-column.ts';
import type { AgentEvent, CallNews } from '../../../domain/webhooks/webhook-payloads.ts';
import { redacted, ruleResultToWire, turnToWire } from './call-logs.wire.ts';
import { isoTime } from './fields.ts';

/** The payloads of both generations of this API in one: their fields don't clash. */
export function agentWebhookToWire(event: AgentEvent, news: CallNews, recordingUrl: string | null): JsonObject {
  const { call } = news;
  if (event === 'voiceCallError') {
    return { event, call_id: call.id, error_reason: call.errorMessage ?? call.endReason ?? 'unknown' };
  }
  return { event, ...callFields(news, recordingUrl), ...analysisFields(news), ...leadFields(news) };
}

function callFields({ call, isConfidential, turns, costMicro }: CallNews, recordingUrl: string | null): JsonObject {
  return {
    call_id: call.id,
    call_session_id: call.id,
    request_id: call.requestId,
    agent_id: call.agentId,
    call_datetime: isoTime(call.startedAtMs),
    call_duration: Math.round((durationMs(call) ?? 0) / 1000),
    call_direction: call.direction,
    call_status: outcomeOf(call),
    from_number: call.identity.from,
    to_number: call.identity.to,
    recording_url: recordingUrl,
    cost: costMicro / 1_000_000,
    full_conversation: turns.map((turn) => turnToWire(turn, call)),
    ...(isConfidential ? redacted : {}),
  };
}

function analysisFields({ analysis, call, results }: CallNews): JsonObject {
  const own = results.filter(({ source }) => source !== 'system_default');
  return {
    extracted_variables: { ...analysis?.extracted, ...call.variables },
    summary: analysis?.summary ?? null,
    call_summary: analysis?.summary ?? null,
    ai_summary: analysis?.summary ?? null,
    sentiment_analysis: analysis ? { label: analysis.sentiment, score: analysis.sentimentScore } : null,
    analysis_engine: analysis?.engine ?? null,
    post_call_analysis_count: own.length,
    post_call_analyses: own.map(ruleResultToWire),
  };
}

function leadFields({ analysis, call }: CallNews): JsonObject {
  const lead = analysis?.lead;
  const remoteNumber = call.direction === 'inbound' ? call.identity.from : call.identity.to;
  return {
    customer_name: lead?.customerName ?? null,
    user_name: lead?.customerName ?? null,
    mobile_number: lead?.mobileNumber ?? remoteNumber,
    email: lead?.email ?? null,
    company_name: lead?.companyName ?? null,
    lead_source: lead?.leadSource ?? null,
    lead_status: lead?.status ?? null,
    lead_temperature: lead?.temperature ?? null,
    lead_score: lead?.score ?? null,
    next_action: lead?.nextAction ?? null,
    next_follow_up_date: lead?.nextFollowUpDate ?? null,
    crm_stage: lead?.crmStage ?? null,
    send_whatsapp: lead?.sendWhatsapp ?? false,
    send_email: lead?.sendEmail ?? false,
    reminder_to_sales_team: lead?.reminderToSalesTeam ?? false,
  };
}
