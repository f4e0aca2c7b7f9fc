import { expect, test } from 'vitest';
import type { ContactColumn } from './contact.ts';
import { columnKey, contactOf, namedProperties, plainNumber } from './contact.ts';
import { planImport } from './contact-import.ts';

const column = (name: string, columnType: string, displayName = name): ContactColumn => ({
  id: `id-of-${name}`,
  groupId: 'g',
  name,
  displayName,
  columnType,
  position: 0,
  createdAtMs: 0,
  updatedAtMs: 0,
});

test('numbers lose their decoration, and what is no number is none', () => {
  expect(plainNumber(' +49 (30) 901820-0 ')).toBe('+49309018200');
  expect(plainNumber('0091 22 1234567')).toBe('+91221234567');
  expect(plainNumber('tel:+1-202-555-0142')).toBe('+12025550142');
  expect(plainNumber('9.198E+11')).toBeUndefined();
  expect(plainNumber('123456')).toBeUndefined();
  expect(plainNumber('1234567890123456')).toBeUndefined();
});

test('column keys are plain and of their own', () => {
  expect(columnKey('Größe (cm)', new Set())).toBe('gro_e_cm');
  expect(columnKey('Name', new Set(['name', 'name_2']))).toBe('name_3');
  expect(columnKey('電話', new Set())).toBe('column');
});

test('properties may be named by the id, the name or the display name of a column', () => {
  const columns = [column('phone', 'phone', 'Mobile no'), column('first_name', 'text', 'First name')];
  const named = namedProperties({ 'Mobile No': '1', 'id-of-first_name': 'Ada', other: 3 }, columns);
  expect(named).toEqual({ phone: '1', first_name: 'Ada', other: 3 });
});

test('the number to call comes from a phone column, else from a key that names one', () => {
  const row = { id: 'r', groupId: 'g', createdAtMs: 0, updatedAtMs: 0 };
  const properties = { mobile: '+1 202 555 0142', work: '030 1234567', age: 7 };
  expect(contactOf({ ...row, properties }, [column('work', 'phone')]).phone).toBe('0301234567');
  expect(contactOf({ ...row, properties }, [])).toEqual({
    rowId: 'r',
    phone: '+12025550142',
    variables: { mobile: '+1 202 555 0142', work: '030 1234567', age: '7' },
  });
  expect(contactOf({ ...row, properties: { mobile: 'none' } }, []).phone).toBeNull();
});

test('a list is fitted to the columns that are there, with new ones typed by their values', () => {
  const table = {
    headers: ['Full name', 'Reach at', 'E-mail', 'Age'],
    rows: [
      ['Ada', '+12025550142', 'ada@example.org', '36'],
      ['Bo', '+12025550143', '', '41'],
      ['Cy', 'unknown', 'cy@example.org', ''],
      ['Di', '+12025550144', 'di@example.org', '29'],
      ['Ed', '+12025550145', '', '50'],
      ['Fi', '+12025550146', '', '60'],
    ],
  };
  const plan = planImport(table, [column('name', 'text', 'full name')]);
  expect(plan.phoneHeader).toBe('Reach at');
  expect(plan.mapping).toEqual({ 'Full name': 'name', 'Reach at': 'reach_at', 'E-mail': 'e_mail', Age: 'age' });
  expect(plan.newColumns.map(({ name, columnType }) => [name, columnType])).toEqual([
    ['reach_at', 'phone'],
    ['e_mail', 'email'],
    ['age', 'number'],
  ]);
  expect([plan.rows.length, plan.totalRows, plan.missingPhone, plan.warnings.length]).toEqual([5, 6, 1, 1]);
  expect(plan.rows[1]).toEqual({ name: 'Bo', reach_at: '+12025550143', age: '41' });
});

test('a list without numbers is taken whole, with a warning', () => {
  const plan = planImport({ headers: ['Name', 'Year'], rows: [['Ada', '1815']] }, []);
  expect([plan.phoneHeader, plan.rows.length, plan.warnings.length]).toEqual([undefined, 1, 1]);
});
