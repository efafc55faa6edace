/** The catalogues of the client's side: loaded in the language that is spoken, typed by the Chinese ones. */
import { texts } from '../core/i18n';
import type chat from './zh-CN/chat';
import type own from './zh-CN/widget';

export const t = texts<typeof chat & typeof own>();

export const load = {
  'zh-CN': () => Promise.all([import('./zh-CN/chat'), import('./zh-CN/widget')]),
  en: () => Promise.all([import('./en/chat'), import('./en/widget')]),
};
