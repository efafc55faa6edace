/**
 * A page without a browser: the web interface's own library, talking and listening in Node for the fault harness.
 *
 *     node page.mjs ORIGIN BEARER CONVERSATION WORD…
 *
 * It says each WORD once, one after the other, and writes down what it did and saw, one line of JSON each, with the
 * machine's monotonic clock. `stop` on its input ends the talking, `until N` the listening once it holds N.
 */
import { createInterface } from 'node:readline';
import { http } from '../../web/src/core/http';
import { Live } from '../../web/src/core/live';
import type { Entry } from '../../web/src/core/protocol';

const [origin, bearer, conversation, ...words] = process.argv.slice(2) as [string, string, string];
const told = new Set<string>();
const keys = new Map<string, string>();
let stopped = false;
let shown = 0;
let wanted = -1;

Object.assign(globalThis, {
  document: { visibilityState: 'visible', addEventListener() {}, removeEventListener() {} },
  addEventListener() {},
  removeEventListener() {},
  location: new URL(origin),
});

const say = (line: object) => {
  const at = Number(process.hrtime.bigint()) / 1e9;
  process.stdout.write(`${JSON.stringify({ at, ...line })}\n`);
};

/** A message is done once the server or the stream says so, whichever comes first. */
const settled = (key: string | undefined, entry: Entry) => {
  const word = key && keys.get(key);
  if (!word || told.has(word)) return;
  told.add(word);
  say({ t: 'ok', word, no: entry.no });
};

const live = new Live({
  http: http({ base: origin, bearer: () => bearer }),
  shelf: { load: async () => [], save: async () => undefined },
  device: 'desktop',
  url: `${origin.replace('http', 'ws')}/ws`,
  onFrame: (frame) => {
    if (frame.t === 'ack') settled(frame.client_key, frame.entry);
    if (frame.t === 'refused' && !['unavailable', 'too_many'].includes(frame.error)) {
      const word = keys.get(frame.client_key);
      if (word && !told.has(word)) {
        told.add(word);
        say({ t: 'fail', word, error: frame.error });
      }
    }
    look();
  },
});

/** What the library shows by now: in order and without a gap, or it is the harness's to complain. */
function look(): void {
  for (const entry of live.store.thread(conversation).shared.ordered) {
    if (entry.no <= shown) continue;
    shown = entry.no;
    say({ t: 'seen', no: entry.no, text: String(entry.body?.text ?? '') });
    settled(entry.client_key, entry);
  }
  if (wanted >= 0 && shown >= wanted) process.exit(0);
}

function talk(): void {
  if (stopped) return;
  if (live.pending(conversation).length === 0) {
    const word = words.shift();
    if (word === undefined) return;
    say({ t: 'sent', word });
    keys.set(live.post(conversation, { text: `${word}号单，请问今天可以办理吗` }), word);
  }
  setTimeout(talk, 10);
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    if (line === 'stop') {
      stopped = true;
      const rest = () =>
        live.pending(conversation).length ? setTimeout(rest, 20) : say({ t: 'quiet' });
      rest();
    } else {
      wanted = Number(line.split(' ')[1]);
      look();
    }
  })
  .on('close', () => process.exit(1));

/** The first page may meet a server that is being hurt already. */
async function begin(): Promise<void> {
  await live.start();
  for (;;) {
    try {
      await live.open(conversation);
      break;
    } catch {
      await new Promise((later) => setTimeout(later, 200));
    }
  }
  look();
  say({ t: 'here' });
  talk();
}

void begin();
