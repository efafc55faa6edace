/** What a person has chosen for the look: theme, contrast, language. Kept on the device, applied to the page. */
import { type Language, languages, nearest } from './i18n';

export type Theme = 'auto' | 'light' | 'dark' | 'contrast';

const read = (key: string): string | null => {
  try {
    return localStorage.getItem(`visavis.${key}`);
  } catch {
    return null; // storage is forbidden: the choice lasts as long as the page
  }
};

const write = (key: string, value: string): void => {
  try {
    localStorage.setItem(`visavis.${key}`, value);
  } catch {
    // as above
  }
};

export const theme = (): Theme => (read('theme') as Theme | null) ?? 'auto';

/** How close things stand: as the device suggests, or as the person says. */
export type Density = 'auto' | 'compact' | 'touch';

export const density = (): Density => (read('density') as Density | null) ?? 'auto';

export function chooseDensity(chosen: Density): void {
  write('density', chosen);
  applyTheme();
}

/** What the address asks for (`?lang=en`), which is remembered; else what was chosen; else what the device speaks. */
export function chosenLanguage(): Language {
  const asked = new URLSearchParams(location.search).get('lang') as Language | null;
  if (asked && languages.includes(asked)) {
    chooseLanguage(asked);
    return asked;
  }
  const chosen = read('language') as Language | null;
  return chosen && languages.includes(chosen) ? chosen : nearest(navigator.languages);
}

export function chooseLanguage(language: Language): void {
  write('language', language);
}

export function chooseTheme(chosen: Theme): void {
  write('theme', chosen);
  applyTheme(chosen);
}

/** Sets the attributes that the tokens follow; `auto` follows the system, also while it changes. */
export function applyTheme(chosen: Theme = theme()): void {
  const root = document.documentElement;
  const contrast =
    chosen === 'contrast' || (chosen === 'auto' && prefers('(prefers-contrast: more)'));
  const dark = chosen === 'dark' || (chosen === 'auto' && prefers('(prefers-color-scheme: dark)'));
  root.dataset.theme = dark && !contrast ? 'dark' : 'light';
  if (contrast) root.dataset.contrast = 'high';
  else delete root.dataset.contrast;
  const touched = prefers('(pointer: coarse)') || prefers('(max-width: 767px)');
  if (density() === 'touch' || (density() === 'auto' && touched)) root.dataset.density = 'touch';
  else delete root.dataset.density;
}

/** Applies the choice now and on every change of the system's. */
export function followSystem(): void {
  applyTheme();
  const queries = [
    '(prefers-contrast: more)',
    '(prefers-color-scheme: dark)',
    '(pointer: coarse)',
    '(max-width: 767px)',
  ];
  for (const query of queries) matchMedia(query).addEventListener('change', () => applyTheme());
}

const prefers = (query: string): boolean => matchMedia(query).matches;
