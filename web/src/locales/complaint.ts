/** The catalogue of the client's complaints: it comes with their screen. */
import { beside } from '../core/beside';
import type own from './zh-CN/complaint';

export const { t, orElse, speak } = beside<typeof own>({
  'zh-CN': () => import('./zh-CN/complaint'),
  en: () => import('./en/complaint'),
});
