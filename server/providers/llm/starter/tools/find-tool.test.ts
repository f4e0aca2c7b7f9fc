import { describe, expect, test } from 'vitest';
import type { LlmTool } from '../../../kinds/llm.ts';
import { orderedTool, toolFor } from './find-tool.ts';
import { isChanging, permission } from './wording.ts';

const tool = (name: string, description: string): LlmTool => ({ name, description, parameters: {} });
const status = tool('order_status', 'Where an order is');
const cancel = tool('cancel_order', 'Cancels an order');
const table = tool('bookTable', 'Books a table at the restaurant.');
const weather = tool('get_weather', 'Use this tool when the caller asks about the weather forecast.');
const tools = [status, cancel, table, weather];

describe('the tool that a line is about', () => {
  test.each([
    ['where is my order', status],
    ['can you tell me the status of my order', status],
    ['could you look up the status of an order', status],
    ['please check the weather', weather],
    ['what is the status of order 4711', status],
    ['i want to cancel my order', cancel],
    ['please book a table', table],
    ['how is the weather today', weather],
  ])('"%s"', (said, expected) => {
    expect(toolFor(said, tools)?.name).toBe(expected.name);
  });

  test.each([
    'hello',
    'could you check that please',
    'how much is a car wash',
    'do you sell pizza',
    'i am a customer and want to use my call',
    'my car does not start',
    'i would like to order a large pizza with cheese',
    'how much is it to book a table',
    'when can i book a table',
    'can you repeat the information',
  ])('none for "%s"', (said) => {
    expect(toolFor(said, tools)).toBeUndefined();
  });

  test('none where two fit alike', () => {
    const other = tool('order_lookup', 'Where an order is');
    expect(toolFor('where is my order', [status, other])).toBeUndefined();
  });
});

describe('a tool is ordered', () => {
  test.each([
    'cancel my order',
    'i have to cancel my order',
    'could you cancel the order',
    'i would like to cancel an order',
  ])('by "%s"', (said) => expect(orderedTool(said, tools)?.name).toBe('cancel_order'));

  test('under the name of a server, too', () => {
    const served = tool('Order_desk_cancel_order', 'Cancels an order');
    expect(orderedTool('cancel my order', [status, served])?.name).toBe(served.name);
    expect(permission(served)).toBe('Shall I cancel an order?');
  });

  test.each(['can i cancel my order', 'how do i cancel an order', 'is it possible to cancel', 'where is my order'])(
    'not by "%s"',
    (said) => expect(orderedTool(said, tools)).toBeUndefined(),
  );
});

test.each([
  [status, false],
  [weather, false],
  [cancel, true],
  [table, true],
  [tool('cancel_order', 'Cancels an order and tells when the refund comes'), true],
  [tool('crm', ''), true],
  [tool('crm_delete_contact', 'Tells when it was deleted'), true],
  [tool('orders', 'Use this to cancel an order when the caller asks for it'), true],
  [tool('desk_order_status', 'Where an order is, to update the caller'), false],
  [tool('lookup_customer', ''), false],
])('whether it changes something is told from its words: %o', ({ name, description }, expected) => {
  expect(isChanging(tool(name, description))).toBe(expected);
});

test.each([
  [cancel, 'Shall I cancel an order?'],
  [table, 'Shall I book a table at the restaurant?'],
  [tool('crm_update', 'For the CRM.'), 'Shall I do that: crm update?'],
])('permission is asked in the words of its owner: %o', ({ name, description }, expected) => {
  expect(permission(tool(name, description))).toBe(expected);
});
