import { beforeEach, describe, expect, it, vi } from 'vitest';
import { resetClock, serverNow, setClock } from './clock';
import { fill, install, nearest } from './i18n';
import { Outbox, type Pending, type Shelf } from './outbox';
import type { Command, Entry } from './protocol';
import { Range, Store } from './store';
import { uuid7 } from './uuid';
import { fold, merge } from './view';

const entry = (no: number, more: Partial<Entry> = {}): Entry => ({
  id: `e${no}`,
  conversation: 'c',
  stream: 'shared',
  no,
  kind: 'message',
  sender: { id: 'lin', name: '林知远', role: 'advisor' },
  at: no * 1000,
  body: { text: `text ${no}` },
  state: 'kept',
  ...more,
});
const nobody = { delivered: 0, read: 0 };

describe('a range of a stream', () => {
  it('holds a prefix, whatever order entries come in', () => {
    const range = new Range();
    expect(range.add([entry(2), entry(3)], 3)).toBe(true);
    expect(range.ordered).toEqual([]);
    expect(range.add([entry(1)])).toBe(false);
    expect(range.ordered.map((one) => one.no)).toEqual([1, 2, 3]);
  });
  it('says that something is missing when the last number is ahead', () => {
    const range = new Range();
    expect(range.add([entry(1)], 4)).toBe(true);
    expect(range.high).toBe(1);
    expect(range.add([entry(2), entry(3), entry(4)], 4)).toBe(false);
  });
  it('starts at the newest page and grows downwards', () => {
    const range = new Range();
    range.seed([entry(8), entry(9)], 9);
    expect([range.low, range.high]).toEqual([8, 9]);
    range.add([entry(6), entry(7)]);
    expect(range.ordered.map((one) => one.no)).toEqual([6, 7, 8, 9]);
  });
  it('takes the same entry twice as once', () => {
    const range = new Range();
    range.add([entry(1), entry(1)]);
    range.add([entry(1)]);
    expect(range.ordered).toHaveLength(1);
  });
});

it('asks to pull after the last number that it holds', () => {
  const store = new Store();
  expect(store.add('c', 'shared', [entry(1)], 1)).toBeNull();
  expect(store.add('c', 'shared', [entry(3)], 3)).toBe(1);
  expect(store.marks()).toEqual([{ conversation: 'c', shared: 1, internal: 0 }]);
});

describe('what a reader is shown', () => {
  it('folds edits and recalls into their message', () => {
    const items = fold(
      [
        entry(1),
        entry(2),
        entry(3, { kind: 'edit', of: 'e1', body: { text: 'better' } }),
        entry(4, { kind: 'recall', of: 'e2', body: {} }),
      ],
      [],
      'me',
      nobody,
    );
    expect(items).toHaveLength(2);
    expect(items[0]).toMatchObject({ body: { text: 'better' }, earlier: [{ text: 'text 1' }] });
    expect(items[0]).toMatchObject({ entry: { id: 'e1' }, said: { id: 'e3' } });
    expect(items[1]).toMatchObject({ said: { id: 'e2' } });
    expect(items[1]).toMatchObject({ recalled: true });
  });
  it('shows a held message once: where it waits, where it was released, or with why it was refused', () => {
    const mine = { sender: { id: 'me', name: '我', role: 'advisor' as const } };
    const held = entry(1, { ...mine, stream: 'internal', state: 'held', id: 'h' });
    const heard = entry(2, { ...mine, id: 'h' });
    const by = { sender: { id: 'she', name: '她', role: 'supervisor' as const } };
    const said = (decision: 'released' | 'refused') =>
      entry(3, { ...by, kind: 'verdict', of: 'h', body: { decision, note: 'so' } });
    const shown = (...entries: Entry[]) => fold(entries, [], 'me', nobody);
    expect(shown(held)).toMatchObject([{ delivery: 'held', note: '' }]);
    expect(shown(held, said('refused'))).toMatchObject([{ delivery: 'refused', note: 'so' }]);
    expect(shown(held, { ...said('refused'), sender: null })).toMatchObject([
      { delivery: 'expired' },
    ]);
    expect(shown(held, said('released'), heard)).toMatchObject([
      { delivery: 'sent', entry: heard },
    ]);
  });
  it('leaves the words as they were while their edit waits for a supervisor', () => {
    const mine = { sender: { id: 'me', name: '我', role: 'advisor' as const } };
    const edit = { ...mine, kind: 'edit' as const, of: 'e1', id: 'x', body: { text: 'better' } };
    const waiting = [entry(1, mine), entry(2, { ...edit, stream: 'internal', state: 'held' })];
    expect(fold(waiting, [], 'me', nobody)).toMatchObject([
      { body: { text: 'text 1' }, delivery: 'held' },
    ]);
    expect(fold([...waiting, entry(3, edit)], [], 'me', nobody)).toMatchObject([
      { body: { text: 'better' }, delivery: 'sent' },
    ]);
  });
  it('knows what became of an own message', () => {
    const mine = { sender: { id: 'me', name: '我', role: 'client' as const } };
    const items = fold(
      [1, 2, 3].map((no) => entry(no, mine)),
      [],
      'me',
      { delivered: 2, read: 1 },
    );
    expect(items.map((item) => item.delivery)).toEqual(['read', 'delivered', 'sent']);
  });
  it('keeps the place of a message when its acknowledgement comes', () => {
    const one: Pending = {
      client_key: 'k',
      conversation: 'c',
      stream: 'shared',
      kind: 'send',
      body: { text: 'hello' },
      at: 1,
      state: 'sending',
    };
    const before = fold([entry(1)], [one], 'me', nobody);
    const after = fold([entry(1), entry(2, { client_key: 'k' })], [], 'me', nobody);
    expect(before.map((item) => item.key)).toEqual(['e1', 'k']);
    expect(after.map((item) => item.key)).toEqual(['e1', 'k']);
  });
  it('merges two streams without breaking the order of either', () => {
    const notes = [entry(1, { id: 'n1', stream: 'internal', at: 1500 })];
    expect(merge([entry(1), entry(2)], notes).map((one) => one.id)).toEqual(['e1', 'n1', 'e2']);
  });
});

