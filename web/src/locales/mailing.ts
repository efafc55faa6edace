/** The catalogue of texts for several clients and of groups: it comes with their screen. */
import { beside } from '../core/beside';
import type own from './zh-CN/mailing';

export const { t, orElse, speak } = beside<typeof own>({
  'zh-CN': () => import('./zh-CN/mailing'),
  en: () => import('./en/mailing'),
});
