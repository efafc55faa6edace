/** The client library in the fault harness (`make faults`, row ts): several pairs talk in one process of Node.
 *
 * Standard input: a line of JSON says who talks where, another one ends the talk. Standard output: one line of JSON for
 * each thing done or seen, in the words of tests/faults/history.py; times are the machine's monotonic seconds.
 */
import { createInterface } from 'node:readline';
import { http } from '../core/http';
import { Live } from '../core/live';
import type { Pending } from '../core/outbox';
import type { Entry } from '../core/protocol';

interface Pair {
  conversation: string;
  hers: string;
  his: string;
}
interface Task {
  url: string;
  pairs: Pair[];
  mark: string;
}

// What a page has and Node has not.
const page = new EventTarget();
Object.assign(globalThis, {
  location: new URL('http://127.0.0.1/'),
  document: Object.assign(new EventTarget(), { visibilityState: 'visible' }),
  addEventListener: page.addEventListener.bind(page),
  removeEventListener: page.removeEventListener.bind(page),
});

const say = (line: Record<string, unknown>): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};
const now = (): number => Number(process.hrtime.bigint()) / 1e9;

let spoken = 0;
/** A word that nobody has said before: few letters and no vowel, so that supervision never takes it for one. */
function token(): string {
  spoken += 1;
  // The harness's own crews begin with any letter but this one.
  return `m${[...spoken.toString(8)].map((digit) => 'bhkqvwxz'[Number(digit)]).join('')}`;
}

/** One end of a conversation: has always one message on its way, and hears everything. */
class Speaker {
  readonly live: Live;
  #said: { key: string; token: string; invoked: number } | null = null;
  #heard = 0;
  stopping = false;

  constructor(
    readonly name: string,
    private readonly task: Task,
    private readonly pair: Pair,
    bearer: string,
  ) {
    const shelf = { load: async (): Promise<Pending[]> => [], save: async (): Promise<void> => {} };
    this.live = new Live({
      http: http({ base: task.url, bearer: () => bearer }),
      url: `${task.url.replace('http', 'ws')}/ws`,
      shelf,
      device: 'desktop',
      onFrame: (frame) => {
        if (frame.t === 'refused') this.#refused(frame.client_key, frame.error);
      },
    });
    this.live.store.subscribe(() => this.#look());
  }

  async begin(): Promise<void> {
    await this.live.start();
    await this.live.open(this.pair.conversation);
    this.#look();
    this.#next();
  }

  get idle(): boolean {
    return this.#said === null;
  }

  get high(): number {
    return this.live.store.thread(this.pair.conversation).shared.high;
  }

  #next(): void {
    if (this.stopping || this.#said !== null) return;
    const word = token();
    const text = `${word}${this.task.mark}，请问今天可以办理吗`;
    const said = { key: '', token: word, invoked: now() };
    this.#said = said;
    say({
      t: 'invoke',
      token: word,
      sender: this.name,
      conversation: this.pair.conversation,
      at: said.invoked,
    });
    said.key = this.live.post(this.pair.conversation, { text });
  }

  /** Writes down what has become visible since the last look; what is mine and visible is acknowledged. */
  #look(): void {
    const { conversation } = this.pair;
    if (!this.live.store.has(conversation)) return;
    const visible = this.live.store.thread(conversation).shared.ordered;
    for (; this.#heard < visible.length; this.#heard += 1) {
      const entry = visible[this.#heard] as Entry;
      const [word, rest] = (entry.body.text ?? '').split(this.task.mark);
      const mine = rest === undefined ? '' : word;
      say({ t: 'seen', reader: this.name, conversation, no: entry.no, token: mine });
      if (this.#said !== null && mine === this.#said.token) this.#known('ok', entry.no);
    }
  }

  #known(fate: 'ok' | 'fail', no: number): void {
    if (this.#said === null) return;
    say({ t: 'fate', token: this.#said.token, fate, at: now(), no });
    this.#said = null;
    setTimeout(() => this.#next(), fate === 'ok' ? 0 : 50);
  }

  /** A word of the server's that the library takes for the last one. */
  #refused(key: string, error: string): void {
    const waiting = this.live.outbox.list.some(
      (one) => one.client_key === key && one.state === 'queued',
    );
    if (this.#said?.key !== key || waiting) return;
    say({ t: 'failed', error });
    this.live.outbox.discard(key);
    this.#known('fail', 0);
  }
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const read = async (): Promise<string> => String((await lines.next()).value ?? '');

const task = JSON.parse(await read()) as Task;
const speakers = task.pairs.flatMap((pair, number) => [
  new Speaker(`her-${number}`, task, pair, pair.hers),
  new Speaker(`him-${number}`, task, pair, pair.his),
]);
await Promise.all(speakers.map((one) => one.begin()));
say({ t: 'ready' });
await read();
for (const one of speakers) one.stopping = true;
// Everybody sees the rest; who never does is said to lack it by the checker.
const until = now() + 60;
const rest = (): boolean =>
  speakers.every((one, place) => one.idle && one.high === speakers[place ^ 1]?.high);
while (!rest() && now() < until) await new Promise((done) => setTimeout(done, 20));
for (const one of speakers) one.live.stop();
say({ t: 'end' });
process.exit(0);
