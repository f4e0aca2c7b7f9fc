import { expect, test } from 'vitest';
import type { LlmTool } from '../../server/providers/kinds/llm.ts';
import { answerTo, questionSet, recorded } from '../fixtures/understanding/judge.ts';

function tool(name: string, description: string, parameter: string, about: string): LlmTool {
  const properties = { [parameter]: { type: 'string', description: about } };
  return { name, description, parameters: { type: 'object', properties, required: [parameter] } };
}

/** What a clinic might give its receptionist; each is near to something that the sample agent's facts tell. */
const tools = [
  tool('book_appointment', 'Books an appointment with a doctor', 'patient_name', 'Name of the patient'),
  tool('cancel_appointment', 'Cancels an appointment', 'patient_number', 'The patient number'),
  tool('appointment_time', 'When the appointment of a patient is', 'patient_number', 'The patient number'),
  tool('prescription_status', 'Checks whether a prescription is ready', 'prescription', 'The prescription number'),
  tool('get_lab_result', 'Looks up the result of a blood test', 'sample_number', 'The sample number'),
  tool('send_invoice', 'Sends the invoice again by email', 'invoice_number', 'The invoice number'),
];

const useTool = () => Promise.resolve({ ok: true, text: 'The tool was used.' });
const withTools = (text: string) => answerTo(text, { tools, useTool });
const sets = Object.entries({ written: { questions: questionSet.questions.map(({ ask }) => ask) }, ...recorded });

test.each(sets)('no question that the facts answer is taken for a tool (%s)', async (_who, { questions }) => {
  expect(questions.length).toBeGreaterThanOrEqual(40);
  for (const heard of questions) {
    const answer = await withTools(heard);
    expect([heard, answer]).toEqual([heard, await answerTo(heard)]);
  }
});

test('of what the facts do not hold, only questions about a tool’s matter begin it', async () => {
  const begun: string[] = [];
  for (const ask of questionSet.unanswerable) if ((await withTools(ask)) !== (await answerTo(ask))) begun.push(ask);
  expect(begun).toEqual(['When is my appointment?']);
});

test.each([
  ["I'd like to book an appointment.", 'What is the name of the patient?'],
  ['when is my appointment', 'What is your patient number?'],
  ['what is the status of my prescription', 'What is your prescription number?'],
  ['can you send me the invoice four seven one one', 'Shall I send the invoice again by email?'],
  ['i have to cancel my appointment', 'What is your patient number?'],
])('"%s" begins a tool', async (said, expected) => {
  expect(await withTools(said)).toContain(expected);
});
