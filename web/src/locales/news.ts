/** The catalogue of what the firm tells on the first page: it comes where there is something to tell. */
import { beside } from '../core/beside';
import type own from './zh-CN/news';

export const { t, speak } = beside<typeof own>({
  'zh-CN': () => import('./zh-CN/news'),
  en: () => import('./en/news'),
});
