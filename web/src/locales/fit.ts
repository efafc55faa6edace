/** The catalogue of the rules of suitability: documents in versions, conversions, alerts; it comes with their page. */
import { beside } from '../core/beside';
import type own from './zh-CN/fit';

export const { t, orElse, speak } = beside<typeof own>({
  'zh-CN': () => import('./zh-CN/fit'),
  en: () => import('./en/fit'),
});
