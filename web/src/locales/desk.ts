/** The catalogues of this application: loaded in the language that is spoken, typed by the Chinese ones. */
import { texts } from '../core/i18n';
import type chat from './zh-CN/chat';
import type common from './zh-CN/common';
import type own from './zh-CN/desk';

export const t = texts<typeof common & typeof chat & typeof own>();

export const load = {
  'zh-CN': () =>
    Promise.all([import('./zh-CN/common'), import('./zh-CN/chat'), import('./zh-CN/desk')]),
  en: () => Promise.all([import('./en/common'), import('./en/chat'), import('./en/desk')]),
};
