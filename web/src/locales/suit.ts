/** The catalogue of the suitability screens: it comes with them and stays beside the first screen's. */
import { type Catalogue, fill, type Language, type Values } from '../core/i18n';
import type own from './zh-CN/suit';

let words: Catalogue = {};
let spoken: Language | null = null;

export const t = (key: Extract<keyof typeof own, string>, values?: Values): string =>
  fill(words[key] ?? key, values);

/** The text of a key that comes from the server, or that of `other`. */
export const orElse = (
  key: string,
  other: Extract<keyof typeof own, string>,
  values?: Values,
): string => fill(words[key] ?? words[other] ?? key, values);

/** Loads the words of this language, once. */
export async function speak(language: Language): Promise<void> {
  if (spoken === language) return;
  const { default: found } = await (language === 'en'
    ? import('./en/suit')
    : import('./zh-CN/suit'));
  words = found;
  spoken = language;
}
