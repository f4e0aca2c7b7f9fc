import { expect, test } from 'vitest';
import { orderBy } from './order-by.ts';

const columns = { name: 'name', created_at: 'created_at_ms' };

test('known fields come in their order, then the newest first', () => {
  const sort = [
    { by: 'name', descending: false },
    { by: 'created_at', descending: true },
  ];
  expect(orderBy(sort, columns)).toBe('name ASC, created_at_ms DESC, rowid DESC');
  expect(orderBy(undefined, columns)).toBe('rowid DESC');
});

test('nothing that is no known field gets into the SQL', () => {
  const sort = [
    { by: 'name; DROP TABLE agents', descending: true },
    { by: 'constructor', descending: true },
  ];
  expect(orderBy(sort, columns)).toBe('rowid DESC');
});
