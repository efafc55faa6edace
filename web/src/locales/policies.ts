/** The catalogue of the policies page: it comes with the page. */
import { beside } from '../core/beside';
import type own from './zh-CN/policies';

export type Word = Extract<keyof typeof own, string>;
export const { t, speak } = beside<typeof own>({
  'zh-CN': () => import('./zh-CN/policies'),
  en: () => import('./en/policies'),
});
