/** The catalogue of the suitability screens: it comes with them and stays beside the first screen's. */
import { beside } from '../core/beside';
import type own from './zh-CN/suit';

export const { t, orElse, speak } = beside<typeof own>({
  'zh-CN': () => import('./zh-CN/suit'),
  en: () => import('./en/suit'),
});
