/** The desk's service worker: its shell without a line, notices of offers, and what a tap on one opens. */
declare const self: ServiceWorkerGlobalScope;

export type {};

const CACHE = 'visavis-desk-1';
const PAGE = '/desk/';

/** What the server puts into a notice: worded there, without any text of a message. */
interface Notice {
  title?: string;
  body?: string;
  tag?: string;
  /** A path of the desk, such as `/desk/?offer=…`. */
  url?: string;
  /** Until when it means something, in UTC milliseconds. */
  expires_at?: number;
}

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.add(new Request(PAGE, { cache: 'reload' })))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((n) => n !== CACHE).map((n) => caches.delete(n))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (request.mode === 'navigate' && url.pathname.startsWith(PAGE))
    event.respondWith(page(request));
  else if (url.pathname.startsWith('/assets/')) event.respondWith(asset(request));
});

/** The newest page where there is a line, the kept one where there is none. */
async function page(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(PAGE, answer.clone());
    return answer;
  } catch (problem) {
    const kept = await cache.match(PAGE);
    if (kept) return kept;
    throw problem;
  }
}

/** Names of assets carry their content's hash: what is kept is right. */
async function asset(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

self.addEventListener('push', (event) => {
  const notice = read(event.data);
  if (notice.expires_at && notice.expires_at < Date.now()) return;
  event.waitUntil(
    self.registration.showNotification(notice.title ?? 'Visavis', {
      body: notice.body,
      tag: notice.tag,
      icon: '/mark.svg',
      badge: '/mark.svg',
      requireInteraction: Boolean(notice.expires_at),
      data: { url: notice.url ?? PAGE },
    }),
  );
});

function read(data: PushMessageData | null): Notice {
  try {
    return (data?.json() as Notice) ?? {};
  } catch {
    return {};
  }
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { url } = event.notification.data as { url: string };
  event.waitUntil(open(new URL(url, self.location.origin)));
});

/** An open desk comes to the front; without one a new window does. Another origin is never opened. */
async function open(url: URL): Promise<void> {
  const safe = url.origin === self.location.origin ? url.href : PAGE;
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const desk = windows.find((one) => new URL(one.url).pathname.startsWith(PAGE));
  if (!desk) {
    await self.clients.openWindow(safe);
    return;
  }
  await desk.focus();
  desk.postMessage({ t: 'open', url: safe });
}
