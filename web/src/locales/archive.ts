/** The catalogue of the archive's screens: it comes with them and stays beside the console's. */
import { type Catalogue, fill, type Language, type Values } from '../core/i18n';
import type own from './zh-CN/archive';

let words: Catalogue = {};
let spoken: Language | null = null;

export type Word = Extract<keyof typeof own, string>;
export const t = (key: Word, values?: Values): string => fill(words[key] ?? key, values);

/** Loads the words of this language, once. */
export async function speak(language: Language): Promise<void> {
  if (spoken === language) return;
  const { default: found } = await (language === 'en'
    ? import('./en/archive')
    : import('./zh-CN/archive'));
  words = found;
  spoken = language;
}
