/** The catalogue of the product register; it comes with its page. */
import { beside } from '../core/beside';
import type own from './zh-CN/register';

export const { t, orElse, speak } = beside<typeof own>({
  'zh-CN': () => import('./zh-CN/register'),
  en: () => import('./en/register'),
});
