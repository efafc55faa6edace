import { expect, it } from 'vitest';
import type { Entry } from '../../core/protocol';
import { Unread } from './unread';

const entry = (id: string, kind: string, more: object = {}) =>
  ({ id, kind, sender: { id: 'him' }, ...more }) as unknown as Entry;

it('counts what others said, tells each new count once, and forgets what was recalled or seen', () => {
  const told: number[] = [];
  const unread = new Unread((count) => told.push(count));
  unread.came([entry('a', 'message'), entry('b', 'message')], 'me');
  unread.came([entry('c', 'message', { sender: { id: 'me' } }), entry('d', 'system')], 'me');
  unread.came([entry('a', 'message')], 'me');
  unread.came([entry('r', 'recall', { of: 'a' })], 'me');
  unread.clear();
  unread.clear();
  expect(told).toEqual([2, 1, 0]);
});
