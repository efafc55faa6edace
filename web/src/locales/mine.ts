/** The catalogue of the client's own side, data and wishes: it comes with that screen. */
import { beside } from '../core/beside';
import type own from './zh-CN/mine';

export const { t, orElse, speak } = beside<typeof own>({
  'zh-CN': () => import('./zh-CN/mine'),
  en: () => import('./en/mine'),
});
