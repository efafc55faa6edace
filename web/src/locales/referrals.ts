/** The catalogue of those who only refer clients: it comes with their page. */
import { beside } from '../core/beside';
import type own from './zh-CN/referrals';

export const { t, orElse, speak } = beside<typeof own>({
  'zh-CN': () => import('./zh-CN/referrals'),
  en: () => import('./en/referrals'),
});
