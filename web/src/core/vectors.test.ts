import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ends } from './link';
import { repeated } from './live';
import { Outbox } from './outbox';
import type { Entry, Stream } from './protocol';
import { Range, Store } from './store';

const file = `${process.cwd()}/../docs/vectors/protocol-1.json`;
interface Vectors {
  streams: {
    name: string;
    steps: { entries: number[]; last: number; visible: number[]; high: number; gap: boolean }[];
  }[];
  outbox: {
    name: string;
    steps: {
      do: string;
      key?: string;
      error?: string;
      sent?: string[];
      waiting?: string[];
      failed?: string[];
    }[];
  }[];
  hello: { name: string; held: Record<string, Record<Stream, number[]>>; streams: unknown[] }[];
  closes: { code: number; then: string }[];
  pulls: { code: string; then: string }[];
}
const none: Vectors = { streams: [], outbox: [], hello: [], closes: [], pulls: [] };
const vectors: Vectors = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : none;

const entry = (no: number): Entry => ({
  id: `e${no}`,
  conversation: 'c',
  stream: 'shared',
  no,
  kind: 'message',
  sender: null,
  at: no,
  body: { text: String(no) },
  state: 'kept',
});

// The interface may be built and tested without the server's sources beside it.
describe.skipIf(!existsSync(file))('the vectors of the protocol', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each(vectors.streams)('streams: $name', ({ steps }) => {
    const range = new Range();
    for (const step of steps) {
      const before = range.ordered.length;
      const gap = range.add(step.entries.map(entry), step.last);
      expect(range.ordered.slice(before).map((one) => one.no)).toEqual(step.visible);
      expect([range.high, gap]).toEqual([step.high, step.gap]);
    }
  });

  it.each(vectors.outbox)('outbox: $name', async ({ steps }) => {
    let online = true;
    let sent: string[] = [];
    const keys = new Map<string, string>();
    const named = (key: string) => [...keys].find(([, real]) => real === key)?.[0] ?? key;
    const box = new Outbox({
      shelf: { load: async () => [], save: async () => undefined },
      send: (command) => {
        if (online) sent.push(named(command.client_key));
        return online;
      },
      onChange: () => {
        // A key is known by its name from the moment it is kept.
        for (const one of box?.list ?? []) {
          if (!keys.has(one.conversation)) keys.set(one.conversation, one.client_key);
        }
      },
    });
    for (const step of steps) {
      sent = [];
      const name = step.key ?? '';
      const key = keys.get(name) ?? '';
      if (step.do === 'add') {
        // A conversation each: within one, messages go one at a time.
        box.add({ conversation: name, stream: 'shared', kind: 'send', body: { text: name } });
      } else if (step.do === 'acknowledged') box.acknowledged(key, entry(1));
      else if (step.do === 'refused') box.refused(key, step.error ?? '', '');
      else if (step.do === 'later') await vi.advanceTimersByTimeAsync(5_000);
      else if (step.do === 'interrupted') {
        online = false;
        box.interrupted();
      } else if (step.do === 'online') {
        online = true;
        box.flush();
      }
      if (step.sent) expect(sent).toEqual(step.sent);
      const waiting = box.list.filter((one) => one.state !== 'failed');
      if (step.waiting) expect(waiting.map((one) => one.conversation)).toEqual(step.waiting);
      const failed = box.list.filter((one) => one.state === 'failed');
      if (step.failed) expect(failed.map((one) => one.conversation)).toEqual(step.failed);
    }
  });

  it.each(vectors.hello)('hello: $name', ({ held, streams }) => {
    const store = new Store();
    for (const [conversation, both] of Object.entries(held)) {
      store.add(conversation, 'shared', both.shared.map(entry));
      store.add(conversation, 'internal', both.internal.map(entry));
    }
    expect(store.marks()).toEqual(streams);
  });

  it.each(vectors.closes)('close $code: $then', ({ code, then }) => {
    expect(ends(code)).toBe(then === 'ended');
  });

  it.each(vectors.pulls)('a pull refused with $code: $then', ({ code, then }) => {
    expect(repeated(code)).toBe(then === 'again');
  });
});
