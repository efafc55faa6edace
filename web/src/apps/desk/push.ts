/** The service worker and Web Push on this device: the desk opens without a line, and an offer reaches a sleeping phone. */
import { language } from '../../core/i18n';
import { api } from '../session';

export type PushState = 'unsupported' | 'denied' | 'off' | 'on';

const WORKER = '/desk/worker.js';

/** Installs the worker that keeps the application's shell, and tells it our language; nothing where there is none. */
export async function installWorker(): Promise<void> {
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return;
  try {
    await navigator.serviceWorker.register(WORKER, { scope: '/desk/' });
    const kept = await caches.open('visavis-desk-1');
    await kept.put('/desk/language', new Response(language()));
  } catch {
    // Private windows and plain HTTP have no workers; the desk works without.
  }
}

const supported = () =>
  'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

async function subscription(): Promise<PushSubscription | null> {
  const worker = await navigator.serviceWorker.getRegistration('/desk/');
  return (await worker?.pushManager.getSubscription()) ?? null;
}

export async function pushState(): Promise<PushState> {
  if (!supported()) return 'unsupported';
  if (Notification.permission === 'denied') return 'denied';
  return (await subscription()) ? 'on' : 'off';
}

/** Asks for permission and tells the server where to send; the server's key is fetched each time. */
export async function pushOn(): Promise<PushState> {
  if (!supported()) return 'unsupported';
  if ((await Notification.requestPermission()) !== 'granted') return pushState();
  const worker = await navigator.serviceWorker.ready;
  const { key } = await api.get<{ key: string }>('/api/push/key');
  const made = await worker.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytes(key),
  });
  const { id } = await api.post<{ id: string }>('/api/push/subscriptions', made.toJSON());
  remember(id);
  return 'on';
}

export async function pushOff(): Promise<PushState> {
  const id = remembered();
  await (await subscription())?.unsubscribe();
  if (id) await api.delete(`/api/push/subscriptions/${id}`).catch(() => undefined);
  remember(null);
  return pushState();
}

/** base64url to bytes. */
function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  const out = new Uint8Array(plain.length);
  for (let at = 0; at < plain.length; at += 1) out[at] = plain.charCodeAt(at);
  return out;
}

const NAME = 'visavis.desk.push';

function remember(id: string | null): void {
  try {
    if (id) localStorage.setItem(NAME, id);
    else localStorage.removeItem(NAME);
  } catch {
    // storage is forbidden: the server forgets a dead subscription by itself
  }
}

function remembered(): string | null {
  try {
    return localStorage.getItem(NAME);
  } catch {
    return null;
  }
}
