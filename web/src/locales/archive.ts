/** The catalogue of the archive's screens: it comes with them and stays beside the console's. */
import { beside } from '../core/beside';
import type own from './zh-CN/archive';

export type Word = Extract<keyof typeof own, string>;
export const { t, orElse, speak } = beside<typeof own>({
  'zh-CN': () => import('./zh-CN/archive'),
  en: () => import('./en/archive'),
});
