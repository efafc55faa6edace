import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Http } from './http';
import { Live } from './live';

class Socket {
  static last: Socket;
  static readonly OPEN = 1;
  readyState = 1;
  sent: Record<string, unknown>[] = [];
  onopen?: () => void;
  onmessage?: (event: { data: string }) => void;
  onclose?: (event: { code: number }) => void;
  constructor() {
    Socket.last = this;
  }
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.readyState = 3;
  }
  say(frame: Record<string, unknown>) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

const page = { entries: [{ no: 1, id: 'e1', sender: null }], last: 1 };
const http = {
  post: async () => ({ ticket: 't' }),
  get: async () => page,
} as unknown as Http;
const pulls = () => Socket.last.sent.filter((frame) => frame.t === 'pull');
const refuse = (error: string) =>
  Socket.last.say({ t: 'error', error, detail: '', conversation: 'c', stream: 'shared' });
const greet = (streams: object[] = []) =>
  Socket.last.say({ t: 'welcome', protocol: 1, epoch: 'x', now: 0, person: {}, streams });
let live: Live;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', Socket);
  const shelf = { load: async () => [], save: async () => undefined };
  live = new Live({ http, shelf, device: 'desktop', url: 'ws://platform/ws' });
  await live.start();
  await vi.advanceTimersByTimeAsync(0);
  Socket.last.onopen?.();
  greet();
  await live.open('c');
});
afterEach(() => {
  live.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('pulls again a little later what met trouble, once for all that asked', async () => {
  expect(pulls()).toHaveLength(1);
  refuse('unavailable');
  refuse('internal');
  expect(pulls()).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(pulls()).toHaveLength(2);
  expect(pulls()[1]).toMatchObject({ conversation: 'c', stream: 'shared', after: 1 });
  refuse('too_many');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(pulls()).toHaveLength(3);
});

it('gives up what it may not read, and what it has forgotten meanwhile', async () => {
  refuse('not_found');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(pulls()).toHaveLength(1);
  refuse('unavailable');
  live.store.forget('c');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(pulls()).toHaveLength(1);
});

it('lists no more than a hello takes, and pulls the others after it', async () => {
  for (let number = 0; number < 500; number += 1) await live.open(`c${number}`);
  Socket.last.onclose?.({ code: 1012 });
  await vi.advanceTimersByTimeAsync(5_000);
  Socket.last.onopen?.();
  const [hello] = Socket.last.sent as { streams: object[] }[];
  expect(hello?.streams).toHaveLength(500);
  greet(hello?.streams);
  expect(pulls().map((frame) => frame.conversation)).toEqual(['c']);
});
