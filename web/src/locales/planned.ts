/** The catalogue of messages for later; it comes with them. */
import { beside } from '../core/beside';
import type own from './zh-CN/planned';

export const { t, speak } = beside<typeof own>({
  'zh-CN': () => import('./zh-CN/planned'),
  en: () => import('./en/planned'),
});
