/**
 * The shelf of the desk: it outlives the browser. Every page has a place of its own on it, so that no tab writes over what
 * another one keeps, and each message is sent, shown and given up by one page alone. When a page ends, however it ends, the
 * lock that it holds is free, and another page of the same person goes on with what it left.
 */
import type { Pending, Shelf } from './outbox';
import { uuid7 } from './uuid';

const page = uuid7();
/** Tells the others that there is one page more. */
const news = new BroadcastChannel('visavis.shelf');

/** Where locks are not to be had (pages without TLS), every other page counts as ended: the server knows the keys. */
const ended = async (place: string, act: () => Promise<void>): Promise<void> => {
  await (navigator.locks ? navigator.locks.request(place, act) : act());
};

const open = () =>
  new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open('visavis', 1);
    request.onupgradeneeded = () => request.result.createObjectStore('outbox');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function run<T>(
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const request = act(database.transaction('outbox', mode).objectStore('outbox'));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  } finally {
    database.close();
  }
}

export interface DatabaseShelf extends Shelf {
  /** Forgets what any page of this person has kept: sign-out. */
  clear(): Promise<void>;
}

/** `whose` is the person's part of the shelf; `inherit` takes what a page that has ended left there. */
export function databaseShelf(
  whose: () => string,
  inherit: (list: readonly Pending[]) => void,
): DatabaseShelf {
  const watched = new Set<string>();
  let own = '';
  let saved = Promise.resolve(true);
  const places = () => IDBKeyRange.bound(`${whose()} `, `${whose()} \uffff`);
  const settle = () => {
    if (own) return;
    own = `${whose()} ${page}`;
    void navigator.locks?.request(own, () => {
      news.postMessage('');
      return new Promise(() => undefined);
    });
  };
  const takeOver = async (place: string) => {
    inherit((await run<Pending[] | undefined>('readonly', (store) => store.get(place))) ?? []);
    // Both places may hold the same for a moment; it is never in neither.
    if (await saved) await run('readwrite', (store) => store.delete(place));
    watched.delete(place);
  };
  /** Waits for the end of every other page, those that only kept something and those that live. */
  const watch = async () => {
    const kept = await run('readonly', (store) => store.getAllKeys(places())).catch(() => []);
    const living = (await navigator.locks?.query())?.held ?? [];
    for (const place of [...kept.map(String), ...living.map(({ name }) => name ?? '')]) {
      if (!place.startsWith(`${whose()} `) || place === own || watched.has(place)) continue;
      watched.add(place);
      void ended(place, () => takeOver(place)).catch(() => undefined);
    }
  };
  news.onmessage = () => void watch();
  return {
    /** What has ended already is inherited at once. */
    load: async () => {
      settle();
      await watch();
      return [];
    },
    save: async (list) => {
      settle();
      const kept = list.length
        ? run('readwrite', (store) => store.put([...list], own))
        : run('readwrite', (store) => store.delete(own));
      saved = kept.then(
        () => true,
        () => false,
      );
      await saved;
    },
    clear: async () => {
      await run('readwrite', (store) => store.delete(places())).catch(() => undefined);
    },
  };
}
