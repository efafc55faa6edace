/** The catalogue of the review room: it comes with the room and stays beside the console's. */
import { beside } from '../core/beside';
import type own from './zh-CN/review';

export type Word = Extract<keyof typeof own, string>;
export const { t, speak, orElse } = beside<typeof own>({
  'zh-CN': () => import('./zh-CN/review'),
  en: () => import('./en/review'),
});
