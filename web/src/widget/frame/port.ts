/** The frame's end of the channel to the launcher. The first page that says hello is the one that is listened to. */
import { HELLO, type ToFrame, type ToLauncher } from '../wire';

let port: MessagePort | null = null;
let peer = '';
const readers = new Set<(message: ToFrame) => void>();

/** Waits for the launcher's hello; only the embedding window may say it, and only once per page load. */
export function listen(reader: (message: ToFrame) => void): void {
  readers.add(reader);
  addEventListener('message', (event) => {
    const [given] = event.ports;
    if (event.data !== HELLO || event.source !== parent || !given || port) return;
    const above = location.ancestorOrigins?.[0];
    if (above && above !== event.origin) return;
    port = given;
    peer = event.origin;
    port.onmessage = (message) => {
      for (const one of readers) one(message.data as ToFrame);
    };
    tell({ t: 'ready' });
  });
}

/** Tells the launcher; silent on the full-screen page, which has none. */
export const tell = (message: ToLauncher): void => port?.postMessage(message);

/** The exact origin of the embedding page. */
export const embedder = (): string => peer;
