/** The desk's service worker: its shell without a line, notices of offers, and what a tap on one opens. */
import en from '../locales/en/push';
import zh from '../locales/zh-CN/push';

declare const self: ServiceWorkerGlobalScope;

const CACHE = 'visavis-desk-1';
const PAGE = '/desk/';
const LANGUAGE = '/desk/language';
const reasons = ['offer', 'message', 'connection', 'slot', 'duty', 'capture', 'review'] as const;

/** What the server puts into a notice: reason, ids and times, never the words of anybody. */
interface Notice {
  reason?: string;
  object?: string;
  /** A member of staff, by public name. */
  from?: { name?: string };
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
  event.waitUntil(show(notice));
});

function read(data: PushMessageData | null): Notice {
  try {
    return (data?.json() as Notice) ?? {};
  } catch {
    return {};
  }
}

async function show(notice: Notice): Promise<void> {
  const words = (await english()) ? en : zh;
  const reason = reasons.find((one) => one === notice.reason) ?? 'message';
  await self.registration.showNotification(words[`${reason}.title`], {
    body: words[`${reason}.text`],
    tag: `${reason}-${notice.object ?? ''}`,
    icon: '/desk/icon-192.png',
    badge: '/mark.svg',
    lang: words === en ? 'en' : 'zh-CN',
    requireInteraction: ['offer', 'duty', 'capture'].includes(reason),
    data: {
      url: address(reason, notice.object),
    },
  });
}

/** What a tap opens. */
function address(reason: (typeof reasons)[number], object: string | undefined): string {
  if (reason === 'capture') return '/console/archive';
  if (reason === 'review') return '/console/review';
  return reason === 'message' && object ? `${PAGE}conversations/${object}` : PAGE;
}

/** The language that the page has left here. */
async function english(): Promise<boolean> {
  const kept = await (await caches.open(CACHE)).match(LANGUAGE);
  return (await kept?.text()) === 'en';
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
  if (!desk || !url.pathname.startsWith(PAGE)) {
    await self.clients.openWindow(safe);
    return;
  }
  await desk.focus();
  desk.postMessage({ t: 'open', url: safe });
}
