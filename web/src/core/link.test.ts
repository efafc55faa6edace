import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Http } from './http';
import { ApiError } from './http';
import { backoff, Link, type LinkState } from './link';
import type { ServerFrame } from './protocol';

class Socket {
  static all: Socket[] = [];
  static readonly OPEN = 1;
  readyState = 1;
  sent: { t: string }[] = [];
  onopen?: () => void;
  onmessage?: (event: { data: string }) => void;
  onclose?: (event: { code: number }) => void;
  constructor(readonly url: string) {
    Socket.all.push(this);
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

const welcome = { t: 'welcome', protocol: 1, epoch: 'x', now: 0, person: {}, streams: [] };
let states: LinkState[];
let frames: ServerFrame[];
let ticket: (signal?: AbortSignal) => Promise<{ ticket: string }>;
let link: Link;

const settle = () => vi.advanceTimersByTimeAsync(0);
const last = () => Socket.all.at(-1) as Socket;
async function online() {
  link.start();
  await settle();
  last().onopen?.();
  last().say(welcome);
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', Socket);
  Socket.all = [];
  states = [];
  frames = [];
  ticket = async () => ({ ticket: 't 1' });
  link = new Link({
    http: {
      post: (_: string, __: unknown, more?: { signal?: AbortSignal }) => ticket(more?.signal),
    } as unknown as Http,
    url: 'ws://platform/ws',
    device: 'desktop',
    marks: () => [{ conversation: 'c', shared: 12, internal: 3 }],
    onFrame: (frame) => frames.push(frame),
    onState: (state) => states.push(state),
    random: () => 0.5,
  });
});
afterEach(() => {
  link.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('says hello with what it holds, and is online once welcomed', async () => {
  link.start();
  await settle();
  expect(last().url).toBe('ws://platform/ws?ticket=t%201');
  last().onopen?.();
  expect(last().sent[0]).toEqual({
    t: 'hello',
    protocol: 1,
    streams: [{ conversation: 'c', shared: 12, internal: 3 }],
    device: 'desktop',
  });
  expect(link.send({ t: 'ping' })).toBe(false);
  last().say(welcome);
  expect(states).toEqual(['connecting', 'online']);
  expect(link.send({ t: 'ping' })).toBe(true);
});

it('comes back after the line broke, later after each failure', async () => {
  await online();
  last().onclose?.({ code: 1006 });
  expect(link.state).toBe('offline');
  await vi.advanceTimersByTimeAsync(600);
  expect(Socket.all).toHaveLength(2);
  last().onclose?.({ code: 1006 });
  await vi.advanceTimersByTimeAsync(600);
  expect(Socket.all).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(400);
  expect(Socket.all).toHaveLength(3);
});

it('drops a line on which nothing was heard for 45 s', async () => {
  await online();
  await vi.advanceTimersByTimeAsync(25_000);
  expect(last().sent.filter((frame) => frame.t === 'ping')).toHaveLength(1);
  last().say({ t: 'pong', now: 0 });
  await vi.advanceTimersByTimeAsync(44_000);
  expect(link.state).toBe('online');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(Socket.all.length).toBeGreaterThan(1);
});

it('gives up a line that does not become welcome', async () => {
  link.start();
  await settle();
  await vi.advanceTimersByTimeAsync(14_000);
  expect(Socket.all).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(Socket.all).toHaveLength(2);
  last().onopen?.();
  last().say(welcome);
  await vi.advanceTimersByTimeAsync(16_000);
  expect([Socket.all.length, link.state]).toEqual([2, 'online']);
});

it('asks for another ticket where no answer comes', async () => {
  // The tests' clock moves it, too.
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((after) => {
    const clock = new AbortController();
    setTimeout(() => clock.abort(), after);
    return clock.signal;
  });
  let asked = 0;
  ticket = (signal) => {
    asked += 1;
    return new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
    });
  };
  link.start();
  await vi.advanceTimersByTimeAsync(14_000);
  expect([asked, link.state]).toEqual([1, 'connecting']);
  ticket = async () => ({ ticket: 't 2' });
  await vi.advanceTimersByTimeAsync(2_000);
  expect(last().url).toBe('ws://platform/ws?ticket=t%202');
});

it('leaves a server that drains and returns when it said', async () => {
  await online();
  last().say({ t: 'drain', after_ms: 5_000 });
  expect(link.send({ t: 'ping' })).toBe(true);
  last().onclose?.({ code: 1012 });
  await vi.advanceTimersByTimeAsync(4_900);
  expect(Socket.all).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(Socket.all).toHaveLength(2);
});

it.each([
  [4401, 'signed_out'],
  [4403, 'forbidden'],
  [4409, 'replaced'],
])('stops on %d: %s', async (code, state) => {
  await online();
  last().onclose?.({ code });
  await vi.advanceTimersByTimeAsync(120_000);
  expect(link.state).toBe(state);
  expect(Socket.all).toHaveLength(1);
});

it('stops when there is no session for a ticket', async () => {
  ticket = () => Promise.reject(new ApiError(401, 'signed_out', ''));
  link.start();
  await settle();
  expect(link.state).toBe('signed_out');
});

it('never waits longer than half a minute', () => {
  expect(backoff(0, () => 0)).toBe(250);
  expect(backoff(40, () => 1)).toBe(30_250);
});
