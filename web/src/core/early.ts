/** What is asked for while the application's script is still on its way: answers are taken up by whoever needs them. */
import { chosenLanguage } from './prefs';

const asked = new Map<string, Promise<Response>>();
const SOON_MS = 10_000;
/** Of letters (px), in what is drawn first. */
const SIZES = [12, 13, 14, 16, 18];
let overtaken = false;

/**
 * Asks for an address now, in the person's language; an answer that nobody takes up soon is let go. Which script comes
 * first is not certain: once the application asks for itself, an early answer would only be an old one to a later question.
 */
export function ask(path: string): Promise<Response | null> {
  if (overtaken) return Promise.resolve(null);
  const headers = { 'Accept-Language': chosenLanguage() };
  const answer = fetch(path, { headers, credentials: 'same-origin' });
  // Whoever takes the answer up reads the original.
  const copy = answer.then((one) => one.clone());
  asked.set(path, answer);
  setTimeout(() => asked.delete(path), SOON_MS);
  // A failure is heard by whoever takes the answer up.
  return copy.then(
    (one) => (one.ok ? one : null),
    () => null,
  );
}

/** Asks who is signed in, and only then for what he may see. */
export async function askFor(paths: string[] = [], except = ''): Promise<void> {
  const me: { roles?: string[] } | undefined = await (await ask('/api/me'))?.json();
  if (!me?.roles || me.roles.every((role) => role === except)) return;
  for (const path of paths) void ask(path);
}

/** `fetch`, but what was asked early is not asked again. */
export const fetchOnce: typeof fetch = (path, more) => {
  const early = more?.method === 'GET' ? asked.get(String(path)) : undefined;
  asked.delete(String(path));
  overtaken ||= !early;
  return early ?? fetch(path, more);
};

/** The browser's tables of languages and its fonts are read now, not in the middle of the first drawing. */
export function warm(): void {
  Intl.DateTimeFormat.supportedLocalesOf(navigator.languages.slice(0, 1));
  // A first frame is drawn when the style sheets are there.
  requestAnimationFrame(() => {
    const probe = document.createElement('div');
    Object.assign(probe.style, { position: 'absolute', visibility: 'hidden' });
    for (const weight of [400, 500, 700]) {
      for (const size of SIZES) {
        const words = document.createElement('span');
        Object.assign(words.style, { fontWeight: weight, fontSize: `${size}px` });
        words.textContent = '对话 Aa 0：，';
        probe.append(words);
      }
    }
    document.body.append(probe);
    probe.getBoundingClientRect();
    probe.remove();
  });
}
