/**
 * The launcher: the one script that a broker's page includes.
 *
 *     <script src="https://talk.broker.example/widget/launcher.js" data-identity-url="/identity" async></script>
 *
 * It draws a button in a shadow root and, when asked, a frame of the platform's origin. Page and frame talk over one
 * MessageChannel whose ends know each other's exact origin. `window.visavis` has boot, update, shutdown, open, close.
 */
import { style } from './launcher.style';
import { type Boot, HELLO, type PageContext, type ToFrame, type ToLauncher } from './wire';

interface Options {
  platform?: string;
  identityUrl?: string;
  language?: string;
  context?: PageContext | null;
}

const OPEN_KEY = 'visavis.open';
const SILENT_MS = 4000;
const words: Record<string, [open: string, panel: string, unread: string, barred: string]> = {
  zh: ['问投顾', '在线投顾', '条未读', '在线投顾不能在此页面打开，请从公司官网或应用进入。'],
  en: [
    'Ask an advisor',
    'Advisor online',
    'unread',
    "The advisor cannot be opened on this page. Please go to the firm's own site or app.",
  ],
};

const script = document.currentScript as HTMLScriptElement | null;
let options: Options = {};
let given: PageContext | null | undefined;
let host: HTMLElement | undefined;
let button: HTMLButtonElement;
let frame: HTMLIFrameElement | undefined;
let port: MessagePort | undefined;
let barred: HTMLParagraphElement | undefined;
let silence: ReturnType<typeof setTimeout> | undefined;
let booted = false;
let isOpen = false;
/** The frame is ready before the panel was asked for: who the person is, it learns only then. */
let waits = false;

const origin = (): string =>
  new URL(options.platform ?? script?.src ?? location.href, location.href).origin;

const spoken = (): string => options.language || document.documentElement.lang || '';

/** What the page says it is about; its address goes without query and fragment, which may hold secrets. */
function context(): PageContext | null {
  if (given !== undefined) return given;
  const marked = document.querySelector<HTMLElement>('[data-visavis-title]');
  // A heading's own words, without the badges inside it.
  const own = [...(marked?.childNodes ?? [])]
    .map((node) => (node.nodeType === Node.TEXT_NODE ? node.textContent : ''))
    .join('')
    .trim();
  const title = marked?.dataset.visavisTitle || own || marked?.textContent || document.title;
  const product = document.querySelector<HTMLElement>('[data-visavis-product]');
  return {
    url: location.origin + location.pathname,
    title: title.trim().replace(/\s+/g, ' ').slice(0, 120),
    ...(product?.dataset.visavisProduct ? { product: product.dataset.visavisProduct } : {}),
  };
}

/** A fresh signed identity from the page's own server; a visitor where it says 204 or 401. */
async function identity(): Promise<Pick<Boot, 'token' | 'failed'>> {
  if (!options.identityUrl) return { token: null };
  try {
    const answer = await fetch(options.identityUrl, {
      credentials: 'same-origin',
      cache: 'no-store',
      headers: { Accept: 'application/json' },
    });
    if (answer.status === 204 || answer.status === 401) return { token: null };
    if (!answer.ok) return { token: null, failed: true };
    return { token: ((await answer.json()) as { token?: string }).token ?? null };
  } catch {
    return { token: null, failed: true };
  }
}

const tell = (message: ToFrame): void => port?.postMessage(message);

async function hear(message: ToLauncher): Promise<void> {
  if (message.t === 'ready') {
    clearTimeout(silence);
    heardOf(true);
    waits = !isOpen;
    if (isOpen) await introduce();
  } else if (message.t === 'identify') {
    tell({ t: 'identity', token: (await identity()).token });
  } else if (message.t === 'close') close();
  else if (message.t === 'unread') unread(message.count);
  else if (message.t === 'bye') drop();
}

async function introduce(): Promise<void> {
  waits = false;
  const who = await identity();
  tell({ t: 'boot', ...who, language: spoken() || null, context: context() });
  tell({ t: 'shown', open: isOpen });
}

/** A frame that never answers is one that this page may not show: its place says so instead. */
function heardOf(well: boolean): void {
  if (!frame) return;
  barred?.remove();
  barred = undefined;
  frame.style.visibility = well ? '' : 'hidden';
  if (well) return;
  barred = document.createElement('p');
  barred.setAttribute('role', 'alert');
  barred.textContent = words[spoken().startsWith('en') ? 'en' : 'zh']![3];
  barred.hidden = !isOpen;
  frame.after(barred);
  button.hidden = false;
}

function unread(count: number): void {
  const badge = button.lastElementChild as HTMLElement;
  badge.hidden = count === 0;
  badge.textContent = count > 99 ? '99+' : String(count);
  const [open, , more] = words[spoken().startsWith('en') ? 'en' : 'zh']!;
  button.setAttribute('aria-label', count ? `${open}, ${count} ${more}` : open);
}