describe('the outbox', () => {
  let shelf: Shelf;
  let kept: readonly Pending[];
  let sent: Command[];
  let online: boolean;
  let box: Outbox;
  const make = () =>
    new Outbox({
      shelf,
      send: (command) => {
        if (online) sent.push(command);
        return online;
      },
      onChange: () => undefined,
    });
  const say = (text: string, conversation = 'c') =>
    box.add({ conversation, stream: 'shared', kind: 'send', body: { text } });

  beforeEach(() => {
    kept = [];
    sent = [];
    online = true;
    shelf = {
      load: async () => [...kept],
      save: async (list) => {
        kept = list;
      },
    };
    box = make();
  });

  it('sends one at a time in a conversation, in the order of writing', () => {
    const first = say('one');
    const second = say('two');
    say('elsewhere', 'd');
    expect(sent.map((command) => command.client_key)).toEqual([first, box.list[2]!.client_key]);
    box.acknowledged(first, entry(1, { client_key: first }));
    expect(sent.at(-1)?.client_key).toBe(second);
  });
  it('loses nothing over a reload, and repeats under the same key', async () => {
    const key = say('under way');
    online = false;
    say('not yet sent');
    box = make();
    await box.restore();
    expect(box.list.map((one) => one.state)).toEqual(['queued', 'queued']);
    online = true;
    box.flush();
    expect(sent.map((command) => command.client_key)).toEqual([key, key]);
  });
  it('asks again after the line broke', () => {
    const key = say('one');
    box.interrupted();
    box.flush();
    expect(sent.map((command) => command.client_key)).toEqual([key, key]);
  });
  it('keeps a refused message with its reason until the writer decides', () => {
    const key = say('one');
    box.refused(key, 'not_allowed', 'no connection');
    expect(box.list[0]).toMatchObject({ state: 'failed', detail: 'no connection' });
    box.retry(key);
    expect(sent).toHaveLength(2);
    box.discard(key);
    expect(kept).toEqual([]);
  });
  it('comes back when the server said, and not before', async () => {
    vi.useFakeTimers();
    const key = say('one');
    box.refused(key, 'unavailable', '', 20);
    await vi.advanceTimersByTimeAsync(19_000);
    say('two');
    expect(sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent.map((command) => command.client_key)).toEqual([key, key]);
    vi.useRealTimers();
  });
  it('keeps a held message until it is seen in its stream', () => {
    const key = say('one');
    box.acknowledged(key, entry(1, { client_key: key, state: 'held', stream: 'internal' }));
    expect(box.list[0]?.state).toBe('held');
    box.seen(key);
    expect(box.list).toEqual([]);
  });
});

it('makes ids of version 7 that sort by time', () => {
  const ids = [1, 2, 3].map((time) => uuid7(1_790_000_000_000 + time));
  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect([...ids].sort()).toEqual(ids);
});

it('fills names and plurals', () => {
  install('en', {});
  const text = '{n, plural, one{# message} other{# messages}} for {name}';
  expect(fill(text, { n: 1, name: 'Lin' })).toBe('1 message for Lin');
  expect(fill(text, { n: 1200, name: 'Lin' })).toBe('1,200 messages for Lin');
  expect(fill('{missing}', {})).toBe('{missing}');
});

it('speaks the nearest language', () => {
  expect(nearest(['fr', 'en-GB'])).toBe('en');
  expect(nearest(['zh-Hans-SG'])).toBe('zh-CN');
  expect(nearest([])).toBe('zh-CN');
});

it('believes the quickest reading of the server clock', () => {
  resetClock();
  setClock(10_000, 100, 5_000);
  setClock(99_000, 900, 5_000);
  expect(Math.round((serverNow() - Date.now()) / 100)).toBe(51);
  resetClock();
});
