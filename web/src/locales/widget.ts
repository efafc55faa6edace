/**
 * The catalogues of the client's side: loaded in the language that is spoken, typed by the Chinese ones. The first screen
 * brings its own words; those of the conversation come with it.
 */
import { add, type Catalogue, type Language, language, texts } from '../core/i18n';
import type chat from './zh-CN/chat';
import type talk from './zh-CN/talk';
import type own from './zh-CN/widget';

export const t = texts<typeof chat & typeof talk & typeof own>();

const first = {
  'zh-CN': () => import('./zh-CN/widget'),
  en: () => import('./en/widget'),
};
const rest = {
  'zh-CN': () => Promise.all([import('./zh-CN/chat'), import('./zh-CN/talk')]),
  en: () => Promise.all([import('./en/chat'), import('./en/talk')]),
};
let wide = false;

/** The words of this language for what is on screen. */
export async function load(wanted: Language): Promise<Catalogue[]> {
  const parts = await Promise.all([first[wanted](), wide ? rest[wanted]() : []]);
  return parts.flat().map((part) => part.default);
}

/** Brings the words of the conversation, in the language that is spoken. */
export async function widen(): Promise<void> {
  if (wide) return;
  const spoken = language();
  const parts = await rest[spoken]();
  if (spoken !== language()) return widen();
  wide = true;
  add(...parts.map((part) => part.default));
}