function draw(): void {
  if (host) return;
  host = document.createElement('visavis-launcher');
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  root.adoptedStyleSheets = [sheet];
  button = document.createElement('button');
  button.type = 'button';
  const svg = 'http://www.w3.org/2000/svg';
  const icon = document.createElementNS(svg, 'svg');
  icon.setAttribute('viewBox', '0 0 24 24');
  icon.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(svg, 'path');
  path.setAttribute(
    'd',
    'M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H11l-4.5 4v-4A2.5 2.5 0 0 1 4 13.5z',
  );
  icon.append(path);
  const label = document.createElement('span');
  label.textContent = words[spoken().startsWith('en') ? 'en' : 'zh']![0];
  const badge = document.createElement('b');
  button.append(icon, label, badge);
  button.onclick = open;
  // Whoever is about to press finds the frame loaded.
  for (const sign of ['pointerenter', 'pointerdown', 'focus']) {
    button.addEventListener(sign, () => booted && !barred && mount());
  }
  root.append(button);
  document.body.append(host);
  unread(0);
}

function mount(): void {
  if (frame || !host) return;
  frame = document.createElement('iframe');
  frame.title = words[spoken().startsWith('en') ? 'en' : 'zh']![1];
  frame.allow = 'clipboard-write';
  frame.hidden = !isOpen;
  frame.onload = () => {
    const channel = new MessageChannel();
    port?.close();
    port = channel.port1;
    port.onmessage = (event) => void hear(event.data as ToLauncher);
    frame?.contentWindow?.postMessage(HELLO, origin(), [channel.port2]);
    clearTimeout(silence);
    silence = setTimeout(heardOf, SILENT_MS, false);
  };
  const language = spoken();
  frame.src = `${origin()}/widget/frame.html${language ? `?lang=${language}` : ''}`;
  button.parentNode?.append(frame);
}

function remember(open: boolean): void {
  try {
    if (open) sessionStorage.setItem(OPEN_KEY, '1');
    else sessionStorage.removeItem(OPEN_KEY);
  } catch {
    // storage is forbidden: the panel starts closed after a reload
  }
}

/** Shows the panel. */
function open(): void {
  if (barred) {
    drop();
    isOpen = false;
  }
  if (!booted || isOpen) return;
  isOpen = true;
  remember(true);
  mount();
  if (!frame) return;
  frame.hidden = false;
  button.hidden = true;
  frame.focus();
  if (waits) void introduce();
  else tell({ t: 'shown', open: true });
}

/** Hides the panel; the conversation goes on behind it. */
function close(): void {
  if (!isOpen) return;
  isOpen = false;
  remember(false);
  if (frame) frame.hidden = true;
  button.hidden = false;
  button.focus();
  tell({ t: 'shown', open: false });
}

/** Starts the widget; call it again after `shutdown` when somebody signs in. */
function boot(next: Options = {}): void {
  if (booted) return;
  const data = script?.dataset ?? {};
  options = {
    platform: next.platform ?? data.platform,
    identityUrl: next.identityUrl ?? data.identityUrl,
    language: next.language ?? data.language,
  };
  given = next.context;
  booted = true;
  draw();
  try {
    if (sessionStorage.getItem(OPEN_KEY)) open();
  } catch {
    // as above
  }
}

/** Tells the widget that the page has changed: call it on each route of a single-page application. */
function update(next: Pick<Options, 'context' | 'language'> = {}): void {
  if (!booted) return;
  given = next.context;
  if (next.language) options.language = next.language;
  tell({ t: 'update', context: context(), language: spoken() || null });
}

function drop(): void {
  port?.close();
  port = undefined;
  clearTimeout(silence);
  frame?.remove();
  barred?.remove();
  frame = barred = undefined;
  waits = false;
}

/** Ends the session on this page and forgets it: call it when the person signs out. */
function shutdown(): void {
  if (!booted) return;
  booted = false;
  isOpen = false;
  remember(false);
  tell({ t: 'shutdown' });
  if (frame) frame.hidden = true;
  // The frame wipes its copy and says bye; a frame that cannot answer goes all the same.
  const old = host;
  setTimeout(() => {
    if (!booted) drop();
    old?.remove();
  }, 400);
  host = undefined;
}

declare global {
  interface Window {
    visavis?: { boot: typeof boot; update: typeof update; shutdown: typeof shutdown } & {
      open: typeof open;
      close: typeof close;
    };
  }
}

if (!window.visavis) {
  window.visavis = { boot, update, shutdown, open, close };
  addEventListener('popstate', () => update());
  if (script?.dataset.auto !== 'off') {
    if (document.body) boot();
    else addEventListener('DOMContentLoaded', () => boot());
  }
}
